import type { IncomingMessage, ServerResponse } from "node:http";

/** The headers with which split-synchronizer's proxy answers a preflight. */
const PREFLIGHT = {
  "access-control-allow-methods": "GET,POST,PUT,PATCH,DELETE,HEAD",
  "access-control-allow-headers":
    "Origin,Content-Length,Content-Type,Splitsdkmachinename,Splitsdkmachineip,Splitsdkversion," +
    "Splitsdkimpressionsmode,Authorization",
  "access-control-max-age": "43200",
};

/**
 * Allows pages of any origin to read the answer, bad ones too, and its headers that are `exposed`. Answers a preflight,
 * and then returns true.
 */
export function cors(request: IncomingMessage, response: ServerResponse, exposed: readonly string[]): boolean {
  response.setHeader("access-control-allow-origin", "*");
  if (exposed.length > 0) response.setHeader("access-control-expose-headers", exposed.join(","));
  if (request.method !== "OPTIONS") return false;
  response.writeHead(204, PREFLIGHT).end();
  return true;
}
