//! The bindings, the only code that knows JavaScript: they convert options and results with serde-wasm-bindgen, pass
//! events as bytes, and call `fetch` and timers.
#![allow(missing_docs, reason = "what users see is documented in the TypeScript package")]
#![cfg_attr(not(feature = "import"), allow(dead_code, reason = "modules share what only some of them use all of"))]

#[cfg(feature = "check")]
mod batcher;
#[cfg(feature = "client")]
mod client;
#[cfg(any(feature = "client", feature = "outbox"))]
mod deliver;
#[cfg(feature = "delivery")]
mod drive;
#[cfg(feature = "delivery")]
mod failure;
#[cfg(feature = "delivery")]
mod fetch;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "delivery")]
mod hooks;
mod host;
#[cfg(feature = "import")]
mod input;
mod item;
#[cfg(feature = "delivery")]
mod journal;
#[cfg(feature = "keys")]
mod key_list;
mod keys;
#[cfg(feature = "import")]
mod ledger;
mod options;
#[cfg(feature = "outbox")]
mod outbox;
#[cfg(feature = "delivery")]
mod policy;
#[cfg(feature = "tables")]
mod presets;
#[cfg(feature = "import")]
mod resolve;
mod runtime;
#[cfg(feature = "import")]
mod send;
#[cfg(any(feature = "client", feature = "outbox"))]
mod shared;
#[cfg(feature = "delivery")]
mod stores;
#[cfg(feature = "submit")]
mod submit;
#[cfg(feature = "suggest")]
mod suggest;
#[cfg(feature = "import")]
mod taking;
#[cfg(feature = "import")]
mod teller;
mod text;
#[cfg(feature = "delivery")]
mod wake;
#[cfg(target_arch = "wasm32")]
mod words;

/// Smaller than the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
