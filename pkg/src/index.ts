export { Batcher } from "./batcher.js";
export { check } from "./check.js";
export { codes } from "./codes.js";
export { ConfigError, InputError } from "./errors.js";
export { KnownKeys } from "./known-keys.js";
export { init } from "./module.js";
export { send, submit } from "./send.js";
export { Sources } from "./sources.js";
export type * from "./types.js";
