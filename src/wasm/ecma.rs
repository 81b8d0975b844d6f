//! JavaScript's own words for numbers and texts.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use crate::Ecma;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn number(text: &str) -> f64;
    #[wasm_bindgen(js_name = String)]
    fn text_of_number(number: f64) -> String;
    /// `String(value)`; a symbol has one, too.
    #[wasm_bindgen(js_name = String)]
    pub fn text_of(value: &JsValue) -> String;
}

pub const ECMA: Ecma = Ecma { number: number_text, lower: |text| JsString::from(text).to_lower_case().into() };

impl Default for Ecma {
    fn default() -> Self {
        ECMA
    }
}

fn number_text(text: &str) -> String {
    match number(text) {
        zero if zero == 0.0 && zero.is_sign_negative() => "-0".to_owned(),
        number => text_of_number(number),
    }
}
