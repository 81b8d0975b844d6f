//! Looks at the beginning of a source for the preset that it is for.

use std::borrow::Cow;
use std::rc::Rc;

use super::detect::Format;
use super::form::Form;
use super::frame::Frame;
use super::reader::{Framer, Reader};
use crate::event::FIELDS;
use crate::json::{self, Kind};
use crate::map::{Mapping, Preset, Record, recognise_records, recognise_table};
use crate::only::Only;
use crate::time::{Order, OrderProof};

/// How many bytes of a source are looked at for the preset that it is for, and for how it is written.
pub const BEGINNING: usize = 1_000_000;

/// How many records are looked at.
const RECORDS: usize = 16;

/// How many of the first [`FIELDS`] every event has.
const NEEDED: usize = 4;

/// What the beginning of a source shows.
pub enum Looked {
    /// It is for this preset.
    For(&'static Preset),
    /// It is for none.
    ForNone,
    /// More bytes are needed.
    NeedMore,
}

impl From<Option<&'static Preset>> for Looked {
    fn from(found: Option<&'static Preset>) -> Self {
        found.map_or(Looked::ForNone, Looked::For)
    }
}

impl Reader {
    /// Looks for the preset that the source is for. `is_over` says that no more bytes are looked at. The source must not
    /// have been read yet.
    pub(crate) fn look(&self, is_over: bool) -> Looked {
        let Framer::Start(format) = self.framer else { return Looked::ForNone };
        let form = Form { foreign: true, records: [].into(), wrappers: false, ..self.form().clone() };
        let mut reader = self.again(format, Only::new(|| Rc::new(Mapping::of_any_table())), form, is_over);
        let mut records = 0;
        while records < RECORDS {
            let Some(frame) = reader.next_frame() else { break };
            if let Some((_, columns, ..)) = reader.row_record() {
                let names: Vec<Cow<str>> = columns.names.iter().map(|name| Cow::Borrowed(&**name)).collect();
                let own = Mapping::own().bound(&names).is_ok_and(|own| own.missing().is_empty());
                return if own { Looked::ForNone } else { recognise_table(&columns.names).into() };
            }
            if let Frame::Record { span, .. } = frame {
                if records == 0 && is_own(&reader.bytes()[span]) {
                    return Looked::ForNone;
                }
                records += 1;
            }
        }
        if records < RECORDS && !is_over {
            return Looked::NeedMore;
        }
        recognise_records(&String::from_utf8_lossy(reader.bytes())).into()
    }

    /// Returns for each entry of the mapping the order of day and month that the source's beginning proves; `None` if more
    /// bytes are needed for that. It ends early if none of the first records needs an order, or the first of events in their
    /// own shape does not.
    pub(crate) fn prove_orders(&self, mapping: &Only<Rc<Mapping>>, is_over: bool) -> Option<Vec<Option<Order>>> {
        let Framer::Start(format) = self.framer else { return Some(Vec::new()) };
        if mapping.events.iter().all(|event| event.time.order != Order::Auto) {
            return Some(Vec::new());
        }
        let mut reader = self.again(format, mapping.clone(), self.form().clone(), self.ended);
        let json = mapping.for_json();
        let mut proofs = vec![OrderProof::default(); mapping.events.len()];
        let (mut records, mut is_needed) = (0, false);
        while let Some(frame) = reader.next_frame() {
            let (Frame::Row { span, .. } | Frame::Record { span, .. }) = frame else { continue };
            let text = String::from_utf8_lossy(&reader.bytes()[span]).into_owned();
            if let Some((cells, columns, ..)) = reader.row_record() {
                let row = Record::Row { text: &text, cells, inside: &[] };
                is_needed |= columns.mapping.prove_orders(&row, &mut proofs);
            } else if let Ok(value) = json::parse(&text) {
                is_needed |= json.prove_orders(&Record::Json { text: &text, value: &value }, &mut proofs);
            }
            records += 1;
            // events in the service's own shape may be those of a live source, which are not waited for
            let is_live = records == 1 && mapping.is_identity() && !matches!(reader.framer, Framer::Csv(_));
            if (records == RECORDS || is_live) && !is_needed {
                return Some(Vec::new());
            }
        }
        let is_enough = is_over || records >= RECORDS && !is_needed;
        is_enough.then(|| proofs.iter().map(OrderProof::order).collect())
    }

    /// Returns a reader of the source's beginning by another mapping and form.
    #[inline(never)]
    fn again(&self, format: Format, mapping: Only<Rc<Mapping>>, form: Form, ended: bool) -> Box<Reader> {
        let mut reader = Box::new(Reader::with_mapping(format, mapping));
        reader.set_form(form);
        reader.push(&self.bytes()[..self.bytes().len().min(BEGINNING)]);
        if ended {
            reader.end();
        }
        reader
    }
}

/// Returns whether a record is an event in the service's own shape: an object with all fields that events need.
fn is_own(record: &[u8]) -> bool {
    let record = String::from_utf8_lossy(record);
    let Ok(Kind::Object(members)) = json::parse(&record).map(|value| value.kind) else { return false };
    FIELDS.iter().take(NEEDED).all(|field| members.iter().any(|member| member.name == *field))
}
