//! Encodes text of JavaScript directly into the reader's buffer, without a copy outside of the module's memory.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use split_events::Intake;

#[wasm_bindgen]
extern "C" {
    type TextEncoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, text: &JsString, into: &mut [u8]) -> Encoded;

    type Encoded;
    #[wasm_bindgen(method, getter)]
    fn read(this: &Encoded) -> u32;
    #[wasm_bindgen(method, getter)]
    fn written(this: &Encoded) -> u32;
}

thread_local! {
    static ENCODER: TextEncoder = TextEncoder::new();
}

/// The bytes that are enough for any one character.
const SPARE: u32 = 16;

/// Encodes a text, and returns the number of its bytes. The first guess of their number is enough for text that is
/// mostly ASCII; each next one is for the rest.
pub fn push(text: &JsString, intake: &mut Intake) -> u64 {
    let length = text.length();
    let (mut at, mut bytes) = (0, 0);
    while at < length {
        let left = length - at;
        let room = left + left / 8 + SPARE;
        let rest = text.slice(at, length);
        let encoded = ENCODER.with(|encoder| encoder.encode_into(&rest, intake.room(room as usize)));
        intake.shrink((room - encoded.written()) as usize);
        at += encoded.read();
        bytes += u64::from(encoded.written());
    }
    bytes
}
