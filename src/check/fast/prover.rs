//! Proves events clean where they lie, by the templates and by the scanner.

use std::ops::Range;

use super::proof::{Clean, Join, Proof};
use super::scanner::{Limits, Scanner, Seen};
use super::template::{Left, SURE_BYTES, Templates, Walker};
use crate::bytes::{Buffer, Padded};
use crate::keys::doubt;
use crate::rules::Rules;

/// What both ways of proving share: where they stand, and the names that they know.
#[derive(Debug, Default)]
pub struct Fast {
    pub(super) templates: Templates,
    scanner: Scanner,
    /// What was seen of the last event that [`Fast::prove`] looked at.
    seen: Seen,
}

impl Fast {
    /// Other input begins, whose events have shapes of their own.
    pub fn restart(&mut self) {
        self.templates = Templates::default();
    }

    /// Where the key of the last event that was [proved](Fast::prove) clean stands in the data, without its quotes.
    pub fn key(&self) -> Range<usize> {
        self.seen.key.0..self.seen.key.1
    }

    /// The same for its traffic type.
    pub fn traffic_type(&self) -> Range<usize> {
        self.seen.traffic_type.0..self.seen.traffic_type.1
    }

    /// Looks at the record that begins at this byte of the data.
    pub fn prove(&mut self, buffer: &Buffer, start: usize, rules: &Rules) -> Proof {
        let mut walker = Walker::new(start, 0);
        let proof = self.next(buffer.padded(), &mut walker, Join::Unknown, &Limits::of(rules), &mut Vec::new());
        self.seen = walker.seen;
        match proof {
            Proof::Clean { .. } if !self.seen.plain_key && doubt(&buffer.data()[self.key()]).is_some() => {
                Proof::NotSure
            }
            proof => proof,
        }
    }

    /// Goes on to the end of an event behind which something unusual stands; those before it are in `clean`.
    #[inline(always)]
    pub(super) fn next(
        &mut self,
        bytes: Padded,
        walker: &mut Walker,
        join: Join,
        limits: &Limits,
        clean: &mut Vec<Clean>,
    ) -> Proof {
        while !self.templates.off {
            let before = clean.len();
            let left = self.templates.walk(bytes, walker, join, &self.scanner, limits, clean);
            self.templates.hit(clean.len() - before);
            match left {
                Left::End => {
                    self.templates.hit(1);
                    return proved(walker, self.templates.lines(walker));
                }
                Left::Value => match self.templates.any_value(bytes, walker, &mut self.scanner, limits) {
                    Ok(()) => {}
                    Err(None) => break,
                    Err(Some(at)) => {
                        self.scanner.stopped_at = at;
                        return self.not_proved(bytes);
                    }
                },
                Left::Unknown => break,
            }
        }
        self.scan(bytes, walker, limits)
    }

    #[inline(never)]
    fn scan(&mut self, bytes: Padded, walker: &mut Walker, limits: &Limits) -> Proof {
        walker.seen = Seen::default();
        match self.scanner.event(bytes, walker.start, limits, &mut walker.seen) {
            Some((end, lines)) => {
                if !self.templates.off {
                    self.templates.missed();
                    self.templates.learn(bytes, &self.scanner.gaps);
                }
                walker.at = end;
                proved(walker, lines)
            }
            None => self.not_proved(bytes),
        }
    }

    fn not_proved(&self, bytes: Padded) -> Proof {
        if self.scanner.stopped_at >= bytes.filled() { Proof::RanOut } else { Proof::NotSure }
    }
}

#[inline(always)]
fn proved(walker: &Walker, lines: u32) -> Proof {
    if walker.at - walker.start <= SURE_BYTES {
        Proof::Clean { end: walker.at, lines, notes: walker.seen.notes }
    } else {
        Proof::NotSure
    }
}
