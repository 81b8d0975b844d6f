import { job } from "./job.mjs";

/** Does the job in a page with the endpoint of its address, and shows the result, or the error. */
export async function show(api) {
  const endpoint = new URL(location.href).searchParams.get("endpoint");
  const element = document.createElement("pre");
  try {
    element.textContent = JSON.stringify(await job(api, endpoint));
    element.id = "result";
  } catch (error) {
    element.textContent = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    element.id = "error";
  }
  document.body.append(element);
}
