import { submit } from "split-events";

/** Returns the service's own address. It asks the package, and no request leaves the page. */
export function serviceEndpoint(): Promise<string> {
  const position = { index: 0, line: null };
  const nothing = { id: "", events: 0, body: new Uint8Array(), from: position, to: position };
  return new Promise((resolve, reject) => {
    const fetch = async (address: RequestInfo | URL) => {
      resolve(String(address));
      return new Response(null, { status: 202 });
    };
    submit(nothing, { apiKey: "none", fetch }).catch(reject);
  });
}
