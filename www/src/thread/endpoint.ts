import { submit } from "split-events";

let known: string | undefined;

/** Returns the service's own address. It asks the package, and no request leaves the page. */
export async function serviceEndpoint(): Promise<string> {
  known ??= await asked();
  return known;
}

function asked(): Promise<string> {
  const position = { index: 0, line: null };
  const nothing = { id: "", events: 0, body: new Uint8Array(), from: position, to: position };
  const before = Object.getOwnPropertyDescriptor(navigator, "onLine");
  // offline it would wait for the connection
  Object.defineProperty(navigator, "onLine", { value: true, configurable: true });
  const address = new Promise<string>((resolve, reject) => {
    const fetch = async (found: RequestInfo | URL) => {
      resolve(String(found));
      return new Response(null, { status: 202 });
    };
    submit(nothing, { apiKey: "none", fetch }).catch(reject);
  });
  return address.finally(() => {
    Reflect.deleteProperty(navigator, "onLine");
    if (before) Object.defineProperty(navigator, "onLine", before);
  });
}
