//! Templates of what lay between the values of earlier events. If it lies there again, names, duplicates, commas and
//! white space are proved at once, and only the values are looked at.

use super::proof::{Clean, Join};
use super::scanner::{Gap, Limits, Scanner, Seen, Slot};
use super::values::Notes;
use crate::bytes::{PADDING, Padded, Window};
use crate::lanes::{LANES, Lanes};

/// The largest event, in bytes, that is under the caps of properties, sizes and nesting whatever is in it.
pub(super) const SURE_BYTES: usize = 7_900;

/// Most nodes: events of further shapes are not remembered.
const NODES_MAX: usize = 1024;
/// Events after which the misses are counted anew.
const WINDOW: u32 = 256;
/// Most misses in a window: templates that do not repeat cost more than they save, and with more they are off.
const MISSES_MAX: u32 = WINDOW / 4;
/// No node.
const NONE: u16 = u16::MAX;

/// Vectors in a gap: a longer gap is in no template.
const PIECES: usize = 4;

/// Bytes to be found again.
#[derive(Debug, Clone)]
struct Literal<const PIECES: usize> {
    pieces: [Lanes; PIECES],
    /// The bits of each piece that lie behind the end: they need not be the same.
    behind: [u16; PIECES],
    length: u32,
}

/// The bytes of a gap and what they lead to.
#[derive(Debug, Clone)]
#[repr(align(128))] // a power of two is found by a shift
struct Node {
    gap: Literal<PIECES>,
    /// Line breaks from the event's start.
    lines: u32,
    child: u16,
    sibling: u16,
    slot: Slot,
    /// What all events that go this way have in common.
    notes: Notes,
}

/// What stood between two events, and the bracket with which the second began.
#[derive(Debug, Clone)]
struct Separator {
    bytes: Literal<1>,
    lines: u32,
    join: Join,
}

/// Where a walk has left the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// At the end of an event, behind which something unusual stands.
    End,
    /// At a value that is not as most are.
    Value,
    /// No template fits.
    Unknown,
}

/// Where a walk stands: in the event that begins at `start`, behind the gap of the node, or before that one and its
/// siblings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Walker {
    pub start: usize,
    /// Line breaks before the event, from the start of the first neighbour.
    pub lines: usize,
    pub at: usize,
    node: u16,
    pub seen: Seen,
}

impl Walker {
    /// Begins an event.
    pub fn new(start: usize, lines: usize) -> Self {
        Walker { start, lines, at: start, ..Walker::default() }
    }

    /// Returns the event, which ends here.
    #[inline(always)]
    pub fn clean(&self) -> Clean {
        let Seen { key, traffic_type, plain_key, notes } = self.seen;
        Clean { start: self.start, end: self.at, lines: self.lines, key, traffic_type, plain_key, notes }
    }
}

#[derive(Debug, Default)]
pub(super) struct Templates {
    nodes: Vec<Node>,
    separator: Option<Separator>,
    events: u32,
    misses: u32,
    pub off: bool,
}

impl<const PIECES: usize> Literal<PIECES> {
    /// Returns `None` if it is too long.
    fn new(bytes: &[u8]) -> Option<Self> {
        let mut padded = [[0; LANES]; PIECES];
        let room = padded.as_flattened_mut().get_mut(..bytes.len())?;
        if room.len() == PADDING {
            return None; // a window would not reach the value behind it
        }
        room.copy_from_slice(bytes);
        let behind = |piece: usize| u16::MAX.checked_shl(bytes.len().saturating_sub(piece * LANES) as u32).unwrap_or(0);
        Some(Literal { pieces: padded.map(Lanes::of), behind: std::array::from_fn(behind), length: bytes.len() as u32 })
    }

    #[inline(always)]
    fn stands_at(&self, bytes: Padded, at: usize) -> bool {
        bytes.window(at).is_some_and(|window| self.is(window))
    }

    #[inline(always)]
    fn is(&self, window: Window) -> bool {
        self.same::<0>(window)
            && (PIECES == 1
                || self.length as usize <= LANES
                || self.same::<1>(window)
                    && (self.length as usize <= 2 * LANES || self.same::<2>(window) && self.same::<3>(window)))
    }

    #[inline(always)]
    fn same<const PIECE: usize>(&self, window: Window) -> bool {
        let lanes = window.lanes(PIECE * LANES);
        lanes.same(self.pieces[PIECE]).mask() | u32::from(self.behind[PIECE]) == 0xffff
    }
}

impl Templates {
    /// Follows the templates from event to event, as far as they fit, all values are as most are, and `clean` has room.
    /// It calls no function, so that all of it stays in registers.
    #[inline(never)]
    pub fn walk(
        &self,
        bytes: Padded,
        walker: &mut Walker,
        join: Join,
        scanner: &Scanner,
        limits: &Limits,
        clean: &mut Vec<Clean>,
    ) -> Left {
        let separator = self.separator.as_ref().filter(|separator| separator.join == join);
        let mut on = *walker;
        let left = loop {
            let Some(node) = self.nodes.get(on.node as usize) else { break Left::Unknown };
            let Some(wide) = bytes.wide(on.at) else { break Left::Unknown };
            if !node.gap.is(wide.behind(0)) {
                on.node = node.sibling;
                continue;
            }
            let length = node.gap.length as usize;
            on.at += length;
            if node.slot != Slot::End {
                match scanner.quick_value(node.slot, bytes, wide.behind(length), on.at, limits, &mut on.seen) {
                    Some(end) => on.at = end,
                    None => break Left::Value,
                }
                on.node = node.child;
                continue;
            }
            on.seen.notes |= node.notes;
            let Some(separator) = separator else { break Left::End };
            let usual = on.at - on.start <= SURE_BYTES
                && separator.bytes.stands_at(bytes, on.at)
                && (node.lines == 0 || join == Join::Comma)
                && clean.len() < clean.capacity();
            if !usual {
                break Left::End;
            }
            clean.push(on.clean());
            let next = on.at + separator.bytes.length as usize - 1;
            on = Walker::new(next, on.lines + (node.lines + separator.lines) as usize);
        };
        *walker = on;
        left
    }

    /// Returns the line breaks in the event at whose end the templates were left.
    pub fn lines(&self, walker: &Walker) -> u32 {
        self.nodes[walker.node as usize].lines
    }

    /// Reads the value at which the templates were left. Fails with the byte at which it stopped, or `None` if another
    /// template may fit.
    pub fn any_value(
        &self,
        bytes: Padded,
        walker: &mut Walker,
        scanner: &mut Scanner,
        limits: &Limits,
    ) -> Result<(), Option<usize>> {
        let Walker { at, node, seen, .. } = walker;
        let found = &self.nodes[*node as usize];
        match scanner.any_value(found.slot, bytes, *at, limits, seen) {
            Ok(end) => {
                (*at, *node) = (end, found.child);
                Ok(())
            }
            // a longer gap may fit as well
            Err(_) if matches!(bytes.byte(*at), b' ' | b'\t' | b'\r' | b'\n' | b'{') => Err(None),
            Err(at) => Err(Some(at)),
        }
    }

    /// Remembers the bytes that stood between two events, and the line breaks among them.
    pub fn separated(&mut self, bytes: &[u8], lines: u32, join: Join) {
        self.separator = Literal::new(bytes).map(|bytes| Separator { bytes, lines, join });
    }

    /// Remembers an event that no template fitted.
    #[inline(never)]
    pub fn learn(&mut self, bytes: Padded, gaps: &[Gap]) {
        let mut parent = NONE;
        for gap in gaps {
            let Some(node) = self.find_or_add(parent, bytes, gap) else { return };
            parent = node;
        }
    }

    /// Counts events that a template fitted.
    pub fn hit(&mut self, events: usize) {
        self.events = self.events.saturating_add(events as u32);
    }

    /// Counts an event that no template fitted, and turns the templates off if there were too many of these.
    pub fn missed(&mut self) {
        self.events += 1;
        self.misses += 1;
        if self.misses > MISSES_MAX {
            self.off = self.events < WINDOW;
            (self.events, self.misses) = (0, 0);
        }
    }

    fn find_or_add(&mut self, parent: u16, bytes: Padded, gap: &Gap) -> Option<u16> {
        let mut last = NONE;
        let mut candidate = match self.nodes.get(parent as usize) {
            Some(parent) => parent.child,
            None if self.nodes.is_empty() => NONE,
            None => 0,
        };
        while let Some(node) = self.nodes.get(candidate as usize) {
            if node.gap.length as usize == gap.end - gap.start
                && node.slot == gap.slot
                && node.gap.stands_at(bytes, gap.start)
            {
                return Some(candidate);
            }
            last = candidate;
            candidate = node.sibling;
        }
        if self.nodes.len() == NODES_MAX {
            return None;
        }
        let before = self.nodes.get(parent as usize);
        let missing = before.map_or(Notes::VALUE_MISSING, |node| node.notes);
        let node = Node {
            gap: Literal::new(bytes.span(gap.start, gap.end))?,
            lines: gap.lines + before.map_or(0, |node| node.lines),
            child: NONE,
            sibling: NONE,
            slot: gap.slot,
            notes: if gap.slot == Slot::Value { Notes::default() } else { missing },
        };
        let number = self.nodes.len() as u16;
        self.nodes.push(node);
        if let Some(last) = self.nodes.get_mut(last as usize) {
            last.sibling = number;
        } else if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.child = number;
        }
        Some(number)
    }
}
