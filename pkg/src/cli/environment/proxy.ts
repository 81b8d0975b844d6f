import { parsedUrl } from "../../platform.js";
import { Failure } from "../failure.js";

interface Proxies {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
}

/** Returns a `fetch` that goes through the environment's proxies, or `undefined` if none is set. */
export async function proxyFetch(env: NodeJS.ProcessEnv): Promise<typeof fetch | undefined> {
  const proxies: Proxies = {
    httpProxy: proxyUrl(env, "HTTP_PROXY"),
    httpsProxy: proxyUrl(env, "HTTPS_PROXY"),
    noProxy: variable(env, "NO_PROXY"),
  };
  if (!proxies.httpProxy && !proxies.httpsProxy) return undefined;

  const undici = await import("undici");
  // plain http is forwarded, as by curl: many proxies open tunnels to port 443 only
  const dispatcher = new undici.EnvHttpProxyAgent({ ...proxies, proxyTunnel: false });
  const throughProxy = async (url: string, init: import("undici").RequestInit) => {
    try {
      return await undici.fetch(url, { ...init, dispatcher });
    } catch (error) {
      throw asConnectionError(error);
    }
  };
  return throughProxy as unknown as typeof fetch;
}

/** Reads a variable in lower case or in capitals; lower case wins, as in curl. */
function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name.toLowerCase()] ?? env[name] ?? "";
}

// the value is never shown, since it may hold a password
function proxyUrl(env: NodeJS.ProcessEnv, name: string): string {
  const value = variable(env, name).trim();
  if (value === "") return "";
  const url = value.includes("://") ? value : `http://${value}`;
  if (parsedUrl(url) && /^https?:\/\//i.test(url)) return url;
  throw new Failure("bad_proxy", `${name} is not the address of a proxy, such as http://proxy.example.com:3128`);
}

/** Makes a refusal by the proxy a failed connection, since it never reached the service. undici has errors of its own. */
function asConnectionError(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const refusal = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(cause.message);
    if (refusal) return connectionError(`the proxy answered ${refusal[1]}`, "ECONNREFUSED");
    if ((cause as NodeJS.ErrnoException).code === "UND_ERR_PRX_TLS") {
      return connectionError("the proxy's certificate is for another name", "ERR_TLS_CERT_ALTNAME_INVALID");
    }
  }
  return error;
}

function connectionError(message: string, code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code, syscall: "connect" }) });
}
