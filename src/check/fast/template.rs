//! What lay between the values of earlier events. Where it lies there again, names, duplicates,
//! commas and white space are proved at once, and only the values are looked at.

use super::notes::Notes;
use super::scanner::{Gap, Limits, Scanner, Slot};
use crate::read::Padded;

/// Most nodes; input that has more shapes has none.
const NODES_MAX: usize = 1024;
/// Shapes that do not repeat cost more than they save: with so many misses in a window they are off.
const WINDOW: u32 = 256;
const MISSES_MAX: u32 = WINDOW / 4;
/// No node.
const NONE: u16 = u16::MAX;

const WORDS: usize = 8;
const GAP_MAX: usize = WORDS * 8;

/// The bytes of a gap and what they lead to. Masks are zero behind its end.
#[derive(Debug, Clone)]
struct Node {
    words: [u64; WORDS],
    masks: [u64; WORDS],
    length: usize,
    slot: Slot,
    /// What all events that go this way have in common.
    notes: Notes,
    /// Line breaks from the event's start.
    lines: u32,
    child: u16,
    sibling: u16,
}

/// What came of following the templates.
pub(super) enum Walk {
    /// An event ends before this byte, with so many line breaks in it.
    Proved(usize, u32),
    /// A value is not proved, and would not be by looking at the event from its start.
    Stuck,
    /// No template fits.
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Templates {
    nodes: Vec<Node>,
    events: u32,
    misses: u32,
    pub off: bool,
}

impl Node {
    fn new(bytes: &[u8], slot: Slot, before: Option<&Node>, lines: u32) -> Option<Node> {
        let word_of = |bytes: &[u8; GAP_MAX]| -> [u64; WORDS] {
            std::array::from_fn(|at| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at * 8 + byte])))
        };
        let (mut padded, mut mask) = ([0; GAP_MAX], [0; GAP_MAX]);
        padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
        mask[..bytes.len()].fill(0xff);
        let missing = before.map_or(Notes::VALUE_MISSING, |node| node.notes);
        Some(Node {
            words: word_of(&padded),
            masks: word_of(&mask),
            length: bytes.len(),
            slot,
            notes: if slot == Slot::Value { Notes::default() } else { missing },
            lines: lines + before.map_or(0, |node| node.lines),
            child: NONE,
            sibling: NONE,
        })
    }

    #[inline(always)]
    fn stands_at(&self, bytes: Padded, at: usize) -> bool {
        self.differs(0, bytes.words::<0, 2>(at)) == 0
            && (self.length <= 16
                || self.differs(2, bytes.words::<16, 2>(at)) == 0
                    && (self.length <= 32 || self.differs(4, bytes.words::<32, 4>(at)) == 0))
    }

    #[inline(always)]
    fn differs<const WORDS: usize>(&self, from: usize, words: [u64; WORDS]) -> u64 {
        let mut differs = 0;
        for (at, word) in words.into_iter().enumerate() {
            differs |= (word ^ self.words[from + at]) & self.masks[from + at];
        }
        differs
    }
}

impl Templates {
    /// Follows the templates as far as they fit.
    #[inline(always)]
    pub fn walk(&self, bytes: Padded, start: usize, scanner: &mut Scanner, limits: &Limits) -> Walk {
        let mut at = start;
        let Some(mut node) = self.nodes.first() else { return Walk::Unknown };
        loop {
            while !node.stands_at(bytes, at) {
                let Some(sibling) = self.nodes.get(node.sibling as usize) else { return Walk::Unknown };
                node = sibling;
            }
            at += node.length;
            if node.slot == Slot::End {
                scanner.notes |= node.notes;
                return Walk::Proved(at, node.lines);
            }
            match scanner.value(node.slot, bytes, at, limits) {
                Ok(end) => at = end,
                // a longer gap may fit as well
                Err(_) if matches!(bytes.byte(at), b' ' | b'\t' | b'\r' | b'\n' | b'{') => return Walk::Unknown,
                Err(at) => {
                    scanner.stopped_at = at;
                    return Walk::Stuck;
                }
            }
            let Some(child) = self.nodes.get(node.child as usize) else { return Walk::Unknown };
            node = child;
        }
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

    /// Counts an event that a template fitted.
    #[inline(always)]
    pub fn hit(&mut self) {
        self.events += 1;
    }

    /// Counts one that none fitted, and gives up where these are too many.
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
            if node.length == gap.end - gap.start && node.slot == gap.slot && node.stands_at(bytes, gap.start) {
                return Some(candidate);
            }
            last = candidate;
            candidate = node.sibling;
        }
        if self.nodes.len() == NODES_MAX {
            return None;
        }
        let before = self.nodes.get(parent as usize);
        let node = Node::new(bytes.span(gap.start, gap.end), gap.slot, before, gap.lines)?;
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
