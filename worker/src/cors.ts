/** The request headers are those of split-synchronizer's proxy: what the official SDKs send, and no others. */
const PREFLIGHT = {
  "access-control-allow-headers":
    "Origin,Content-Length,Content-Type,Splitsdkmachinename,Splitsdkmachineip,Splitsdkversion," +
    "Splitsdkimpressionsmode,Authorization",
  "access-control-max-age": "43200",
};

export function preflight(methods: string): Response {
  return new Response(null, { status: 204, headers: { ...PREFLIGHT, "access-control-allow-methods": methods } });
}

/** On bad answers too, or a page could not read what is wrong. */
export function withCors(response: Response): Response {
  response.headers.set("access-control-allow-origin", "*");
  return response;
}
