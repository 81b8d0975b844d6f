import threadAddress from "../thread/main.ts?worker&url";

/** Makes the addresses of the only scripts that are not imported: with trusted types no other code of the page can. */
const policy = globalThis.trustedTypes?.createPolicy("split-events", { createScriptURL: (address) => address });

/**
 * Starts the thread. A worker that is loaded from the network would not have the page's content security policy, which
 * stands in the page itself; one that begins with a blob inherits it. The service worker gives it the policy, and in
 * Firefox keeps no file for one that begins with a blob.
 */
export function startThread(): Worker {
  const address = new URL(threadAddress, location.href).href;
  if (navigator.serviceWorker?.controller) return started(address);
  const start = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  return started(URL.createObjectURL(start));
}

function started(address: string): Worker {
  return new Worker((policy?.createScriptURL(address) ?? address) as string, { type: "module", name: "split-events" });
}

/**
 * Keeps the page's files in the browser, so that it opens without a network. Calls `onNewer` if a newer version waits
 * until no tab has this one open.
 */
export async function keepOffline(onNewer: () => void): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const address = new URL("sw.js", document.baseURI).href;
  const registration = await navigator.serviceWorker.register((policy?.createScriptURL(address) ?? address) as string);
  const look = () => registration.waiting && navigator.serviceWorker.controller && onNewer();
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): unknown };
}

declare global {
  var trustedTypes: TrustedTypes | undefined;
}
