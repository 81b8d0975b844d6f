//! The runtime around the module.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use split_events_delivery::Runtime;

thread_local! {
    static RUNTIME: Cell<Runtime> = const { Cell::new(Runtime::Unknown) };
}

/// Sets the runtime around the module: `node`, `bun`, `deno`, `workerd`, `browser` or `unknown`. It decides which
/// errors prove that a request was not sent.
#[wasm_bindgen(js_name = setRuntime)]
pub fn set_runtime(name: &str) {
    RUNTIME.set(match name {
        "node" => Runtime::Node,
        "bun" => Runtime::Bun,
        "deno" => Runtime::Deno,
        "workerd" => Runtime::Workerd,
        "browser" => Runtime::Browser,
        _ => Runtime::Unknown,
    });
}

pub fn runtime() -> Runtime {
    RUNTIME.get()
}
