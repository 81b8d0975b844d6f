//! Reads the fuzzer's bytes: an input, and at its end the settings under which it is read.

#[path = "../../tests/common/mod.rs"]
pub mod common;

use split_events::map::{Overlay, PRESETS, Preset};
use split_events::{Batcher, Caps, DecimalSign, Encoding, Form, Format, Intake, Order, Recognise, Rules, Unit, Zone};

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
    /// The last bytes of the settings, for what only some targets have.
    pub more: [u8; 6],
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

    /// Reads the input by both ways, whole and in chunks, with what `set` says of an intake, and holds them to each other.
    pub fn hold_both_ways(&self, set: impl Fn(&mut Intake)) {
        let run = |is_careful: bool, sizes: &[usize]| {
            let mut intake = Intake::new(self.rules.clone(), Batcher::new(self.caps, "run".to_owned()));
            if is_careful {
                intake.be_careful();
            }
            set(&mut intake);
            common::cuts::through(&mut intake, self.format, &self.input, sizes)
        };
        let careful = run(true, &[]);
        assert_eq!(run(false, &[]), careful);
        assert_eq!(run(false, &self.sizes), careful);
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
        let more = chunks.last_chunk().copied().unwrap_or_default();
        Case { input, rules, format, caps, sizes: chunks.map(usize::from).to_vec(), more }
    }

    /// Returns the preset by which records are mapped.
    pub fn preset(&self) -> &'static Preset {
        &PRESETS[usize::from(self.more[0]) % PRESETS.len()]
    }

    /// Returns what lies over the mapping: a traffic type, and perhaps how times and amounts are written.
    pub fn overlay(&self) -> Overlay {
        let mut overlay = Overlay::default();
        assert!(overlay.set("trafficTypeName", "\"user\""));
        let [_, time, zone, decimal, ..] = self.more;
        let order =
            [Order::Iso, Order::Dmy, Order::Mdy, Order::Ymd, Order::Serial].get(usize::from(time >> 4)).copied();
        let units = [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds];
        let zone = ["UTC", "+02:00"].get(usize::from(zone >> 6)).and_then(|zone| Zone::parse(zone));
        overlay.set_time(order, units.get(usize::from(time & 15)).copied(), zone);
        overlay.set_decimal([DecimalSign::Point, DecimalSign::Comma].get(usize::from(decimal >> 5)).copied());
        overlay
    }

    /// Returns how the source is written, as far as a user says it.
    pub fn form(&self) -> Form {
        let [.., skip, separator, flags] = self.more;
        let encodings = [Encoding::Windows1252, Encoding::Utf16Le, Encoding::Utf16Be];
        Form {
            separator: b",;\t|".get(usize::from(separator >> 5)).copied(),
            skip_rows: u64::from(skip / 86),
            encoding: encodings.get(usize::from(flags & 15)).copied(),
            foreign: flags & 16 != 0,
            wrappers: flags & 32 != 0,
            records: if flags & 64 != 0 { [vec!["batch".to_owned(), "*".to_owned()]].into() } else { [].into() },
        }
    }

    /// Writes the input in the encoding that the form says.
    pub fn encode(&mut self) {
        let unit = match self.form().encoding {
            Some(Encoding::Utf16Le) => u16::to_le_bytes,
            Some(Encoding::Utf16Be) => u16::to_be_bytes,
            _ => return,
        };
        self.input = String::from_utf8_lossy(&self.input).encode_utf16().flat_map(unit).collect();
    }

    /// Returns what is done with a source that is recognised.
    pub fn recognise(&self) -> Recognise {
        match self.more[0] >> 6 {
            0 | 1 => Recognise::Off,
            2 => Recognise::Use,
            _ => Recognise::Ask,
        }
    }
}
