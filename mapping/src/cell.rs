//! One cell of a row.

use std::borrow::Cow;

/// One cell of a row; bytes count from the row's first.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Its first byte, the quote included.
    start: u32,
    /// The byte behind its last, the quote included.
    end: u32,
    quotes: Quotes,
    /// Its text begins with a mark that was put in front of it.
    pub marked: bool,
}

/// The quotes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// There are none.
    None,
    /// Around the text, and none in it.
    Around,
    /// Around the text, and others in it that are written twice.
    Doubled,
}

impl Cell {
    /// Makes a cell of the bytes from `start` up to `end`.
    pub fn new(start: usize, end: usize, quotes: Quotes) -> Self {
        Cell { start: start as u32, end: end as u32, quotes, marked: false }
    }

    /// Returns its first byte, the quote included.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Returns the byte behind its last, the quote included.
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// Ends it at this byte at the latest.
    pub fn cut(&mut self, at: usize) {
        self.end = self.end.min(at as u32);
    }

    /// Returns whether its text is empty.
    pub fn is_empty(self) -> bool {
        self.end - self.start == if self.quotes == Quotes::None { 0 } else { 2 }
    }

    /// Returns its text without what quotes it, and without a mark; `row` is the text of the row.
    pub fn text(self, row: &str) -> Cow<'_, str> {
        let quote = u32::from(self.quotes != Quotes::None);
        let start = self.start + quote + u32::from(self.marked);
        let text = row.get(start as usize..(self.end - quote) as usize).unwrap_or_default();
        if self.quotes == Quotes::Doubled { Cow::Owned(undoubled(text)) } else { Cow::Borrowed(text) }
    }

    /// Returns what was written in the row.
    pub fn written(self, row: &[u8]) -> &[u8] {
        row.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Returns the same without the quotes around it.
    pub fn content(self, row: &[u8]) -> &[u8] {
        let quote = u32::from(self.quotes != Quotes::None);
        row.get((self.start + quote) as usize..(self.end - quote) as usize).unwrap_or_default()
    }
}

/// Returns the text without every second of two quotes.
fn undoubled(text: &str) -> String {
    let mut parts = text.split('"');
    let mut single = String::with_capacity(text.len());
    single.extend(parts.next());
    while let (Some(empty), Some(part)) = (parts.next(), parts.next()) {
        single.extend([empty, "\"", part]);
    }
    single
}
