//! Decompresses gzip for the package.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use split_events::Gunzip;
use split_events::WINDOW;

/// A reader that decompresses one source.
#[wasm_bindgen]
#[derive(Default)]
pub struct RawGunzip(Gunzip);

#[wasm_bindgen]
impl RawGunzip {
    #[wasm_bindgen(constructor)]
    pub fn new() -> RawGunzip {
        RawGunzip::default()
    }

    /// Returns the most bytes that `next` writes.
    #[wasm_bindgen(getter)]
    #[expect(clippy::unused_self, reason = "a getter has it")]
    pub fn most(&self) -> usize {
        WINDOW
    }

    /// Takes the next bytes. Call `next` until it returns 0 first.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    /// Writes the next data, and returns the number of its bytes, or 0 if more has to be pushed or reading has failed.
    pub fn next(&mut self, into: &Uint8Array) -> usize {
        let Some(data) = self.0.next() else { return 0 };
        into.subarray(0, data.len() as u32).copy_from(data);
        data.len()
    }

    /// Returns why reading has failed, if it has.
    pub fn failure(&self, ended: bool) -> Option<String> {
        Some(self.0.failure(ended)?.message())
    }
}
