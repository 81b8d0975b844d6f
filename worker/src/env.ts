/** What wrangler.jsonc, `--var` or the dashboard may set. */
export interface Env {
  /** Where events are forwarded to; by default the service's own address. */
  UPSTREAM?: string;
}
