//! Which values of a record are wanted, and what becomes of properties.

use super::skim::{Found, Naming, Skim};
use super::tree::{NONE, Property, ROOT};
use crate::map::path::Path;

/// Most names that a mapping may have.
const NODES_MAX: usize = 256;
/// The longest name of a property that is surely kept.
const NAME_MAX: usize = 0x100;

/// What becomes of properties by their names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub keep: Option<Vec<String>>,
    pub drop: Vec<String>,
    pub rename: Vec<(String, String)>,
    pub added: Vec<String>,
}

impl Naming for Names {
    fn property(&self, name: &[u8]) -> Property {
        let is = |other: &String| other.as_bytes() == name;
        let renamed = self.rename.iter().position(|(from, _)| is(from));
        let is_taken = self.added.iter().any(is) || self.rename.iter().any(|(_, to)| is(to));
        if self.drop.iter().any(is) || self.keep.as_ref().is_some_and(|keep| !keep.iter().any(is)) {
            Property::Dropped
        } else if is_taken || name.len() > NAME_MAX {
            Property::Unsure
        } else {
            renamed.map_or(Property::Kept, |name| Property::Renamed(name as u16))
        }
    }
}

/// Returns the number of the value at a path, which is wanted from here on.
#[inline(never)]
pub(super) fn want(skim: &mut Skim, path: &Path) -> Option<usize> {
    let number = node(skim, path)?;
    let (slots, node) = (&mut skim.slots, &mut skim.tree.nodes[number as usize]);
    if node.slot == NONE {
        (node.slot, node.is_wanted) = (slots.len() as u16, true);
        slots.push(Found::default());
    }
    Some(node.slot as usize)
}

/// Returns the number of the object at a path whose members are properties.
#[inline(never)]
pub(super) fn want_properties(skim: &mut Skim, path: &Path, names: &Names) -> Option<usize> {
    let slot = want(skim, path)?;
    let object = node(skim, path)?;
    let of = &mut skim.tree.nodes[object as usize];
    (of.has_inside, of.has_properties) = (true, true);
    for node in skim.tree.nodes.iter_mut().filter(|node| node.parent == object) {
        node.is_wanted = true;
        node.property = match names.property(node.name()) {
            Property::Dropped => Property::Dropped,
            // an object is a property as a whole
            _ if node.has_inside => Property::Unsure,
            property => property,
        };
    }
    Some(slot)
}

/// Returns the node at a path.
#[inline(never)]
fn node(skim: &mut Skim, path: &Path) -> Option<u16> {
    let mut node = ROOT;
    for segment in &path.segments {
        let parent = &mut skim.tree.nodes[node as usize];
        (parent.has_inside, parent.is_wanted) = (true, true);
        node = skim.tree.own(node, segment.as_bytes())?;
    }
    (node != ROOT && skim.tree.nodes.len() <= NODES_MAX).then_some(node)
}
