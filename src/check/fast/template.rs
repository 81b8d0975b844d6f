//! What lay between the values of earlier events. Where it lies there again, names, duplicates,
//! commas and white space are proved at once, and only the values are looked at.

use super::scanner::{Gap, Scanner, Slot};
use super::token::Literal;
use crate::read::Padded;
use crate::rules::Rules;

/// Most nodes; input that has more shapes has none.
const NODES_MAX: usize = 1024;
/// Shapes that do not repeat cost more than they save: the share of misses is looked at every so often.
const WINDOW: u32 = 256;
const MISSES_MAX: u32 = WINDOW / 4;

#[derive(Debug, Clone)]
struct Node {
    gap: Literal,
    lines: u32,
    slot: Slot,
    first_child: Option<u16>,
    next_sibling: Option<u16>,
}

#[derive(Debug, Default)]
pub(super) struct Templates {
    nodes: Vec<Node>,
    first: Option<u16>,
    events: u32,
    misses: u32,
    pub off: bool,
}

impl Templates {
    /// Gives the byte behind the event and its line breaks; nothing where no template fits.
    #[inline]
    pub fn walk(&mut self, bytes: Padded, start: usize, scanner: &mut Scanner, rules: &Rules) -> Option<(usize, u32)> {
        if self.off {
            return None;
        }
        let mut at = start;
        let mut lines = 0;
        let mut next = self.first;
        let mut has_value = false;
        loop {
            let mut candidate = next;
            let node = loop {
                let node = &self.nodes[candidate? as usize];
                if node.gap.stands_at(bytes, at) {
                    break node;
                }
                candidate = node.next_sibling;
            };
            at += node.gap.len();
            lines += node.lines;
            if node.slot == Slot::End {
                scanner.notes.value_missing |= !has_value;
                return Some((at, lines));
            }
            has_value |= node.slot == Slot::Value;
            at = scanner.value(node.slot, bytes, at, rules).ok()?;
            next = node.first_child;
        }
    }

    /// Remembers an event that no template fitted.
    pub fn learn(&mut self, bytes: Padded, gaps: &[Gap]) {
        let mut parent = None;
        for gap in gaps {
            let Some(node) = self.find_or_add(parent, bytes, gap) else { return };
            parent = Some(node);
        }
    }

    /// Counts a hit or a miss, and gives up where too many miss.
    pub fn count(&mut self, missed: bool) {
        self.misses += u32::from(missed);
        self.events += 1;
        if self.events == WINDOW {
            self.off |= self.misses > MISSES_MAX;
            self.events = 0;
            self.misses = 0;
        }
    }

    fn find_or_add(&mut self, parent: Option<u16>, bytes: Padded, gap: &Gap) -> Option<u16> {
        let length = gap.end - gap.start;
        let first = match parent {
            None => self.first,
            Some(parent) => self.nodes[parent as usize].first_child,
        };
        let mut last = None;
        let mut candidate = first;
        while let Some(number) = candidate {
            let node = &self.nodes[number as usize];
            if node.gap.len() == length && node.slot == gap.slot && node.gap.stands_at(bytes, gap.start) {
                return Some(number);
            }
            last = Some(number);
            candidate = node.next_sibling;
        }
        if self.nodes.len() == NODES_MAX {
            return None;
        }
        let literal = Literal::new(bytes.span(gap.start, gap.end))?;
        let number = self.nodes.len() as u16;
        self.nodes.push(Node { gap: literal, lines: gap.lines, slot: gap.slot, first_child: None, next_sibling: None });
        match (last, parent) {
            (Some(last), _) => self.nodes[last as usize].next_sibling = Some(number),
            (None, Some(parent)) => self.nodes[parent as usize].first_child = Some(number),
            (None, None) => self.first = Some(number),
        }
        Some(number)
    }
}
