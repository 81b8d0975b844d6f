/** The validators of the official SDK that are used here. Its own declarations do not include them. */
declare module "@splitsoftware/splitio-commons/esm/utils/inputValidation/index.js" {
  interface Log {
    warn: () => void;
    error: () => void;
  }
  export function validateKey(log: Log, key: unknown, method: string): unknown;
  export function validateTrafficType(log: Log, trafficType: unknown, method: string): string | false;
  export function validateEvent(log: Log, eventType: unknown, method: string): string | false;
  export function validateEventValue(log: Log, value: unknown, method: string): number | null | undefined | false;
  export function validateEventProperties(
    log: Log,
    properties: unknown,
    method: string,
  ): { properties: Record<string, unknown> | null | false; size: number };
}
