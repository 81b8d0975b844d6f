import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path for `NODE_EXTRA_CA_CERTS`. */
export const certificatePath = fileURLToPath(new URL("loopback-cert.pem", import.meta.url));

/**
 * A self-signed certificate for 127.0.0.1 and localhost, and its key. They protect nothing: only servers that tests
 * start on this machine use them. Made with `openssl ca -selfsign`, subjectAltName=IP:127.0.0.1,DNS:localhost, valid
 * from 2020 to 2120.
 */
export const tls = {
  key: readFileSync(new URL("loopback-key.pem", import.meta.url)),
  cert: readFileSync(certificatePath),
};
