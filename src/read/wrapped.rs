//! Records inside of JSON values: the items of a list in each, or a part of each.

use std::rc::Rc;

use super::frame::{Cursor, SHOWN_BYTES, Step};
use super::json::JsonFramer;
use super::row::line_end;
use super::walker::{Path, Walked, Walker};
use crate::check::fast::Join;
use crate::codes::Code;
use crate::limits::RECORD_BYTES_MAX;
use crate::text::join;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between two values.
    Between,
    /// In a value, at no record.
    InValue,
    /// In a list of records, between two.
    InList,
    /// In a record of a list.
    InItem,
    /// In a record that is a part of the value.
    InPart,
    /// Behind what is broken: up to a line that may begin a value.
    Lost,
}

#[derive(Debug)]
pub(super) struct WrappedFramer {
    /// Frames the values.
    values: JsonFramer,
    walker: Walker,
    /// Frames the items of a list.
    items: JsonFramer,
    state: State,
    /// Each value is a line.
    lines: bool,
    paths: Rc<[Path]>,
    /// The first byte of the value, if it is the record unless another is found in it.
    held: Option<(usize, u64)>,
    /// The value was too large to be held.
    is_large: bool,
}

impl WrappedFramer {
    pub(super) fn new(paths: Rc<[Path]>, lines: bool) -> Self {
        let mut values = JsonFramer::default();
        if lines {
            values.begin_line(true);
        }
        WrappedFramer {
            values,
            walker: Walker::new(paths.clone(), lines),
            items: JsonFramer::default(),
            state: State::Between,
            lines,
            paths,
            held: None,
            is_large: false,
        }
    }

    /// Returns the paths as they are written.
    pub(super) fn paths(&self) -> String {
        let paths: Vec<String> = self.paths.iter().filter(|path| !path.is_empty()).map(pointer).collect();
        join(&paths, ", ")
    }

    /// Returns the first byte that is still needed, and counts bytes from it on.
    pub(super) fn keep_from(&mut self, at: usize) -> usize {
        let keep = self.held.map_or(at, |(start, _)| start.min(at));
        self.held = self.held.map(|(start, line)| (start - keep, line));
        keep
    }

    /// Returns whether the records of a value are being read.
    pub(super) fn in_value(&self) -> bool {
        self.state != State::Between
    }

    /// Returns whether a comma stands between this record of a list and the next.
    pub(super) fn has_commas(&self) -> bool {
        self.state == State::InItem
    }

    /// Returns what stands between two records of a list.
    pub(super) fn join(&self) -> Join {
        if self.lines { Join::CommaInLine } else { Join::Comma }
    }

    /// Begins another record behind one and what stood between.
    pub(super) fn begin_again(&mut self, cursor: &mut Cursor) {
        self.items.begin_again(cursor);
    }

    /// Says that records were passed, and whether none has begun behind them.
    pub(super) fn passed(&mut self, is_between: bool) {
        self.state = if is_between { State::InList } else { State::InItem };
    }

    /// Reads on.
    pub(super) fn read(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        loop {
            let step = match self.state {
                State::Between => self.between(bytes, cursor, ended),
                State::InValue => self.in_value_at(bytes, cursor, ended),
                State::InPart => Some(self.in_part(bytes, cursor, ended)),
                State::InList => self.in_list(bytes, cursor, ended),
                State::InItem => {
                    let step = self.items.inside(bytes, cursor, ended);
                    if let Step::Record(_) = step {
                        self.state = State::InList;
                    }
                    Some(step)
                }
                State::Lost => self.lost(bytes, cursor, ended),
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    fn between(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Option<Step> {
        let is_line_end = |cursor: &Cursor| self.lines && bytes.get(cursor.at) == Some(&b'\n');
        if is_line_end(cursor) {
            (cursor.at, cursor.line) = (cursor.at + 1, cursor.line + 1);
            self.values.begin_line(true);
            return None;
        }
        match self.values.between(bytes, cursor, ended) {
            Step::NeedMore if is_line_end(cursor) => None,
            Step::Begin => {
                cursor.record = None;
                self.walker.begin();
                self.state = State::InValue;
                self.is_large = false;
                self.held = self.paths.iter().any(Vec::is_empty).then_some((cursor.at, cursor.line));
                Some(Step::Value)
            }
            step => Some(step),
        }
    }

    fn in_value_at(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Option<Step> {
        let walked = self.walker.walk(bytes, cursor, ended);
        if let Some((start, _)) = self.held
            && (cursor.at - start > RECORD_BYTES_MAX || self.walker.has_found())
        {
            self.is_large = !self.walker.has_found();
            self.held = None;
        }
        match walked {
            Walked::Begin => {
                cursor.record = Some((cursor.at, cursor.line));
                self.state = State::InPart;
                None
            }
            Walked::List => {
                self.items = JsonFramer::of_list(self.lines);
                self.state = State::InList;
                None
            }
            Walked::Done | Walked::Record => {
                cursor.behind = Some(cursor.line);
                self.state = State::Between;
                if self.walker.has_found() {
                    return None;
                }
                cursor.record = self.held.take();
                let code = if self.is_large { Code::RecordTooLarge } else { Code::RecordsNotFound };
                Some(if cursor.record.is_some() { Step::Record(cursor.at) } else { Step::NotFound(code) })
            }
            Walked::Broken => {
                let rest = &bytes[cursor.at..];
                if !ended && rest.len() < SHOWN_BYTES && line_end(rest).is_none() {
                    return Some(Step::NeedMore); // an issue shows the same text whatever the chunks
                }
                self.state = State::Lost;
                self.held = None;
                let is_cut_off = rest.first().is_none_or(|&byte| byte == b'\n');
                Some(Step::Broken(if is_cut_off { Code::RecordCutOff } else { Code::NotJson }, cursor.at))
            }
            Walked::NeedMore => Some(Step::NeedMore),
        }
    }

    fn in_part(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        match self.walker.walk(bytes, cursor, ended) {
            Walked::NeedMore => return Step::NeedMore,
            Walked::Broken => self.state = State::Lost,
            _ => self.go_on(),
        }
        Step::Record(cursor.at)
    }

    fn in_list(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Option<Step> {
        let step = self.items.between(bytes, cursor, ended);
        match step {
            Step::Begin => self.state = State::InItem,
            Step::Closed => {
                self.walker.leave_list();
                self.go_on();
                return None;
            }
            Step::Trouble(..) if !self.items.in_array() => self.state = State::Lost,
            _ => {}
        }
        Some(step)
    }

    /// Goes on behind a record, or a list of them.
    fn go_on(&mut self) {
        self.state = if self.walker.is_done() { State::Between } else { State::InValue };
    }

    fn lost(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Option<Step> {
        let rest = &bytes[cursor.at..];
        cursor.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if cursor.at == bytes.len() {
            return Some(Step::NeedMore);
        }
        if self.lines {
            self.state = State::Between;
            return None;
        }
        match bytes.get(cursor.at + 1) {
            None if !ended => return Some(Step::NeedMore),
            Some(b'{') => self.state = State::Between,
            _ => {}
        }
        (cursor.at, cursor.line) = (cursor.at + 1, cursor.line + 1);
        None
    }
}

/// Returns a path as a JSON Pointer.
pub(super) fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        for letter in segment.chars() {
            match letter {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                letter => pointer.push(letter),
            }
        }
    }
    pointer
}
