import threadAddress from "../thread/main.ts?worker&url";

/** Makes the addresses of the only scripts that are not imported: with trusted types no other code of the page can. */
const policy = globalThis.trustedTypes?.createPolicy("split-events", { createScriptURL: (address) => address });

/**
 * Starts the thread. A worker that is loaded from the network would not have the page's content security policy, which
 * stands in the page itself; one that begins with a blob inherits it.
 */
export function startThread(): Worker {
  const address = new URL(threadAddress, location.href).href;
  const start = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  const blob = URL.createObjectURL(start);
  return new Worker((policy?.createScriptURL(blob) ?? blob) as string, { type: "module", name: "split-events" });
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
