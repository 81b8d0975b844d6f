//! Walks through one JSON value to the records inside of it, and proves that all else in it is well formed.

use std::rc::Rc;

use super::frame::Cursor;
use super::json::is_space;
use crate::json::{self, Kind};
use crate::limits::RECORD_BYTES_MAX;

/// A path to records: names of members, or [`EACH`].
pub(super) type Path = Vec<String>;
/// Stands in a path for each item of a list.
pub(super) const EACH: &str = "*";
/// The longest escape in a string.
const ESCAPE_MAX: usize = 6;

/// What the walker came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walked {
    /// A record that is no item of a list begins at the cursor.
    Begin,
    /// The record ends before the cursor.
    Record,
    /// The items of the list behind the cursor are records.
    List,
    /// The value ends before the cursor.
    Done,
    /// The text at the cursor is not JSON.
    Broken,
    /// All bytes were looked at.
    NeedMore,
}

/// What has to come next, but for white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Expect {
    #[default]
    Value,
    FirstItem,
    FirstName,
    Name,
    Colon,
    CommaOrEnd,
}

/// A place in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InString {
    Name,
    Value,
}

#[derive(Debug)]
pub(super) struct Walker {
    paths: Rc<[Path]>,
    /// The brackets that are open: a bit for each that is a list, the innermost last.
    lists: u64,
    depth: u32,
    /// For each of the outermost open brackets: the paths, as bits, that lead into it.
    leading: Vec<u32>,
    /// The paths that lead to the value that comes next.
    next: u32,
    expect: Expect,
    string: Option<InString>,
    /// The number of brackets around the record that is being read.
    record: Option<u32>,
    /// The path by which a record or a list of them was found, as a bit.
    found: Option<u32>,
    /// A line end breaks the value.
    pub(super) one_line: bool,
}

impl Walker {
    pub(super) fn new(paths: Rc<[Path]>, one_line: bool) -> Self {
        let mut walker = Walker {
            paths,
            lists: 0,
            depth: 0,
            leading: Vec::new(),
            next: 0,
            expect: Expect::Value,
            string: None,
            record: None,
            found: None,
            one_line,
        };
        walker.begin();
        walker
    }

    /// Begins a value.
    pub(super) fn begin(&mut self) {
        (self.depth, self.string, self.record, self.found) = (0, None, None, None);
        self.leading.clear();
        self.expect = Expect::Value;
        self.next = self.those(|path| !path.is_empty());
    }

    /// Returns whether a path led to a record, or to a list of them.
    pub(super) fn has_found(&self) -> bool {
        self.found.is_some()
    }

    /// Goes on behind the list whose items were read.
    pub(super) fn leave_list(&mut self) {
        self.expect = Expect::CommaOrEnd;
    }

    /// Returns the paths that are so, as bits.
    fn those(&self, is: impl Fn(&Path) -> bool) -> u32 {
        let bits = self.paths.iter().take(32).enumerate();
        bits.fold(0, |bits, (number, path)| bits | u32::from(is(path)) << number)
    }

    /// Returns whether the innermost bracket, of which the next value is a part, is on a path.
    fn is_on_path(&self) -> bool {
        self.leading.len() == self.depth as usize
    }

    fn in_list(&self) -> bool {
        self.depth > 0 && self.lists >> (self.depth - 1) & 1 == 1
    }

    /// Sets which paths lead to the member with this name, or to the items of the list.
    fn turn_to(&mut self, name: &str) {
        self.next = 0;
        let Some(&around) = self.leading.last().filter(|_| self.is_on_path()) else { return };
        let at = self.depth as usize - 1;
        let of = self.found.unwrap_or(u32::MAX);
        self.next = around & of & self.those(|path| path.get(at).is_some_and(|segment| segment == name));
    }

    /// Walks on from the cursor.
    pub(super) fn walk(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Walked {
        loop {
            if let Some(string) = self.string {
                match skip_string(bytes, cursor, ended) {
                    Walked::Done => {}
                    other => return other,
                }
                self.string = None;
                match string {
                    InString::Name => self.expect = Expect::Colon,
                    InString::Value => {
                        if let Some(walked) = self.end_value() {
                            return walked;
                        }
                    }
                }
            }
            let Some(&byte) = bytes.get(cursor.at) else {
                return if ended { Walked::Broken } else { Walked::NeedMore };
            };
            if is_space(byte) {
                if byte == b'\n' {
                    if self.one_line {
                        return Walked::Broken;
                    }
                    cursor.line += 1;
                }
                cursor.at += 1;
                continue;
            }
            let walked = match (self.expect, byte) {
                (Expect::FirstItem, b']') | (Expect::FirstName, b'}') => self.close(cursor),
                (Expect::FirstName | Expect::Name, b'"') => match self.name(bytes, cursor, ended) {
                    Walked::Done => None,
                    other => Some(other),
                },
                (Expect::Colon, b':') => {
                    self.expect = Expect::Value;
                    cursor.at += 1;
                    None
                }
                (Expect::CommaOrEnd, b',') => {
                    self.expect = if self.in_list() { Expect::Value } else { Expect::Name };
                    if self.in_list() {
                        self.turn_to(EACH);
                    }
                    cursor.at += 1;
                    None
                }
                (Expect::CommaOrEnd, b']') if self.in_list() => self.close(cursor),
                (Expect::CommaOrEnd, b'}') if !self.in_list() => self.close(cursor),
                (Expect::Value | Expect::FirstItem, _) => self.value(byte, bytes, cursor, ended),
                _ => Some(Walked::Broken),
            };
            if let Some(walked) = walked {
                return walked;
            }
        }
    }

    /// Reads the name of a member. It is held whole where a path may lead to the member.
    fn name(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Walked {
        if !self.is_on_path() || self.record.is_some() {
            self.next = 0;
            self.string = Some(InString::Name);
            cursor.at += 1;
            return Walked::Done;
        }
        let mut end = Cursor { at: cursor.at + 1, ..*cursor };
        match skip_string(bytes, &mut end, ended) {
            Walked::Done => {}
            Walked::NeedMore if end.at - cursor.at <= RECORD_BYTES_MAX => return Walked::NeedMore,
            _ => return Walked::Broken,
        }
        let text = std::str::from_utf8(&bytes[cursor.at..end.at]).unwrap_or_default();
        match json::parse(text).map(|value| value.kind) {
            Ok(Kind::String(name)) => self.turn_to(&name),
            _ => self.next = 0, // half of a surrogate pair, which no path has
        }
        self.expect = Expect::Colon;
        *cursor = end;
        Walked::Done
    }

    fn value(&mut self, byte: u8, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Option<Walked> {
        if self.expect == Expect::FirstItem {
            self.turn_to(EACH);
            self.expect = Expect::Value;
        }
        let depth = self.depth as usize;
        let here = self.next & self.those(|path| path.len() == depth);
        if here != 0 && self.record.is_none() {
            self.found = Some(1 << here.trailing_zeros());
            self.record = Some(self.depth);
            self.next = 0;
            return Some(Walked::Begin);
        }
        match byte {
            b'{' | b'[' => {
                let is_list = byte == b'[';
                let leads = self.those(|path| path.get(depth).is_some_and(|segment| (segment == EACH) == is_list));
                let around = self.next & leads;
                let records = around & self.those(|path| path.len() == depth + 1);
                if self.depth >= u64::BITS {
                    return Some(Walked::Broken);
                }
                if around != 0 {
                    self.leading.push(around);
                }
                self.lists &= !(1 << self.depth);
                self.lists |= u64::from(is_list) << self.depth;
                self.depth += 1;
                self.next = 0;
                cursor.at += 1;
                self.expect = if is_list { Expect::FirstItem } else { Expect::FirstName };
                if is_list && records != 0 {
                    self.found = Some(1 << records.trailing_zeros());
                    self.leading.pop();
                    self.depth -= 1;
                    return Some(Walked::List);
                }
                None
            }
            b'"' => {
                self.string = Some(InString::Value);
                cursor.at += 1;
                None
            }
            _ => {
                let rest = &bytes[cursor.at..];
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
                let length = rest.iter().position(|byte| !is_part(byte));
                if length.is_none() && !ended && rest.len() <= RECORD_BYTES_MAX {
                    return Some(Walked::NeedMore);
                }
                let token = std::str::from_utf8(&rest[..length.unwrap_or(rest.len())]).unwrap_or_default();
                if json::parse(token).is_err() {
                    return Some(Walked::Broken);
                }
                cursor.at += token.len();
                self.end_value()
            }
        }
    }

    fn close(&mut self, cursor: &mut Cursor) -> Option<Walked> {
        if self.is_on_path() {
            self.leading.pop();
        }
        self.depth -= 1;
        cursor.at += 1;
        self.end_value()
    }

    fn end_value(&mut self) -> Option<Walked> {
        self.expect = Expect::CommaOrEnd;
        if self.record == Some(self.depth) {
            self.record = None;
            return Some(Walked::Record);
        }
        (self.depth == 0).then_some(Walked::Done)
    }

    /// Returns whether the value is over though its last part was a record.
    pub(super) fn is_done(&self) -> bool {
        self.depth == 0 && self.expect == Expect::CommaOrEnd
    }
}

/// Moves the cursor behind the string in which it is.
fn skip_string(bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Walked {
    loop {
        let rest = &bytes[cursor.at..];
        let length = json::string_text(rest);
        let (text, stop) = rest.split_at(length);
        if let Err(error) = std::str::from_utf8(text) {
            // a character may be cut by the end of the chunk
            if !stop.is_empty() || ended || error.error_len().is_some() {
                cursor.at += error.valid_up_to();
                return Walked::Broken;
            }
            cursor.at += error.valid_up_to();
            return Walked::NeedMore;
        }
        cursor.at += length;
        match stop {
            [] if ended => return Walked::Broken,
            [] => return Walked::NeedMore,
            [b'"', ..] => {
                cursor.at += 1;
                return Walked::Done;
            }
            [b'\\', b'u', digits @ ..] => match digits.first_chunk::<4>() {
                Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => cursor.at += ESCAPE_MAX,
                None if !ended && digits.iter().all(u8::is_ascii_hexdigit) => return Walked::NeedMore,
                _ => return Walked::Broken,
            },
            [b'\\'] if !ended => return Walked::NeedMore,
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => cursor.at += 2,
            _ => return Walked::Broken,
        }
    }
}
