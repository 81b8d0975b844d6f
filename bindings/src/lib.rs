//! The bindings, the only code that knows JavaScript: they convert options and results with serde-wasm-bindgen, pass
//! events as bytes, and call `fetch` and timers.
#![allow(missing_docs, reason = "what users see is documented in the TypeScript package")]

mod api;
mod client;
mod deliver;
mod drive;
mod fetch;
mod gzip;
mod hooks;
mod host;
mod input;
mod journal;
mod mapping;
mod options;
mod outbox;
mod send;
mod shared;
mod stores;
mod taking;
mod text;
mod wake;
#[cfg(target_arch = "wasm32")]
mod words;
