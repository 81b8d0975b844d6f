//! Random inputs, read by the fast way and by the careful one.

use std::fmt::Write as _;

use serde_json::Value;
use split_events::map::{Mapping, Overlay};
use split_events::{Batcher, Caps, Form, Format, Intake, Recognise, Rules, Unit};

use crate::cuts::{self, Run};
use crate::random::Random;
use crate::shapes::{self, Layout, Node};
use crate::tables;
use crate::values::{NOW, Style};
use crate::{compared, mappings};

/// What was compared.
#[derive(Debug, Default)]
pub struct Tally {
    pub records: u64,
    pub events: u64,
    pub sent: u64,
    pub skipped: u64,
    pub tables: u64,
}

/// An input, and how it is read.
struct Input {
    /// The mapping file; `None` for events in their own shape.
    mapping: Option<Value>,
    overlay: Overlay,
    recognise: Recognise,
    rules: Rules,
    form: Form,
    format: Format,
    caps: Caps,
    text: Vec<u8>,
    /// The size of the chunks.
    size: usize,
}

/// Compares both ways on random inputs of at least `records` records together. Returns the first difference as an error.
pub fn compare(records: u64, seed: u64) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let mut number = 0;
    while tally.records < records {
        let input = Input::random(&mut Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number)));
        let report = input.compare().map_err(|found| input.told(number, &found))?;
        let count = |name: &str| report[name].as_u64().unwrap_or(0);
        tally.records += if report["records"].is_null() { count("events") } else { count("records") };
        tally.events += count("events");
        tally.sent += count("clean") + count("repaired");
        tally.skipped += count("skipped");
        tally.tables += u64::from(matches!(input.format, Format::Csv | Format::Tsv));
        number += 1;
    }
    Ok(tally)
}

impl Input {
    fn random(random: &mut Random) -> Self {
        let records = 1 + below(&[300, 30, 1_500], random);
        let mapping = match random.below(10) {
            0..4 => Some(mappings::preset(random)),
            4..7 => Some(mappings::arbitrary(random)),
            _ => None,
        };
        let style = Style::random(mapping.as_ref(), random);
        let is_table = mapping.as_ref().is_none_or(|mapping| {
            let has_columns = mapping["recognize"][0].get("columns").is_some();
            random.chance(if has_columns { 0.5 } else { 0.2 })
        });
        let overlay = mappings::overlay(mapping.is_some(), random);
        let shape = match &mapping {
            Some(mapping) => shapes::of(mapping, random),
            None => tables::own(random),
        };
        let (text, format, separator) = if is_table {
            let (text, separator) = tables::write(&shape, records, &style, random);
            (text, Format::Csv, separator)
        } else {
            let (text, format) = json(mapping.as_ref(), &shape, records, &style, random);
            (text, format, None)
        };
        let mut text = text.into_bytes();
        if random.chance(0.1) {
            damage(&mut text, random);
        }
        Input {
            mapping,
            overlay,
            recognise: if random.chance(0.1) { Recognise::Use } else { Recognise::Off },
            rules: rules(random),
            form: Form { separator, ..Form::default() },
            format,
            caps: Caps {
                events: 1 + random.below(90),
                bytes: if random.chance(0.7) { 1_000_000 } else { 200 + random.below(5_000) },
            },
            text,
            size: 1 + below(&[8_000, 8_000, 8_000, 50], random),
        }
    }

    /// Reads it by both ways. Returns the report, or the first difference.
    fn compare(&self) -> Result<Value, String> {
        let careful = self.run(true, usize::MAX);
        for size in [usize::MAX, self.size] {
            compared::same(&self.run(false, size), &careful).map_err(|found| format!("chunks of {size}: {found}"))?;
        }
        Ok(serde_json::from_str(&careful.report).unwrap())
    }

    fn run(&self, is_careful: bool, size: usize) -> Run {
        let mut intake = Intake::new(self.rules.clone(), Batcher::new(self.caps, "run".to_owned()));
        if is_careful {
            intake.be_careful();
        }
        let mapping =
            self.mapping.as_ref().map_or_else(Mapping::own, |file| Mapping::parse(&file.to_string()).unwrap());
        intake.map_by(mapping, self.overlay.clone(), self.recognise);
        intake.set_form(self.form.clone());
        cuts::through(&mut intake, self.format, &self.text, &[size])
    }

    /// Returns the difference, and what shows it: the lines that are not needed for it are left out.
    fn told(&self, number: u64, found: &str) -> String {
        let mut lines: Vec<Vec<u8>> = self.text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
        let mut least = Input {
            text: self.text.clone(),
            mapping: self.mapping.clone(),
            overlay: self.overlay.clone(),
            rules: self.rules.clone(),
            form: self.form.clone(),
            ..*self
        };
        let mut step = lines.len().div_ceil(2);
        while step > 0 {
            let mut at = 0;
            while at < lines.len() {
                let mut fewer = lines.clone();
                fewer.drain(at..(at + step).min(lines.len()));
                least.text = fewer.concat();
                if least.compare().is_err() { lines = fewer } else { at += step }
            }
            step /= 2;
        }
        least.text = lines.concat();
        let found = least.compare().err().unwrap_or_else(|| found.to_owned());
        let Input { mapping, overlay, rules, form, format, caps, size, text, .. } = &least;
        let mut told = format!("input {number}: {found}\n");
        if let Some(mapping) = mapping {
            writeln!(told, "mapping: {mapping}").unwrap();
        }
        writeln!(
            told,
            "{overlay:?}\n{rules:?}\n{form:?}, {format:?}, {caps:?}, {:?}, chunks of {size}",
            self.recognise
        )
        .unwrap();
        told + &String::from_utf8_lossy(text)
    }
}

/// Writes records as NDJSON, as an array, or where the mapping says that they are.
fn json(mapping: Option<&Value>, shape: &Node, records: usize, style: &Style, random: &mut Random) -> (String, Format) {
    let layout = Layout::random(random);
    let path = mapping.and_then(|mapping| mapping["records"].as_str()).map(shapes::segments).unwrap_or_default();
    let mut lines = Vec::new();
    let mut left = records;
    while left > 0 {
        let some = if path.iter().any(|segment| segment == "*") { (1 + random.below(20)).min(left) } else { 1 };
        left -= some;
        let mut list: Vec<String> = (0..some)
            .map(|_| {
                let mut text = String::new();
                shape.write(style, &layout, random, &mut text);
                text
            })
            .collect();
        for segment in path.iter().rev() {
            let inside = list.join(",");
            let value =
                if segment == "*" { format!("[{inside}]") } else { format!("{{\"sent\":1,\"{segment}\":{inside}}}") };
            list = vec![value];
        }
        lines.extend(list);
    }
    match random.below(4) {
        0 => (format!("[{}]", lines.join(if layout.spaced { ",\n" } else { "," })), Format::Json),
        1 => (lines.join("\n"), Format::Auto),
        _ => (lines.join("\n") + "\n", Format::Ndjson),
    }
}

fn below(ends: &[usize], random: &mut Random) -> usize {
    let end = random.pick(ends);
    random.below(end)
}

/// Drops, doubles or changes a few bytes.
fn damage(text: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        if text.is_empty() {
            return;
        }
        let at = random.below(text.len());
        match random.below(3) {
            0 => _ = text.remove(at),
            1 => text.insert(at, text[at]),
            _ => text[at] = random.pick(b"\"\\{}[],:;\n\t0e\xff "),
        }
    }
}

fn rules(random: &mut Random) -> Rules {
    Rules {
        strict: random.chance(0.1),
        normalize_names: random.chance(0.1),
        flatten: random.chance(0.1),
        traffic_types: random.chance(0.1).then(|| vec!["user".to_owned()]),
        timestamp_unit: random.chance(0.1).then(|| random.pick(&[Unit::Seconds, Unit::Milliseconds])),
        now: random.chance(0.5).then_some(NOW),
        ..Rules::default()
    }
}
