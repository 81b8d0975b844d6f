//! What the targets make of the fuzzer's bytes: an input, and at its end the settings of the run.

#[path = "../../tests/common/mod.rs"]
pub mod common;

use split_events::{Caps, Format, Rules};

/// Bytes at the end that are settings and no input.
pub const SETTINGS: usize = 16;

/// An input and how it is run.
pub struct Case {
    pub input: Vec<u8>,
    pub rules: Rules,
    pub format: Format,
    pub caps: Caps,
    /// Sizes of the chunks, over and over.
    pub sizes: Vec<usize>,
}

impl Case {
    /// Reads the fuzzer's bytes; nothing where they are too few.
    pub fn of(bytes: &[u8]) -> Option<Case> {
        let (text, settings) = bytes.split_last_chunk::<SETTINGS>()?;
        let [flags, format, events, cap, chunks @ ..] = *settings;
        let input = if flags & 1 == 0 { text.to_vec() } else { common::near_events::write(text) };
        let rules = Rules {
            strict: flags & 2 != 0,
            normalize_names: flags & 4 != 0,
            traffic_types: (flags & 8 != 0).then(|| ["user".to_owned()].into()),
            ..Rules::default()
        };
        let format = match format % 4 {
            0 | 1 => Format::Auto,
            2 => Format::Json,
            _ => Format::Ndjson,
        };
        let bytes = if cap < 128 { 1_000_000 } else { usize::from(cap) * 2 };
        let caps = Caps { events: usize::from(events % 8) + 1, bytes };
        Some(Case { input, rules, format, caps, sizes: chunks.map(usize::from).to_vec() })
    }
}
