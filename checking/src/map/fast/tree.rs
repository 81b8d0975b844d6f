//! The names of the members of records, as a tree, and what stood between one value and the next in earlier records.

use crate::bytes::{Padded, Window};
use crate::lanes::{LANES, Lanes};

/// No node.
pub(super) const NONE: u16 = u16::MAX;
/// The record itself.
pub(super) const ROOT: u16 = 0;
/// A member of which nothing is wanted or known.
pub(super) const OTHER: u16 = 1;
/// Behind the record.
pub(super) const END: u16 = NONE - 1;

/// Most nodes.
const NODES_MAX: usize = 1024;
/// If fewer nodes than this are left, the names that the mapping does not have are forgotten before the next record.
const SPARE: usize = 320;
/// Deepest object whose members have nodes.
const DEPTH_MAX: u8 = 8;
/// Places of the table of names.
const TABLE: usize = 4 * NODES_MAX;
/// Vectors in the text of a way: a longer text is not learned.
const PIECES: usize = 3;

/// The number of steps that are remembered for one value.
const WAYS: usize = 4;
/// One of this number of unknown steps takes the place of a known one: if many steps come in turn, some stay known.
const RENEWED: u8 = 16;

/// What becomes of a member as a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Property {
    /// It is none.
    #[default]
    No,
    /// It is left out.
    Dropped,
    Kept,
    /// It is sent by the name with this number.
    Renamed(u16),
    /// The careful way has the record.
    Unsure,
}

/// A step from one value to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The member whose value comes next, or [`END`].
    pub next: u16,
    /// The object that has it.
    pub place: u16,
    /// An object that begins in the text and of which parts are wanted.
    pub opens: u16,
    /// The bytes before its bracket.
    pub opens_at: u32,
    /// The length of the text between the values, with the opening quote of a text.
    pub length: u32,
    /// The bytes of that text from the quote of the name on.
    pub name: u32,
    /// Line breaks in that text.
    pub lines: u32,
    pub is_text: bool,
    /// The text is a comma, a name and a colon.
    pub is_tight: bool,
}

impl Step {
    pub const NOWHERE: Step = Step {
        next: NONE,
        place: ROOT,
        opens: NONE,
        opens_at: 0,
        length: 0,
        name: 0,
        lines: 0,
        is_text: false,
        is_tight: false,
    };
}

/// A step, and the text by which it is known.
#[derive(Debug, Clone, Copy)]
struct Way {
    text: [Lanes; PIECES],
    /// The bits of each piece that lie behind the end: they need not be the same.
    behind: [u16; PIECES],
    step: Step,
}

impl Way {
    /// Returns a way that no text matches.
    fn nowhere() -> Self {
        Way { text: [Lanes::all(1); PIECES], behind: [0; PIECES], step: Step::NOWHERE }
    }

    /// Makes a way of a text; returns `None` if the text is too long.
    fn new(text: &[u8], step: Step) -> Option<Self> {
        let mut padded = [[0; LANES]; PIECES];
        padded.as_flattened_mut().get_mut(..text.len())?.copy_from_slice(text);
        let behind = |piece: usize| u16::MAX.checked_shl(text.len().saturating_sub(piece * LANES) as u32).unwrap_or(0);
        Some(Way { text: padded.map(Lanes::of), behind: std::array::from_fn(behind), step })
    }

    #[inline(always)]
    fn begins(&self, window: Window) -> bool {
        let length = self.step.length as usize;
        self.same::<0>(window)
            && (length <= LANES || self.same::<1>(window) && (length <= 2 * LANES || self.same::<2>(window)))
    }

    #[inline(always)]
    fn same<const PIECE: usize>(&self, window: Window) -> bool {
        let lanes = window.lanes(PIECE * LANES);
        lanes.same(self.text[PIECE]).mask() | u32::from(self.behind[PIECE]) == 0xffff
    }
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Node {
    /// Steps from its value on that were made before.
    ways: [Way; WAYS],
    /// Counts the steps that were none of these.
    missed: u8,
    /// Its slot or its members are wanted, or it is a property.
    pub is_wanted: bool,
    /// Its members are wanted.
    pub has_inside: bool,
    /// Its members are properties.
    pub has_properties: bool,
    pub property: Property,
    /// The number of its value, if that is wanted.
    pub slot: u16,
    /// The record that has it, if it is wanted.
    pub seen: u32,
    pub parent: u16,
    depth: u8,
    name: Box<[u8]>,
    /// The beginning of its name, with zeros behind it.
    start: Lanes,
}

/// The names that are known.
#[derive(Debug)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    /// The nodes by their parents and names.
    table: Box<[u16; TABLE]>,
    /// How many of them the mapping has.
    own: usize,
}

impl Default for Tree {
    fn default() -> Self {
        let empty: Box<[u16]> = vec![NONE; TABLE].into();
        let table = empty.try_into().unwrap_or_else(|_| unreachable!("the length is the same"));
        let mut tree = Tree { nodes: Vec::new(), table, own: 0 };
        tree.push(NONE, b"", 0);
        tree.push(NONE, b"", DEPTH_MAX);
        tree.nodes[ROOT as usize].has_inside = true;
        tree
    }
}

impl Tree {
    /// Says that the nodes so far are those of the mapping.
    pub fn keep(&mut self) {
        self.own = self.nodes.len();
    }

    /// Makes room for another record by forgetting names, if there is little.
    #[inline(always)]
    pub fn make_room(&mut self) {
        if self.nodes.len() > NODES_MAX - SPARE {
            self.forget();
        }
    }

    /// Forgets the names that the mapping does not have.
    #[cold]
    pub fn forget(&mut self) {
        self.nodes.truncate(self.own);
        self.table.fill(NONE);
        for number in 0..self.own {
            let node = &mut self.nodes[number];
            node.ways = [Way::nowhere(); WAYS];
            let (parent, start, length) = (node.parent, node.start, node.name.len());
            if number > OTHER as usize {
                let place = self.place(parent, start, length, &[]).0;
                self.table[place] = number as u16;
            }
        }
    }

    #[inline(never)]
    fn push(&mut self, parent: u16, name: &[u8], depth: u8) -> u16 {
        let mut start = [0; LANES];
        let length = name.len().min(LANES);
        start[..length].copy_from_slice(&name[..length]);
        self.nodes.push(Node {
            ways: [Way::nowhere(); WAYS],
            missed: 0,
            is_wanted: false,
            has_inside: false,
            has_properties: false,
            property: Property::No,
            slot: NONE,
            seen: 0,
            parent,
            depth,
            name: name.into(),
            start: Lanes::of(start),
        });
        (self.nodes.len() - 1) as u16
    }

    /// Returns the place in the table of the member with a name, and its node, if there is one. `start` is the beginning
    /// of the name with zeros behind it; `name` is all of it, if it is longer.
    #[inline(always)]
    fn place(&self, parent: u16, start: Lanes, length: usize, name: &[u8]) -> (usize, u16) {
        let [first, second] = start.words();
        let mixed = (first ^ second.rotate_left(23) ^ (u64::from(parent) << 16) ^ length as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut at = (mixed >> 48) as usize % TABLE;
        loop {
            let number = self.table[at];
            let Some(node) = self.nodes.get(number as usize) else { return (at, NONE) };
            if node.parent == parent
                && node.name.len() == length
                && (node.start ^ start).is_zero()
                && (length <= LANES || *node.name == *name)
            {
                return (at, number);
            }
            at = (at + 1) % TABLE;
        }
    }

    /// Returns the member of an object with this name, if it is known.
    #[inline(always)]
    pub fn find(&self, parent: u16, bytes: Padded, name: (usize, usize)) -> (usize, u16) {
        let length = name.1 - name.0;
        let lanes = bytes.window(name.0).map_or(Lanes::all(0), |window| window.lanes(0));
        self.place(parent, lanes & Lanes::within::<0>(length.min(LANES)), length, bytes.span(name.0, name.1))
    }

    /// Adds a member at its [place](Tree::find) in the table; `None` if there is no room, or it is too deep.
    #[inline(never)]
    pub fn add(&mut self, place: usize, parent: u16, name: &[u8]) -> Option<u16> {
        let depth = self.nodes[parent as usize].depth + 1;
        if self.nodes.len() >= NODES_MAX || depth > DEPTH_MAX {
            return None;
        }
        let number = self.push(parent, name, depth);
        self.table[place] = number;
        Some(number)
    }

    /// Returns the member of an object with this name, which the mapping has.
    #[inline(never)]
    pub fn own(&mut self, parent: u16, name: &[u8]) -> Option<u16> {
        let mut padded = [0; LANES];
        let length = name.len().min(LANES);
        padded[..length].copy_from_slice(&name[..length]);
        match self.place(parent, Lanes::of(padded), name.len(), name) {
            (place, NONE) => self.add(place, parent, name),
            (_, number) => Some(number),
        }
    }

    /// Returns the step from a value on, if it is known.
    #[inline(always)]
    pub fn known(&self, from: u16, bytes: Padded, at: usize) -> Option<Step> {
        let window = bytes.window(at)?;
        let node = self.nodes.get(from as usize)?;
        node.ways.iter().find(|way| way.begins(window)).map(|way| way.step)
    }

    /// Remembers a step if there is room, or now and then in the place of another.
    pub fn learn(&mut self, from: u16, text: &[u8], step: Step) {
        let Some(node) = self.nodes.get_mut(from as usize) else { return };
        let free = node.ways.iter().position(|way| way.step.next == NONE);
        node.missed = (node.missed + 1) % RENEWED;
        if let Some(place) = free.or_else(|| (node.missed == 0).then_some(WAYS - 1))
            && let Some(way) = Way::new(text, step)
        {
            node.ways[place] = way;
        }
    }
}

impl Node {
    /// Returns its name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Returns the length of its name, in bytes.
    #[inline(always)]
    pub fn name_length(&self) -> usize {
        self.name.len()
    }

    /// Returns whether its members may have nodes.
    pub fn can_have_members(&self) -> bool {
        self.depth < DEPTH_MAX
    }
}
