//! The event types that were made of names before: they repeat.

use super::out::Out;
use crate::bytes::Padded;
use crate::lanes::{LANES, Lanes};

/// Event types that are remembered, by the hashes of their names.
const SETS: usize = 64;
/// The longest name that is remembered, in bytes.
const NAME_MAX: usize = 2 * LANES - 1;

/// A text with zeros behind it.
type Text = [Lanes; 2];

/// An event type that was made of a name.
#[derive(Debug, Clone, Copy)]
struct EventType {
    name: Text,
    /// The event type and its closing quote.
    text: Text,
    /// The length of that.
    length: usize,
    /// What is counted of it.
    notes: u32,
}

/// Event types by the names of which they were made.
#[derive(Debug)]
pub(super) struct EventTypes(Box<[EventType; SETS]>);

impl Default for EventTypes {
    fn default() -> Self {
        let none = [Lanes::all(0); 2];
        EventTypes(Box::new([EventType { name: none, text: none, length: 0, notes: 0 }; SETS]))
    }
}

impl EventTypes {
    /// Writes the event type that was made of a name; returns the byte behind its quote, and what is counted of it.
    #[inline(always)]
    pub fn write(&self, bytes: Padded, start: usize, length: usize, out: &mut Out, at: usize) -> Option<(usize, u32)> {
        let name = read(bytes, start, length)?;
        let known = &self.0[hash(name)];
        if !((known.name[0] ^ name[0]) | (known.name[1] ^ name[1])).is_zero() {
            return None;
        }
        out.store(at, known.text[0]);
        out.store(at + LANES, known.text[1]);
        Some((at + known.length, known.notes))
    }

    /// Remembers the event type, with its closing quote, that was made of a name.
    #[cold]
    pub fn learn(&mut self, bytes: Padded, (start, length): (usize, usize), text: &[u8], notes: u32) {
        let mut padded = [[0; LANES]; 2];
        let place = padded.as_flattened_mut().get_mut(..text.len());
        if let (Some(name), Some(place)) = (read(bytes, start, length), place) {
            place.copy_from_slice(text);
            self.0[hash(name)] = EventType { name, text: padded.map(Lanes::of), length: text.len(), notes };
        }
    }
}

#[inline(always)]
fn read(bytes: Padded, start: usize, length: usize) -> Option<Text> {
    let window = bytes.window(start)?;
    (length.wrapping_sub(1) < NAME_MAX)
        .then(|| [window.lanes(0) & Lanes::within::<0>(length), window.lanes(LANES) & Lanes::within::<LANES>(length)])
}

#[inline(always)]
fn hash([low, high]: Text) -> usize {
    let [first, second] = (low ^ high).words();
    let mixed = (first ^ second.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 58) as usize % SETS
}
