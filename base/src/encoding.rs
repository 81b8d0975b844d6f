//! Encodings of texts that are not UTF-8, decoded chunk by chunk.

/// How the characters of a source are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-16, the lower byte of each unit first.
    Utf16Le,
    /// UTF-16, the higher byte of each unit first.
    Utf16Be,
    /// Windows-1252, as browsers read it.
    Windows1252,
}

/// Every encoding and its name.
const NAMES: [(Encoding, &str); 4] = [
    (Encoding::Utf8, "utf-8"),
    (Encoding::Utf16Le, "utf-16le"),
    (Encoding::Utf16Be, "utf-16be"),
    (Encoding::Windows1252, "windows-1252"),
];

/// Bytes that are copied together if all of them are ASCII.
const ASCII_RUN: usize = 32;

/// The characters of the bytes 0x80 to 0x9f in Windows-1252. The others are those of Latin-1.
const WINDOWS_1252: [u16; 32] = [
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
    0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
    0x17e, 0x178,
];

impl Encoding {
    /// Returns the encoding with the name that users give.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, of)| *of == name).map(|&(encoding, _)| encoding)
    }

    /// Returns the name that users give.
    pub fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// Returns the encoding whose byte order mark begins these bytes, and the length of the mark. Four bytes tell.
    pub fn marked(bytes: &[u8]) -> Option<(Self, usize)> {
        match bytes {
            // UTF-32 has a mark that begins like this one
            [0xff, 0xfe, 0, 0, ..] => None,
            [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
            [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
            [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
            _ => None,
        }
    }

    /// Returns how many bytes of the source a decoded text was made of.
    pub fn source_bytes(self, text: &[u8]) -> u64 {
        let count = |is: fn(&u8) -> bool| text.iter().filter(|&byte| is(byte)).count();
        let characters = || count(|byte| byte & 0xc0 != 0x80);
        let bytes = match self {
            Encoding::Utf8 => text.len(),
            Encoding::Windows1252 => characters(),
            // what takes four bytes is a pair of surrogates
            Encoding::Utf16Le | Encoding::Utf16Be => 2 * (characters() + count(|&byte| matches!(byte, 0xf0..=0xf7))),
        };
        bytes as u64
    }
}

/// Decodes a source to UTF-8. Half of a surrogate pair becomes the three bytes that would be its code point in UTF-8,
/// and half of a unit at the end becomes 0xff: both are refused by what reads them.
#[derive(Debug)]
pub struct Decoder {
    encoding: Encoding,
    /// The first byte of a unit whose second is not there yet.
    half: Option<u8>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
}

impl Decoder {
    /// Makes a decoder of the first bytes of a source.
    pub fn new(encoding: Encoding) -> Self {
        Decoder { encoding, half: None, high: None }
    }

    /// Appends the text of the next bytes to `text`; `ended` says that no others come.
    pub fn decode(&mut self, bytes: &[u8], ended: bool, text: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Utf8 => text.extend_from_slice(bytes),
            Encoding::Windows1252 => {
                for bytes in bytes.chunks(ASCII_RUN) {
                    if bytes.is_ascii() {
                        text.extend_from_slice(bytes);
                    } else {
                        bytes.iter().copied().map(windows_1252).for_each(|point| push(point, text));
                    }
                }
            }
            Encoding::Utf16Le | Encoding::Utf16Be => self.units(bytes, text),
        }
        if ended {
            if let Some(high) = self.high.take() {
                push(high.into(), text);
            }
            if self.half.take().is_some() {
                text.push(0xff);
            }
        }
    }

    fn units(&mut self, mut bytes: &[u8], text: &mut Vec<u8>) {
        let is_little = self.encoding == Encoding::Utf16Le;
        let unit = |pair| if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
        if let (Some(half), [first, rest @ ..]) = (self.half, bytes) {
            self.half = None;
            self.unit(unit([half, *first]), text);
            bytes = rest;
        }
        let (pairs, rest) = bytes.as_chunks();
        for &pair in pairs {
            self.unit(unit(pair), text);
        }
        if let [half] = rest {
            self.half = Some(*half);
        }
    }

    fn unit(&mut self, unit: u16, text: &mut Vec<u8>) {
        if let (0..0x80, None) = (unit, self.high) {
            text.push(unit as u8);
            return;
        }
        let unit = u32::from(unit);
        if let Some(high) = self.high.take() {
            if (0xdc00..0xe000).contains(&unit) {
                push(0x10000 + ((u32::from(high) - 0xd800) << 10) + (unit - 0xdc00), text);
                return;
            }
            push(high.into(), text);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit as u16);
        } else {
            push(unit, text);
        }
    }
}

/// Returns the character that the byte is in Windows-1252.
fn windows_1252(byte: u8) -> u32 {
    let special = byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.get(usize::from(at)));
    special.copied().unwrap_or(byte.into()).into()
}

/// Appends a code point, or half of a surrogate pair, in the form of UTF-8.
fn push(point: u32, text: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3f) as u8;
    match point {
        0..0x80 => text.push(point as u8),
        0x80..0x800 => text.extend([0xc0 | (point >> 6) as u8, tail(0)]),
        0x800..0x1_0000 => text.extend([0xe0 | (point >> 12) as u8, tail(6), tail(0)]),
        _ => text.extend([0xf0 | (point >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Encoding};

    fn decoded(encoding: Encoding, bytes: &[u8], size: usize) -> Vec<u8> {
        let (mut decoder, mut text) = (Decoder::new(encoding), Vec::new());
        bytes.chunks(size).for_each(|chunk| decoder.decode(chunk, false, &mut text));
        decoder.decode(&[], true, &mut text);
        text
    }

    #[test]
    fn utf16_is_decoded_wherever_it_is_cut() {
        let text = "a\u{e9}\u{20ac}\u{1f600}\u{10ffff}\u{ffff}z";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for size in 1..=little.len() {
            assert_eq!(decoded(Encoding::Utf16Le, &little, size), text.as_bytes());
            assert_eq!(decoded(Encoding::Utf16Be, &big, size), text.as_bytes());
        }
        assert_eq!(Encoding::Utf16Le.source_bytes(text.as_bytes()), little.len() as u64);
    }

    #[test]
    fn what_is_no_character_stays_no_utf8() {
        assert_eq!(
            decoded(Encoding::Utf16Be, b"\xd8\x00\0a\xdc\x00\xd8\x00", 1),
            b"\xed\xa0\x80a\xed\xb0\x80\xed\xa0\x80"
        );
        assert_eq!(decoded(Encoding::Utf16Le, b"a\0b", 2), b"a\xff");
    }

    #[test]
    fn windows_1252_has_the_characters_of_browsers() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = decoded(Encoding::Windows1252, &bytes, 7);
        let text = std::str::from_utf8(&text).unwrap();
        assert_eq!(text.chars().count(), 256);
        assert_eq!(text.chars().nth(0x80), Some('\u{20ac}'));
        assert_eq!(text.chars().nth(0x81), Some('\u{81}'));
        assert_eq!(text.chars().nth(0x9f), Some('\u{178}'));
        assert_eq!(text.chars().nth(0xe4), Some('\u{e4}'));
        assert_eq!(Encoding::Windows1252.source_bytes(text.as_bytes()), 256);
    }
}
