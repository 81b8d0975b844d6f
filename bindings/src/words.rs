//! Writes the words of the tables as types of TypeScript into `split_events.d.ts`.
#![allow(dead_code, reason = "only custom sections of the module use it, which the lint does not see")]

use split_events::{Code, Severity};
use split_events_delivery::{Reason, State};
use wasm_bindgen::prelude::*;

/// Declares a type of TypeScript with the words of a table. Takes its declaration up to the `=`, and the table.
macro_rules! union {
    ($declaration:literal, $table:expr) => {{
        const BYTES: [u8; length($declaration, &$table)] = written($declaration, &$table);
        match core::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("words are UTF-8"),
        }
    }};
}

#[wasm_bindgen(typescript_custom_section)]
const ISSUE_CODE: &str =
    union!("/** The stable name of one kind of trouble. */\nexport type IssueCode =", *Code::WORDS);

#[wasm_bindgen(typescript_custom_section)]
const SEVERITY: &str = union!("/** What an issue does to its event. */\nexport type Severity =", Severity::WORDS);

#[wasm_bindgen(typescript_custom_section)]
const STATE: &str = union!("/** How an event ended. */\nexport type State =", State::WORDS);

#[wasm_bindgen(typescript_custom_section)]
const REASON: &str =
    union!("/** The stable name of why an outcome is not `accepted`. */\nexport type Reason =", *Reason::WORDS);

const BEFORE: &[u8] = b"\n  | \"";
const BEHIND: u8 = b'"';
const END: u8 = b';';

const fn length<T>(declaration: &str, table: &[(T, &str)]) -> usize {
    let mut length = declaration.len() + 1;
    let mut at = 0;
    while at < table.len() {
        length += BEFORE.len() + table[at].1.len() + 1;
        at += 1;
    }
    length
}

const fn written<T, const LENGTH: usize>(declaration: &str, table: &[(T, &str)]) -> [u8; LENGTH] {
    let mut text = [END; LENGTH];
    let mut length = copied(declaration.as_bytes(), &mut text, 0);
    let mut at = 0;
    while at < table.len() {
        length = copied(BEFORE, &mut text, length);
        length = copied(table[at].1.as_bytes(), &mut text, length);
        text[length] = BEHIND;
        length += 1;
        at += 1;
    }
    text
}

/// Copies bytes to this place, and returns the place behind them.
const fn copied(from: &[u8], to: &mut [u8], at: usize) -> usize {
    let mut index = 0;
    while index < from.len() {
        to[at + index] = from[index];
        index += 1;
    }
    at + from.len()
}
