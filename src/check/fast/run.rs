//! Clean neighbours are proved one behind the other, as long as nothing unusual stands between them.

use super::proof::{Clean, Join, Proof, Run, Stop};
use super::prover::Fast;
use super::scanner::Limits;
use super::template::Walker;
use super::token;
use crate::bytes::Padded;
use crate::rules::Rules;

/// Most events of one run: what is remembered of them stays in the processor's cache.
const EVENTS_MAX: usize = 512;

impl Fast {
    /// Looks at the records from `start` on, which is a byte of the data, and adds to `clean` those that it proves.
    /// `ended` says that nothing comes after the data.
    #[inline(never)]
    pub(crate) fn run(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        rules: &Rules,
        clean: &mut Vec<Clean>,
    ) -> Run {
        let limits = Limits::of(rules);
        clean.reserve(EVENTS_MAX);
        let mut walker = Walker::new(start, 0);
        let stopped = |walker: &Walker, stop| Run { at: walker.start, lines: walker.lines, stop };
        while clean.len() < EVENTS_MAX {
            let (end, inside) = match self.next(bytes, &mut walker, join, &limits, clean) {
                Proof::Clean { end, lines, .. } => (end, lines),
                Proof::NotSure => return stopped(&walker, Stop::NotSure),
                Proof::RanOut => return stopped(&walker, Stop::RanOut),
            };
            let after = match join {
                Join::Unknown => After::Other(end, 0),
                Join::Comma => behind_comma(bytes, end),
                Join::LineBreak if inside > 0 => After::SameLine,
                Join::LineBreak => behind_line(bytes, end, ended),
            };
            let (next, between, goes_on) = match after {
                After::Event(next, between) => (next, between, true),
                After::Other(next, between) => (next, between, false),
                After::SameLine => return stopped(&walker, Stop::NotSure),
                After::NeedMore => return stopped(&walker, Stop::RanOut),
            };
            clean.push(walker.clean());
            walker = Walker::new(next, walker.lines + (inside + between) as usize);
            if !goes_on {
                return stopped(&walker, Stop::Between);
            }
            self.templates.separated(bytes.span(end, next + 1), between, join);
        }
        stopped(&walker, Stop::Next)
    }
}

/// What follows an event: a byte, and line breaks up to it.
enum After {
    /// The next event begins there.
    Event(usize, u32),
    /// Something else.
    Other(usize, u32),
    /// It goes on in its line, which refuses it.
    SameLine,
    NeedMore,
}

#[inline(always)]
fn behind_comma(bytes: Padded, end: usize) -> After {
    let mut lines = 0;
    let comma = token::space(bytes, end, &mut lines);
    if bytes.byte(comma) != b',' {
        return After::Other(end, 0);
    }
    let next = token::space(bytes, comma + 1, &mut lines);
    if bytes.byte(next) == b'{' { After::Event(next, lines) } else { After::Other(end, 0) }
}

#[inline(always)]
fn behind_line(bytes: Padded, end: usize, ended: bool) -> After {
    let mut at = end;
    while matches!(bytes.byte(at), b' ' | b'\t' | b'\r') {
        at += 1;
    }
    if bytes.byte(at) == b'\n' {
        let mut lines = 0;
        let next = token::space(bytes, at, &mut lines);
        if bytes.byte(next) == b'{' { After::Event(next, lines) } else { After::Other(next, lines) }
    } else if at < bytes.filled() {
        After::SameLine
    } else if ended {
        After::Other(at, 0)
    } else {
        After::NeedMore
    }
}
