//! Writes numbers and lower case, and knows zones, by JavaScript's own functions.

use std::cell::RefCell;

use js_sys::{Function, JsString, Object, Reflect};
use split_events::{Host, days_from_civil};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn number(text: &str) -> f64;
    #[wasm_bindgen(js_name = String)]
    fn text_of_number(number: f64) -> String;
    /// Calls `String(value)`, which works for symbols, too.
    #[wasm_bindgen(js_name = String)]
    pub fn text_of(value: &JsValue) -> String;

    type DateTimeFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locale: &str, options: &Object) -> Result<DateTimeFormat, JsValue>;
    /// Returns a function that writes a Unix time in milliseconds.
    #[wasm_bindgen(method, getter)]
    fn format(this: &DateTimeFormat) -> Function;
}

thread_local! {
    /// The zone that was asked for last, and the function that writes its times; `None` if there is no such zone.
    static ZONE: RefCell<(String, Option<Function>)> = RefCell::default();
}

/// Returns the function that writes times in a zone as `11/20/2026, 14:30:15`.
fn clock(zone: &str) -> Option<Function> {
    let options = Object::new();
    for (name, value) in [
        ("timeZone", zone),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "numeric"),
        ("day", "numeric"),
        ("hour", "numeric"),
        ("minute", "numeric"),
        ("second", "numeric"),
    ] {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    Some(DateTimeFormat::new("en-US", &options).ok()?.format())
}

/// The functions of the runtime that the module was loaded into.
#[derive(Debug)]
pub struct Runtime;

impl Host for Runtime {
    fn number_text(&self, text: &str) -> String {
        match number(text) {
            zero if zero == 0.0 && zero.is_sign_negative() => "-0".to_owned(),
            number => text_of_number(number),
        }
    }

    fn lower_case(&self, text: &str) -> String {
        JsString::from(text).to_lower_case().into()
    }

    fn offset(&self, zone: &str, at: i64) -> Option<i32> {
        let text = ZONE.with_borrow_mut(|(name, clock_of_zone)| {
            if name != zone {
                (*name, *clock_of_zone) = (zone.to_owned(), clock(zone));
            }
            let text = clock_of_zone.as_ref()?.call1(&JsValue::UNDEFINED, &(at as f64 * 1000.0).into());
            text.ok()?.as_string()
        })?;
        let (mut numbers, mut place, mut was_digit) = ([0; 6], 0, false);
        for byte in text.bytes() {
            let is_digit = byte.is_ascii_digit();
            place += usize::from(was_digit && !is_digit);
            if is_digit {
                let number = numbers.get_mut(place)?;
                *number = *number * 10 + i64::from(byte - b'0');
            }
            was_digit = is_digit;
        }
        let [month, day, year, hour, minute, second] = numbers;
        let local = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
        i32::try_from(local - at).ok()
    }
}
