//! Looks at the beginning of a source for the preset that it is for.

use std::rc::Rc;

use super::frame::Frame;
use super::reader::{Framer, Reader};
use crate::event::FIELDS;
use crate::json::{self, Kind};
use crate::map::{Mapping, Preset, recognise_records, recognise_table};

/// How many bytes of a source are looked at for the preset that it is for, and for how it is written.
pub const BEGINNING: usize = 1_000_000;

/// How many records are looked at.
const RECORDS: usize = 16;

/// How many of the first [`FIELDS`] every event has.
const NEEDED: usize = 4;

impl Reader {
    /// Returns the preset that the source is for, or that it is for none; `None` if more bytes are needed for that.
    /// `is_over` says that no more are looked at. The source must not have been read yet.
    pub(crate) fn look(&self, is_over: bool) -> Option<Option<&'static Preset>> {
        let Framer::Start(format) = self.framer else { return Some(None) };
        let bytes = self.bytes();
        let mut reader = Reader::with_mapping(format, Rc::new(Mapping::of_any_table()));
        reader.set_form(self.form_of_any_table());
        reader.push(&bytes[..bytes.len().min(BEGINNING)]);
        if is_over {
            reader.end();
        }
        let mut records = 0;
        while records < RECORDS {
            let Some(frame) = reader.next_frame() else { break };
            if let Some((_, columns, ..)) = reader.row_record() {
                let own = Mapping::own().bound(&columns.names).is_ok_and(|own| own.missing().is_empty());
                return Some(if own { None } else { recognise_table(&columns.names) });
            }
            if let Frame::Record { span, .. } = frame {
                if records == 0 && is_own(&reader.bytes()[span]) {
                    return Some(None);
                }
                records += 1;
            }
        }
        if records < RECORDS && !is_over {
            return None;
        }
        Some(recognise_records(&String::from_utf8_lossy(reader.bytes())))
    }
}

/// Returns whether a record is an event in the service's own shape: an object with all fields that events need.
fn is_own(record: &[u8]) -> bool {
    let record = String::from_utf8_lossy(record);
    let Ok(Kind::Object(members)) = json::parse(&record).map(|value| value.kind) else { return false };
    FIELDS.iter().take(NEEDED).all(|field| members.iter().any(|member| member.name == *field))
}
