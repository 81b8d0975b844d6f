//! Reads the fuzzer's bytes: an input, and at its end the settings under which it is read.

#[path = "../../tests/common/mod.rs"]
pub mod common;

use split_events::{Caps, Format, Rules};

/// The bytes at the end that are settings.
pub const SETTINGS: usize = 16;

/// The columns of a table whose header is good.
const HEADER: [&str; 7] = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "plan", "properties"];

/// An input, and the settings under which it is read.
pub struct Case {
    pub input: Vec<u8>,
    pub rules: Rules,
    pub format: Format,
    pub caps: Caps,
    /// The sizes of the chunks, over and over.
    pub sizes: Vec<usize>,
}

impl Case {
    /// Reads the fuzzer's bytes. Returns `None` if they are too few.
    pub fn of(bytes: &[u8]) -> Option<Case> {
        let (text, settings) = bytes.split_last_chunk::<SETTINGS>()?;
        let written = settings[0] & 1 != 0;
        Some(Case::with(if written { common::near_events::write(text) } else { text.to_vec() }, *settings))
    }

    /// Reads the fuzzer's bytes as a table, whose format may be given or not. It may get a good header in front.
    pub fn of_table(bytes: &[u8]) -> Option<Case> {
        let (text, settings) = bytes.split_last_chunk::<SETTINGS>()?;
        let mut case = Case::with(text.to_vec(), *settings);
        if matches!(case.format, Format::Json | Format::Ndjson) {
            case.format = Format::Auto;
        }
        if settings[0] & 1 != 0 {
            let separator = if case.format == Format::Tsv { "\t" } else { "," };
            case.input = [HEADER.join(separator).as_bytes(), text].join(&b'\n');
        }
        Some(case)
    }

    fn with(input: Vec<u8>, settings: [u8; SETTINGS]) -> Case {
        let [flags, format, events, cap, chunks @ ..] = settings;
        let rules = Rules {
            strict: flags & 2 != 0,
            normalize_names: flags & 4 != 0,
            traffic_types: (flags & 8 != 0).then(|| ["user".to_owned()].into()),
            ..Rules::default()
        };
        let format = match format % 8 {
            2 | 6 => Format::Json,
            3 | 7 => Format::Ndjson,
            4 => Format::Csv,
            5 => Format::Tsv,
            _ => Format::Auto,
        };
        let bytes = if cap < 128 { 1_000_000 } else { usize::from(cap) * 2 };
        let caps = Caps { events: usize::from(events % 8) + 1, bytes };
        Case { input, rules, format, caps, sizes: chunks.map(usize::from).to_vec() }
    }
}
