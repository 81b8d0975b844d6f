//! Finds the wanted values of a JSON record, and proves that all others are well formed.

use crate::bytes::Padded;
use crate::check::fast::values::{self, Signs};

/// Deepest nesting that is surely under the limit of a record.
const DEPTH_MAX: u32 = 24;

/// What a value of a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// There is none.
    #[default]
    Missing,
    Text,
    /// Text with escapes.
    Escaped,
    Number,
    /// `true` or `false`.
    Word,
    Null,
    /// An object or a list.
    Nested,
}

/// A value of a record, without the quotes of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

/// A member of the object of properties, whose name has no escapes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    /// The first byte of its name, without the quote.
    pub name: (usize, usize),
    pub value: Found,
}

/// What is wanted of an object.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub names: Vec<Wanted>,
    /// Its members are properties.
    pub is_properties: bool,
}

/// A member that is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    pub name: Box<[u8]>,
    /// The number of the value.
    pub slot: usize,
    /// The number of the node, if a part of it is wanted.
    pub node: Option<usize>,
}

/// Looks through records.
#[derive(Debug, Default)]
pub(super) struct Skim {
    pub signs: Signs,
    pub nodes: Vec<Node>,
    pub slots: Vec<Found>,
    pub members: Vec<Member>,
    /// Line breaks in the record.
    pub lines: u32,
}

impl Skim {
    /// Reads the record that begins here; returns the byte behind it. Fails with the byte at which it stopped.
    pub fn record(&mut self, bytes: Padded, start: usize) -> Result<usize, usize> {
        self.slots.fill(Found::default());
        self.members.clear();
        self.lines = 0;
        self.object(bytes, start, 0)
    }

    fn object(&mut self, bytes: Padded, start: usize, number: usize) -> Result<usize, usize> {
        let mut at = values::space(bytes, start + 1, &mut self.lines);
        if bytes.byte(at) == b'}' {
            return Ok(at + 1);
        }
        loop {
            let name = self.name(bytes, at)?;
            at = self.colon(bytes, name.1)?;
            let node = &self.nodes[number];
            let text = bytes.span(name.0, name.1);
            let wanted = node.names.iter().find(|wanted| *wanted.name == *text);
            let is_property = node.is_properties;
            let (slot, inner) = wanted.map_or((None, None), |wanted| (Some(wanted.slot), wanted.node));
            let value = match inner {
                Some(inner) if bytes.byte(at) == b'{' => {
                    let end = self.object(bytes, at, inner)?;
                    Found { start: at, end, kind: Kind::Nested }
                }
                // an index may lead into a list
                Some(_) if bytes.byte(at) == b'[' => return Err(at),
                _ => self.value(bytes, at)?,
            };
            at = value.end + usize::from(matches!(value.kind, Kind::Text | Kind::Escaped));
            if let Some(slot) = slot {
                // of two with one name the careful way tells
                if self.slots[slot].kind != Kind::Missing {
                    return Err(at);
                }
                self.slots[slot] = value;
            }
            if is_property {
                self.members.push(Member { name, value });
            }
            at = values::space(bytes, at, &mut self.lines);
            match bytes.byte(at) {
                b',' => at = values::space(bytes, at + 1, &mut self.lines),
                b'}' => return Ok(at + 1),
                _ => return Err(at),
            }
        }
    }

    #[inline(always)]
    fn name(&self, bytes: Padded, at: usize) -> Result<(usize, usize), usize> {
        if bytes.byte(at) != b'"' {
            return Err(at);
        }
        let text = values::string(bytes, at, &self.signs)?;
        if text.escaped { Err(at) } else { Ok((text.start, text.end)) }
    }

    /// Returns where the value begins behind a name that ends here.
    #[inline(always)]
    fn colon(&mut self, bytes: Padded, end: usize) -> Result<usize, usize> {
        let at = values::space(bytes, end + 1, &mut self.lines);
        if bytes.byte(at) != b':' {
            return Err(at);
        }
        Ok(values::space(bytes, at + 1, &mut self.lines))
    }

    #[inline(always)]
    fn value(&mut self, bytes: Padded, at: usize) -> Result<Found, usize> {
        let (start, end, kind) = match bytes.byte(at) {
            b'"' => {
                let text = values::string(bytes, at, &self.signs)?;
                (text.start, text.end, if text.escaped { Kind::Escaped } else { Kind::Text })
            }
            b'{' | b'[' => (at, self.skip(bytes, at)?, Kind::Nested),
            b't' | b'f' => (at, values::word(bytes, at)?, Kind::Word),
            b'n' => (at, values::word(bytes, at)?, Kind::Null),
            _ => (at, values::number(bytes, at, &self.signs)?, Kind::Number),
        };
        Ok(Found { start, end, kind })
    }

    /// Skips an object or a list that is well formed; returns the byte behind it.
    #[inline(never)]
    fn skip(&mut self, bytes: Padded, start: usize) -> Result<usize, usize> {
        // from the innermost: whether it is an object
        let (mut objects, mut depth) = (0_u32, 0);
        let mut at = start;
        loop {
            let byte = bytes.byte(at);
            match byte {
                b'"' => at = values::string(bytes, at, &self.signs)?.end + 1,
                b'{' | b'[' => {
                    if depth == DEPTH_MAX {
                        return Err(at);
                    }
                    depth += 1;
                    objects = objects << 1 | u32::from(byte == b'{');
                    at = values::space(bytes, at + 1, &mut self.lines);
                    if bytes.byte(at) != byte + 2 {
                        if byte == b'{' {
                            at = self.label(bytes, at)?;
                        }
                        continue;
                    }
                }
                b't' | b'f' | b'n' => at = values::word(bytes, at)?,
                _ => at = values::number(bytes, at, &self.signs)?,
            }
            loop {
                at = values::space(bytes, at, &mut self.lines);
                let is_object = objects & 1 != 0;
                match bytes.byte(at) {
                    b',' => {
                        at = values::space(bytes, at + 1, &mut self.lines);
                        if is_object {
                            at = self.label(bytes, at)?;
                        }
                        break;
                    }
                    b'}' if is_object => {}
                    b']' if !is_object => {}
                    _ => return Err(at),
                }
                at += 1;
                objects >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
        }
    }

    /// Skips a name and the colon behind it.
    #[inline(always)]
    fn label(&mut self, bytes: Padded, at: usize) -> Result<usize, usize> {
        if bytes.byte(at) != b'"' {
            return Err(at);
        }
        let text = values::string(bytes, at, &self.signs)?;
        self.colon(bytes, text.end)
    }
}
