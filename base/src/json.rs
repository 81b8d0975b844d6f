//! Parses one record as JSON (RFC 8259), into a tree that keeps where each value lies.

use std::borrow::Cow;

use crate::codes::Code;
use crate::lanes::{LANES, Lanes};
use crate::limits::DEPTH_MAX;

/// A value, the text that it was read from, and where that text begins in the record.
#[derive(Debug, PartialEq)]
pub struct Value<'a> {
    /// The value's own text.
    pub raw: &'a str,
    /// The byte at which the text begins, counted from 0 in the record.
    pub at: usize,
    /// The type of the value, and what is in it.
    pub kind: Kind<'a>,
}

/// The type of a value, and what is in it. The elements of an array are checked as JSON and not kept.
#[derive(Debug, PartialEq)]
pub enum Kind<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is written.
    Number(&'a str),
    /// A string without quotes and escapes.
    String(Cow<'a, str>),
    /// An array.
    Array,
    /// An object's members in their order, duplicates included.
    Object(Vec<Member<'a>>),
}

/// A name and its value.
#[derive(Debug, PartialEq)]
pub struct Member<'a> {
    /// The name without quotes and escapes.
    pub name: Cow<'a, str>,
    /// The name as it is written.
    pub raw_name: &'a str,
    /// The value of the member.
    pub value: Value<'a>,
}

/// Why a text is not JSON, or not JSON that may be sent.
#[derive(Debug, PartialEq)]
pub struct SyntaxError {
    /// [`Code::NotJson`], [`Code::TooDeep`] or [`Code::LoneSurrogate`].
    pub code: Code,
    /// The byte at which reading stopped.
    pub at: usize,
}

/// Reads a text that is one value, perhaps with white space around it.
pub fn parse(text: &str) -> Result<Value<'_>, SyntaxError> {
    let mut parser = Parser::new(text);
    parser.skip_space();
    let value = parser.value()?;
    parser.skip_space();
    if parser.at < text.len() { parser.fail() } else { Ok(value) }
}

/// Reads the value of a member that begins at this byte of its record.
pub fn parse_member(record: &str, at: usize) -> Result<Value<'_>, SyntaxError> {
    Parser { at, depth: 1, ..Parser::new(record) }.value()
}

/// Reads the members of an object that may be cut off, as far as possible. Returns the name of each, and the text from
/// the beginning of its value on.
pub fn members_so_far(text: &str) -> Vec<(Cow<'_, str>, &str)> {
    let mut parser = Parser::new(text);
    let mut members = Vec::new();
    let _ = parser.members_so_far(&mut members);
    members
}

/// Reads the first element of an array that may be cut off behind it. `text` begins with the array.
pub fn first_element(text: &str) -> Option<Value<'_>> {
    let mut parser = Parser::new(text);
    parser.enter(b']').ok().filter(|&more| more)?;
    parser.value().ok()
}

/// Returns the elements of an array, or `None` if the value is no array.
pub fn elements<'a>(array: &Value<'a>) -> Option<Vec<Value<'a>>> {
    if array.kind != Kind::Array {
        return None;
    }
    let mut parser = Parser::new(array.raw);
    let mut elements = Vec::new();
    let mut more = parser.enter(b']').ok()?;
    while more {
        elements.push(parser.value().ok()?);
        more = parser.another(b']').ok()?;
    }
    Some(elements)
}

/// Returns the elements of an array, with their places in the `text` in which the array was read.
pub fn elements_in<'a>(text: &'a str, array: &Value) -> Vec<Value<'a>> {
    let mut parser = Parser { at: array.at, ..Parser::new(text) };
    let mut elements = Vec::new();
    let mut more = parser.enter(b']').is_ok_and(|more| more);
    while more {
        let Ok(element) = parser.value() else { break };
        elements.push(element);
        more = parser.another(b']').is_ok_and(|more| more);
    }
    elements
}

/// Reads the first values of a text that may be cut off: those that stand one after the other, and the elements of
/// arrays among them. Returns at most `most`.
pub fn values_so_far(text: &str, most: usize) -> Vec<Value<'_>> {
    let mut parser = Parser::new(text);
    let mut values = Vec::new();
    let _ = parser.values_so_far(&mut values, most);
    values
}

/// Returns the text as a JSON string.
pub fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    write_quoted(text, &mut json);
    json
}

/// Appends the text to `json` as a JSON string.
pub fn write_quoted(text: &str, json: &mut String) {
    json.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        json.push_str(text.get(start..at).unwrap_or_default());
        start = at + 1;
        match byte {
            b'\n' => json.push_str("\\n"),
            b'\r' => json.push_str("\\r"),
            b'\t' => json.push_str("\\t"),
            b'"' | b'\\' => json.extend(['\\', byte as char]),
            _ => {
                json.push_str("\\u00");
                json.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
            }
        }
    }
    json.push_str(text.get(start..).unwrap_or_default());
    json.push('"');
}

/// The number of members for which room is made at once: most objects have no more.
const MEMBERS: usize = 8;

/// Returns a mask of the bytes that end a string or must be escaped in one.
fn string_end(lanes: Lanes) -> u32 {
    // flipping this bit turns a quote into a space, and keeps every byte below a space below it
    ((lanes ^ Lanes::all(0x02)).up_to(0x20) | lanes.same(Lanes::all(b'\\'))).mask()
}

/// Returns how many bytes from here on are text of a string, without quotes, backslashes and controls.
pub fn string_text(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(lanes) = bytes[at..].first_chunk() {
        let length = string_end(Lanes::of(*lanes)).trailing_zeros() as usize;
        if length < LANES {
            return at + length;
        }
        at += LANES;
    }
    let rest = &bytes[at..];
    at + rest.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\')).unwrap_or(rest.len())
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, SyntaxError>;

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser { text, bytes: text.as_bytes(), at: 0, depth: 0 }
    }

    fn fail<T>(&self) -> Parsed<T> {
        Err(SyntaxError { code: Code::NotJson, at: self.at })
    }

    /// Returns what was read since `start`. Indexing would bring the code of its panic into the module.
    fn text_from(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.peek() != Some(byte) {
            return self.fail();
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self) -> Parsed<Value<'a>> {
        let at = self.at;
        let kind = match self.peek() {
            Some(b'{') => Kind::Object(self.object()?),
            Some(b'[') => {
                self.array()?;
                Kind::Array
            }
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Kind::Number(self.text_from(at))
            }
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return self.fail(),
        };
        Ok(Value { raw: self.text_from(at), at, kind })
    }

    fn word(&mut self, word: &str, kind: Kind<'a>) -> Parsed<Kind<'a>> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(kind)
    }

    /// Enters an object or array at its bracket. Returns false if it is empty.
    fn enter(&mut self, close: u8) -> Parsed<bool> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(SyntaxError { code: Code::TooDeep, at: self.at });
        }
        self.at += 1;
        self.skip_space();
        if self.peek() != Some(close) {
            return Ok(true);
        }
        self.leave();
        Ok(false)
    }

    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// Reads on after a member or element. Returns true if another one follows.
    fn another(&mut self, close: u8) -> Parsed<bool> {
        self.skip_space();
        if self.peek() == Some(close) {
            self.leave();
            return Ok(false);
        }
        self.expect(b',')?;
        self.skip_space();
        Ok(true)
    }

    fn object(&mut self) -> Parsed<Vec<Member<'a>>> {
        let mut more = self.enter(b'}')?;
        let mut members = Vec::with_capacity(if more { MEMBERS } else { 0 });
        while more {
            let start = self.at;
            let name = self.string()?;
            let raw_name = self.text_from(start);
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            members.push(Member { name, raw_name, value: self.value()? });
            more = self.another(b'}')?;
        }
        Ok(members)
    }

    fn members_so_far(&mut self, members: &mut Vec<(Cow<'a, str>, &'a str)>) -> Parsed<()> {
        let mut more = self.enter(b'}')?;
        while more {
            let name = self.string()?;
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            members.push((name, self.text.get(self.at..).unwrap_or_default()));
            self.value()?;
            more = self.another(b'}')?;
        }
        Ok(())
    }

    fn values_so_far(&mut self, values: &mut Vec<Value<'a>>, most: usize) -> Parsed<()> {
        while values.len() < most {
            self.skip_space();
            if self.peek() != Some(b'[') {
                values.push(self.value()?);
                continue;
            }
            let mut more = self.enter(b']')?;
            while more && values.len() < most {
                values.push(self.value()?);
                more = self.another(b']')?;
            }
        }
        Ok(())
    }

    fn array(&mut self) -> Parsed<()> {
        let mut more = self.enter(b']')?;
        while more {
            self.value()?;
            more = self.another(b']')?;
        }
        Ok(())
    }

    fn string(&mut self) -> Parsed<Cow<'a, str>> {
        self.expect(b'"')?;
        let mut unescaped: Option<String> = None;
        let mut start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = self.text_from(start);
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(rest),
                        Some(text) => Cow::Owned(text + rest),
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(self.text_from(start));
                    let c = self.escape()?;
                    unescaped.get_or_insert_default().push(c);
                    start = self.at;
                }
                Some(0..0x20) | None => return self.fail(),
                Some(_) => self.skip_text(),
            }
        }
    }

    /// Skips text of a string, at most up to the next quote, backslash or control.
    fn skip_text(&mut self) {
        let length = match self.bytes[self.at..].first_chunk() {
            Some(bytes) => string_end(Lanes::of(*bytes)).trailing_zeros().min(LANES as u32),
            None => 1,
        };
        self.at += length as usize;
    }

    fn escape(&mut self) -> Parsed<char> {
        let at = self.at;
        self.at += 1;
        let Some(byte) = self.peek() else { return self.fail() };
        let c = match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode_escape(at);
            }
            _ => return self.fail(),
        };
        self.at += 1;
        Ok(c)
    }

    /// Reads what follows `\u`: one unit, or two that are a surrogate pair. `at` is the place of the backslash.
    fn unicode_escape(&mut self, at: usize) -> Parsed<char> {
        let lone = || SyntaxError { code: Code::LoneSurrogate, at };
        let first = self.hex4()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or_else(lone);
        }
        match &self.bytes[self.at..] {
            [] | [b'\\'] => {
                self.at = self.bytes.len();
                return self.fail(); // the other half may have been cut off
            }
            [b'\\', b'u', ..] => {}
            _ => return Err(lone()),
        }
        self.at += 2;
        let second = self.hex4()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(lone());
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or_else(lone)
    }

    fn hex4(&mut self) -> Parsed<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| (byte as char).to_digit(16)) else {
                return self.fail();
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Parsed<()> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { self.fail() } else { Ok(()) }
    }
}

/// Returns what is wrong with bytes that do not begin with a character in UTF-8. A lone half of a surrogate pair takes
/// three bytes. Two halves that belong together are a pair in CESU-8.
pub fn no_character(bytes: &[u8]) -> Code {
    match *bytes {
        [0xed, 0xa0..=0xaf, _, 0xed, 0xb0..=0xbf, ..] => Code::NotUtf8,
        [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => Code::LoneSurrogate,
        _ => Code::NotUtf8,
    }
}
