//! Proves events clean where they lie: one, or neighbours for as long as nothing unusual stands between them.

use std::collections::VecDeque;
use std::ops::Range;

use super::mender::{Mended, mend};
use super::proof::{Clean, Join, Neighbours, Proved, Stop, Unproved};
use super::scanner::{Limits, Scanner, Seen};
use super::template::{Left, SURE_BYTES, Templates, Walker};
use super::values::{self, Notes};
use crate::bytes::{Buffer, Padded};
use crate::rules::{Rules, doubt};

/// The number of the key among the fields.
const KEY: usize = 2;
/// Most neighbours that are proved at a time: what is remembered of them stays in the processor's cache.
const NEIGHBOURS_MAX: usize = 512;

/// Proves events clean, and remembers what earlier ones had in common.
#[derive(Debug, Default)]
pub struct Fast {
    templates: Templates,
    scanner: Scanner,
    /// What was seen of the event that [`Fast::prove`] looked at last.
    seen: Seen,
    /// What is sent in place of the neighbours with [`Notes::MENDED`], in their order.
    pub mended: VecDeque<Mended>,
    /// The same of the event that was read last.
    mending: Option<Mended>,
}

impl Fast {
    /// Forgets the templates: other input begins, whose events have shapes of their own.
    pub fn restart(&mut self) {
        self.templates = Templates::default();
    }

    /// Returns where the key of the event that was [proved](Fast::prove) last stands in the data, without its quotes.
    pub fn key(&self) -> Range<usize> {
        self.seen.key.0..self.seen.key.1
    }

    /// Returns where its traffic type stands.
    pub fn traffic_type(&self) -> Range<usize> {
        self.seen.traffic_type.0..self.seen.traffic_type.1
    }

    /// Proves the record clean that begins at this byte of the data, or says why not.
    pub fn prove(&mut self, buffer: &Buffer, start: usize, rules: &Rules) -> Result<Proved, Unproved> {
        let mut walker = Walker::new(start, 0);
        let proof = self.next(buffer.padded(), &mut walker, Join::Unknown, &Limits::of(rules), &mut Vec::new(), false);
        self.seen = walker.seen;
        let lines = proof?;
        if !self.seen.plain_key && doubt(&buffer.data()[self.key()]).is_some() {
            return Err(Unproved::NotSure);
        }
        Ok(Proved { end: walker.at, lines, notes: self.seen.notes })
    }

    /// Proves the records clean from `start` on, which is a byte of the data, and adds them to `clean`. `ended` says
    /// that nothing comes behind the data.
    #[inline(never)]
    pub fn neighbours(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        rules: &Rules,
        clean: &mut Vec<Clean>,
    ) -> Neighbours {
        let limits = Limits::of(rules);
        clean.reserve(NEIGHBOURS_MAX);
        let mut walker = Walker::new(start, 0);
        let stopped = |walker: &Walker, stop| Neighbours { at: walker.start, lines: walker.lines, stop };
        while clean.len() < NEIGHBOURS_MAX {
            let inside = match self.next(bytes, &mut walker, join, &limits, clean, true) {
                Ok(lines) => lines,
                Err(unproved) => return stopped(&walker, Stop::Record(unproved)),
            };
            let mended = self.mending.take();
            let end = walker.at;
            let behind = match join {
                Join::Unknown => Ok(Behind { at: end, lines: 0, is_event: false }),
                Join::Comma => Ok(behind_comma(bytes, end)),
                Join::CommaInLine => Err(Unproved::NotSure),
                Join::LineBreak if inside > 0 => Err(Unproved::NotSure),
                Join::LineBreak => behind_line(bytes, end, ended),
            };
            let behind = match behind {
                Ok(behind) => behind,
                Err(unproved) => return stopped(&walker, Stop::Record(unproved)),
            };
            clean.push(walker.clean());
            self.mended.extend(mended);
            walker = Walker::new(behind.at, walker.lines + (inside + behind.lines) as usize);
            if !behind.is_event {
                return stopped(&walker, Stop::Between);
            }
            self.templates.separated(bytes.span(end, behind.at + 1), behind.lines, join);
        }
        stopped(&walker, Stop::Next)
    }

    /// Goes on to the end of an event behind which something unusual stands, and adds those before it to `clean`.
    /// Returns the line breaks in that event; it ends where the walker stands. With `mends` that event may be one that is
    /// not clean, but [`Fast::mending`].
    #[inline(always)]
    fn next(
        &mut self,
        bytes: Padded,
        walker: &mut Walker,
        join: Join,
        limits: &Limits,
        clean: &mut Vec<Clean>,
        mends: bool,
    ) -> Result<u32, Unproved> {
        while !self.templates.off {
            let before = clean.len();
            let left = self.templates.walk(bytes, walker, join, &self.scanner, limits, clean);
            self.templates.hit(clean.len() - before);
            match left {
                Left::End => {
                    self.templates.hit(1);
                    return if_sure(walker, self.templates.lines(walker));
                }
                Left::Value => match self.templates.any_value(bytes, walker, &mut self.scanner, limits) {
                    Ok(()) => {}
                    Err(None) => break,
                    Err(Some(at)) if mends && at < bytes.filled() => return self.mend(bytes, walker, limits),
                    Err(Some(at)) => return Err(stopped_at(bytes, at)),
                },
                Left::Unknown => break,
            }
        }
        self.scan(bytes, walker, limits, mends)
    }

    /// Proves one event without the templates, and has them learn it.
    #[inline(never)]
    fn scan(&mut self, bytes: Padded, walker: &mut Walker, limits: &Limits, mends: bool) -> Result<u32, Unproved> {
        walker.seen = Seen::default();
        match self.scanner.event::<false>(bytes, walker.start, limits, &mut walker.seen) {
            Ok((end, lines)) => {
                if !self.templates.off {
                    self.templates.missed();
                    self.templates.learn(bytes, &self.scanner.gaps);
                }
                walker.at = end;
                if_sure(walker, lines)
            }
            Err(at) if mends && at < bytes.filled() => self.mend(bytes, walker, limits),
            Err(at) => Err(stopped_at(bytes, at)),
        }
    }

    /// Decides about an event that is not proved, if most of its fields are.
    #[inline(never)]
    fn mend(&mut self, bytes: Padded, walker: &mut Walker, limits: &Limits) -> Result<u32, Unproved> {
        let seen = &mut walker.seen;
        *seen = Seen::default();
        let read = self.scanner.event::<true>(bytes, walker.start, limits, seen);
        walker.at = read.map_err(|at| stopped_at(bytes, at))?.0;
        let members = &mut self.scanner.members;
        if !seen.plain_key
            && let Some(key) = members.iter_mut().find(|member| member.field == KEY)
        {
            key.is_sure &= doubt(bytes.span(seen.key.0, seen.key.1)).is_none();
        }
        seen.notes |= Notes::MENDED;
        if_sure(walker, 0)?;
        self.mending = mend(bytes, walker.start..walker.at, members, limits.rules);
        match self.mending {
            Some(_) => Ok(memchr::memchr_iter(b'\n', bytes.span(walker.start, walker.at)).count() as u32),
            None => Err(Unproved::NotSure),
        }
    }
}

/// Returns the line breaks in an event that ends where the walker stands, if it is under every cap.
#[inline(always)]
fn if_sure(walker: &Walker, lines: u32) -> Result<u32, Unproved> {
    if walker.at - walker.start <= SURE_BYTES { Ok(lines) } else { Err(Unproved::NotSure) }
}

/// Says why an event is not proved in which the proof stopped at this byte.
fn stopped_at(bytes: Padded, at: usize) -> Unproved {
    if at >= bytes.filled() { Unproved::RanOut } else { Unproved::NotSure }
}

/// What stands behind an event.
pub(crate) struct Behind {
    pub at: usize,
    /// Line breaks up to there.
    pub lines: u32,
    pub is_event: bool,
}

#[inline(always)]
pub(crate) fn behind_comma(bytes: Padded, end: usize) -> Behind {
    let mut lines = 0;
    let comma = values::space(bytes, end, &mut lines);
    if bytes.byte(comma) == b',' {
        let at = values::space(bytes, comma + 1, &mut lines);
        if bytes.byte(at) == b'{' {
            return Behind { at, lines, is_event: true };
        }
    }
    Behind { at: end, lines: 0, is_event: false }
}

/// An event that does not end with its line is not proved: what stands behind it may refuse it.
#[inline(always)]
pub(crate) fn behind_line(bytes: Padded, end: usize, ended: bool) -> Result<Behind, Unproved> {
    let mut at = end;
    while matches!(bytes.byte(at), b' ' | b'\t' | b'\r') {
        at += 1;
    }
    if bytes.byte(at) == b'\n' {
        let mut lines = 0;
        let next = values::space(bytes, at, &mut lines);
        Ok(Behind { at: next, lines, is_event: bytes.byte(next) == b'{' })
    } else if at < bytes.filled() {
        Err(Unproved::NotSure)
    } else if ended {
        Ok(Behind { at, lines: 0, is_event: false })
    } else {
        Err(Unproved::RanOut)
    }
}
