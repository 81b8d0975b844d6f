//! Recognises by its first records for which preset a source is.

use std::cell::Cell as Flag;

use crate::apply::meets;
use crate::mapping::{Condition, Mapping, Signs};
use crate::path::{EACH, Path};
use crate::presets::{PRESETS, Preset};
use crate::record::Record;
use split_events_base::json::{self, Value};
use split_events_base::names::alike;

/// How many records are looked at.
const RECORDS: usize = 16;

/// Returns the preset for a table whose columns have these names.
pub fn recognise_table<T: AsRef<str>>(names: &[T]) -> Option<&'static Preset> {
    most(|mapping| mapping.signs_in_table(names))
}

/// Returns the preset for JSON that begins with this text, which may be cut off.
pub fn recognise_records(beginning: &str) -> Option<&'static Preset> {
    most(|mapping| mapping.signs_in_records(beginning))
}

impl Mapping {
    /// Returns the number of signs by which a table with these columns is one for the mapping; `None` if it is not.
    pub fn signs_in_table<T: AsRef<str>>(&self, names: &[T]) -> Option<usize> {
        let has = |column: &str| names.iter().any(|name| alike(name.as_ref(), column));
        let holds = |signs: &&Signs| !signs.columns.is_empty() && signs.columns.iter().all(|column| has(column));
        self.recognize.iter().filter(holds).map(|signs| signs.columns.len()).max()
    }

    /// Returns the number of signs by which JSON that begins with this text is for the mapping; `None` if it is not.
    /// Each of the first records has to have all signs of one entry.
    pub fn signs_in_records(&self, beginning: &str) -> Option<usize> {
        let records = match &self.records {
            None => json::values_so_far(beginning, RECORDS),
            Some(path) => records_at(beginning, path),
        };
        let counts = records.iter().map(|value| {
            let holds = |signs: &&Signs| !signs.paths.is_empty() && holds(signs, value);
            self.recognize.iter().filter(holds).map(|signs| signs.paths.len() + signs.when.len()).max()
        });
        counts.reduce(|least, count| Some(least?.min(count?))).flatten()
    }
}

/// Returns the preset of which the most signs are there.
fn most(count: impl Fn(&Mapping) -> Option<usize>) -> Option<&'static Preset> {
    let mut found: Option<(usize, &Preset)> = None;
    for preset in PRESETS {
        if let Some(count) = preset.mapping().and_then(|mapping| count(&mapping))
            && found.is_none_or(|(most, _)| count > most)
        {
            found = Some((count, preset));
        }
    }
    found.map(|(_, preset)| preset)
}

fn holds(signs: &Signs, value: &Value) -> bool {
    let record = Record::Json { text: value.raw, value };
    let twice = Flag::default();
    signs.paths.iter().all(|path| record.find(path, &twice).is_some())
        && signs.when.iter().all(|Condition { path, test }| meets(record.find(path, &twice).as_ref(), test))
}

/// Returns the first records at a path in the first value; none if the path leads nowhere.
fn records_at<'t>(beginning: &'t str, path: &Path) -> Vec<Value<'t>> {
    let mut text = beginning.trim_start();
    for segment in &path.segments {
        if *segment == EACH {
            return if text.starts_with('[') { json::values_so_far(text, RECORDS) } else { Vec::new() };
        }
        let members = if text.starts_with('{') { json::members_so_far(text) } else { Vec::new() };
        let Some((_, value)) = members.into_iter().find(|(name, _)| name == segment) else { return Vec::new() };
        text = value;
    }
    json::values_so_far(text, 1)
}
