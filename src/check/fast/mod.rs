//! The checker that is fast: it proves events clean where they lie, or says that it is not sure.
//!
//! It never explains and never repairs. "Not sure" is always allowed; a wrong "clean" never. The
//! scanner looks at every byte once; the templates skip what it has proved before.

mod names;
mod notes;
mod quick;
mod run;
mod scanner;
mod template;
mod token;
mod utf8;

use std::ops::Range;

pub use notes::Notes;
pub use run::{Clean, Join, Run, Stop};

use crate::read::Padded;
use crate::rules::Rules;
use scanner::{Limits, Scanner};
use template::{Templates, Walk};

/// An event up to this many bytes is under the caps of properties, sizes and nesting whatever is in it.
const SURE_BYTES: usize = 7_900;

/// What the fast checker says of the bytes from a `{` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A clean event ends before this byte.
    Clean {
        /// The byte behind it.
        end: usize,
        /// Line breaks in it.
        lines: u32,
        /// What is to be counted of it.
        notes: Notes,
    },
    /// It may be anything.
    NotSure,
    /// The data ended inside of it.
    RanOut,
}

/// What both ways of proving share: where they stand, and the names that they know.
#[derive(Debug, Default)]
pub struct Fast {
    templates: Templates,
    scanner: Scanner,
}

impl Fast {
    /// Other input begins, whose events have shapes of their own.
    pub fn restart(&mut self) {
        self.templates = Templates::default();
    }

    /// Where the key of the last event that was proved clean stands in the data, without its quotes.
    pub fn key(&self) -> Range<usize> {
        self.scanner.key.0..self.scanner.key.1
    }

    /// The same for its traffic type.
    pub fn traffic_type(&self) -> Range<usize> {
        self.scanner.traffic_type.0..self.scanner.traffic_type.1
    }

    /// Looks at the record that begins at `start`, which is a byte of the data.
    pub fn prove(&mut self, bytes: Padded, start: usize, rules: &Rules) -> Proof {
        self.event(bytes, start, &Limits::of(rules))
    }

    #[inline(always)]
    fn event(&mut self, bytes: Padded, start: usize, limits: &Limits) -> Proof {
        if !self.templates.off {
            self.scanner.notes = Notes::default();
            match self.templates.walk(bytes, start, &mut self.scanner, limits) {
                Walk::Proved(end, lines) => {
                    self.templates.hit();
                    return self.proved(start, end, lines);
                }
                Walk::Stuck => return self.not_proved(bytes),
                Walk::Unknown => {}
            }
        }
        self.scan(bytes, start, limits)
    }

    #[inline(never)]
    fn scan(&mut self, bytes: Padded, start: usize, limits: &Limits) -> Proof {
        self.scanner.notes = Notes::default();
        match self.scanner.event(bytes, start, limits) {
            Some((end, lines)) => {
                if !self.templates.off {
                    self.templates.missed();
                    self.templates.learn(bytes, &self.scanner.gaps);
                }
                self.proved(start, end, lines)
            }
            None => self.not_proved(bytes),
        }
    }

    fn not_proved(&self, bytes: Padded) -> Proof {
        if self.scanner.stopped_at >= bytes.filled() { Proof::RanOut } else { Proof::NotSure }
    }

    #[inline(always)]
    fn proved(&self, start: usize, end: usize, lines: u32) -> Proof {
        if end - start <= SURE_BYTES { Proof::Clean { end, lines, notes: self.scanner.notes } } else { Proof::NotSure }
    }
}
