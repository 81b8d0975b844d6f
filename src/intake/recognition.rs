//! Looks at the beginning of a source for the preset that it is for, and for the order of its dates.

use std::rc::Rc;

use super::{Intake, Recognise};
use crate::codes::Code;
use crate::map::Preset;
use crate::only::Only;
use crate::read::{BEGINNING, Looked};
use crate::text::join;
use crate::time::Order;

/// How many bytes of a source are looked at again with each chunk, so that the events of a live source are not held. At
/// more bytes it is looked at when they have doubled.
const OFTEN_LOOKED_BYTES: usize = 4_096;

impl Intake {
    /// Looks whether the source is for a preset, and in which order its dates have day and month, once its beginning is
    /// there. Returns false if more bytes are needed for that.
    pub(super) fn is_recognised(&mut self) -> bool {
        let Some(look_at) = self.look_at.filter(|_| cfg!(feature = "tables")) else { return true };
        let beginning = self.reader.bytes().len();
        let is_over = self.ended || self.is_broken_off || beginning >= BEGINNING || self.reader.has_piece();
        if beginning < look_at && !is_over {
            return false;
        }
        self.look_at = Some(if beginning < OFTEN_LOOKED_BYTES { beginning + 1 } else { 2 * beginning });
        if !self.is_looked_at {
            let looked = self.reader.look(is_over);
            if let Looked::NeedMore = looked {
                return false;
            }
            self.is_looked_at = true;
            if let Looked::For(preset) = looked {
                self.use_preset(preset);
            }
        }
        let Some(orders) = self.reader.prove_orders(&self.mapping, is_over) else { return false };
        self.look_at = None;
        self.use_orders(&orders);
        true
    }

    fn use_preset(&mut self, preset: &'static Preset) {
        let file = self.sources.last().and_then(Option::as_deref);
        match preset.mapping() {
            Some(mut mapping) if self.recognise == Recognise::Use => {
                self.report.say(Code::PresetRecognised, None, preset.title, file);
                self.report.preset.get_or_insert_with(|| preset.name.to_owned());
                self.report.is_mapped = true;
                self.overlay.apply(&mut mapping);
                let mapping = Only::new(|| Rc::new(mapping));
                self.reader.set_mapping(mapping.clone());
                self.reader.set_form(self.form_of(&mapping));
                self.use_mapping(mapping);
                self.refuse_unmapped();
            }
            _ => {
                self.report.say(Code::PresetNotNamed, None, preset.name, file);
                self.reader.stop();
            }
        }
    }

    /// Lets each entry of the mapping read dates in the order that was proven for it.
    fn use_orders(&mut self, orders: &[Option<Order>]) {
        let mut mapping = None;
        for (entry, order) in orders.iter().enumerate() {
            let Some(order) = *order else { continue };
            let mapping = mapping.get_or_insert_with(|| (**self.mapping).clone());
            if let Some(event) = mapping.events.get_mut(entry) {
                (event.time.order, event.time.declared) = (order, true);
            }
            let file = self.sources.last().and_then(Option::as_deref);
            let word = Order::WORDS.iter().find(|(named, _)| *named == order).map_or("", |(_, word)| word);
            self.report.say(Code::TimestampOrderProven, None, word, file);
        }
        if let Some(mapping) = mapping.map(|mapping| Only::new(|| Rc::new(mapping))) {
            self.reader.set_mapping(mapping.clone());
            self.use_mapping(mapping);
        }
    }

    /// Refuses a source of which no event can be made, since the mapping has no source for a field.
    pub(super) fn refuse_unmapped(&mut self) {
        if !cfg!(feature = "tables") {
            return;
        }
        let missing = self.mapping.needed();
        if !missing.is_empty() {
            let file = self.sources.last().and_then(Option::as_deref);
            self.report.say(Code::MappingFieldMissing, None, &join(&missing, ", "), file);
            self.reader.stop();
        }
    }
}
