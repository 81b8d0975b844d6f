//! Looks at the first part of a source, to propose a mapping for its records.

use std::rc::Rc;

use crate::host::Host;
use crate::json;
use crate::map::{Mapping, Suggester, Suggestion};
use crate::only::Only;
use crate::read::{Form, Format, Frame, Reader};

/// The most records that are shown.
const SHOWN: usize = 3;
/// The longest text of a record that is shown, in characters.
const SHOWN_CHARS: usize = 1_000;

/// A mapping that needs no column.
const ANY: &str = r#"{"events":[{"eventTypeId":{"value":""},"trafficTypeName":{"value":""},"key":{"value":""},"timestamp":{"value":0},"properties":{"rest":true}}]}"#;

/// What the first part of a source shows.
#[derive(Debug)]
pub struct Sample {
    /// Whether the source is a table.
    pub is_table: bool,
    /// The mapping that is proposed.
    pub suggestion: Suggestion,
    /// The line on which each of the first records begins, and its text.
    pub records: Vec<(u64, String)>,
}

impl Sample {
    /// Looks at the first bytes of a source, which may end inside of a record. `given` says where its records
    /// lie; the rest of it is not used.
    pub fn new(bytes: &[u8], format: Format, form: Form, given: Mapping, host: &dyn Host) -> Sample {
        let (mut suggester, mut records, mut is_table) = (Suggester::default(), Vec::new(), false);
        let mut reader = Reader::new(format);
        let any = Mapping::parse(ANY).unwrap_or_default();
        reader.begin(format, Only::new(|| Rc::new(Mapping { records: given.records, ..any })));
        reader.set_form(Form { foreign: true, wrappers: true, ..form });
        reader.push(bytes);
        reader.end();
        while let Some(frame) = reader.next_frame() {
            let (Frame::Record { ref span, line, .. } | Frame::Row { ref span, line, .. }) = frame else { continue };
            let Ok(text) = std::str::from_utf8(&reader.bytes()[span.clone()]).map(str::to_owned) else { continue };
            if matches!(frame, Frame::Row { .. }) {
                is_table = true;
                let Some((cells, columns, ..)) = reader.row_record() else { continue };
                for (name, cell) in columns.names.iter().zip(cells).filter(|(name, _)| !name.is_empty()) {
                    suggester.see_cell(name, &cell.text(&text), host);
                }
            } else if let Ok(value) = json::parse(&text) {
                suggester.see_record(&value, host);
            }
            if records.len() < SHOWN {
                records.push((line, text.chars().take(SHOWN_CHARS).collect()));
            }
        }
        Sample { is_table, suggestion: suggester.suggest(), records }
    }
}
