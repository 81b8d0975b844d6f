//! Reads gzip (RFC 1952): any number of members, and zeros between and behind them, which are padding.

use miniz_oxide::inflate::TINFLStatus as Status;
use miniz_oxide::inflate::core::DecompressorOxide;
use miniz_oxide::inflate::core::decompress;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT as HAS_MORE_INPUT;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const DEFLATE: u8 = 8;
/// The bytes of method, flags, time, extra flags and system.
const FIXED: usize = 8;
/// The bytes of the CRC and the length of the data.
const TRAILER: usize = 8;
// flags of the header: which optional parts it has; the reserved ones must be zero
const HEADER_CRC: u8 = 0x02;
const EXTRA: u8 = 0x04;
const NAME: u8 = 0x08;
const COMMENT: u8 = 0x10;
const RESERVED: u8 = 0xe0;

/// The bytes of data that are held: twice as far as deflate looks back. The inflater needs a power of two.
pub const WINDOW: usize = 65_536;

/// The reason why a gzip source cannot be read on. Members are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GzipError {
    /// The header, the data, its checksum or its length is wrong.
    Corrupt {
        /// The member.
        member: u64,
    },
    /// The input ends before the member does.
    CutOff {
        /// The member.
        member: u64,
    },
    /// The input does not begin with a member, or bytes other than a member and zeros follow one.
    NotGzip {
        /// The byte, counted from 0.
        at: u64,
    },
}

impl GzipError {
    /// Returns what is wrong, in one line.
    pub fn message(self) -> String {
        let of = |what: &str, member: u64| match member {
            1 => ["the gzip data is ", what].concat(),
            _ => ["the gzip data is ", what, " in its member ", &member.to_string()].concat(),
        };
        match self {
            GzipError::Corrupt { member } => of("corrupt", member),
            GzipError::CutOff { member } => of("cut off", member),
            GzipError::NotGzip { at: 0 } => "these bytes are not gzip".to_owned(),
            GzipError::NotGzip { at } => {
                ["bytes that are not gzip stand behind the gzip data, from byte ", &at.to_string(), " on"].concat()
            }
        }
    }
}

/// The part of the source to which the next byte belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A new member or padding.
    Between,
    /// The second byte of a member.
    Magic,
    /// The part of a header that every member has, from this byte on.
    Fixed(usize),
    /// The length of the extra field, with its low byte if that was read.
    ExtraLength(Option<u8>),
    /// This number of bytes of the header, which are skipped.
    Skip(usize),
    /// A name or a comment, up to a zero.
    Text,
    Data,
    /// The trailer, from this byte on.
    Trailer(usize),
}

/// Decompresses one source in pieces of any size, and holds a window of the data.
///
/// ```
/// use split_events_base::gzip::Gunzip;
///
/// let packed = *b"\x1f\x8b\x08\0\0\0\0\0\x02\xff\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0\0\0";
/// let mut gunzip = Gunzip::new();
/// gunzip.push(&packed);
/// assert_eq!(gunzip.next(), Some(&b"a"[..]));
/// assert_eq!(gunzip.next(), None);
/// assert_eq!(gunzip.failure(true), None);
/// ```
pub struct Gunzip {
    inflater: Box<DecompressorOxide>,
    /// The data, as a ring.
    window: Vec<u8>,
    at: usize,
    /// The bytes that were pushed last, and how many of them were read.
    input: Vec<u8>,
    read: usize,
    /// The number of bytes that were pushed before.
    before: u64,
    part: Part,
    /// The optional parts of the header that are still to come.
    flags: u8,
    trailer: [u8; TRAILER],
    member: u64,
    checksum: Checksum,
    length: u32,
    failure: Option<GzipError>,
}

impl Default for Gunzip {
    fn default() -> Self {
        Gunzip::new()
    }
}

impl Gunzip {
    /// Makes a reader for a new source.
    pub fn new() -> Self {
        Gunzip {
            inflater: Box::default(),
            window: vec![0; WINDOW],
            at: 0,
            input: Vec::new(),
            read: 0,
            before: 0,
            part: Part::Between,
            flags: 0,
            trailer: [0; TRAILER],
            member: 0,
            checksum: Checksum::new(),
            length: 0,
            failure: None,
        }
    }

    /// Takes the next bytes. Call [`Gunzip::next`] until it returns `None` first.
    pub fn push(&mut self, bytes: &[u8]) {
        self.before += self.input.len() as u64;
        self.input.clear();
        self.input.extend_from_slice(bytes);
        self.read = 0;
    }

    /// Returns the next data, up to [`WINDOW`] bytes, or `None` if more has to be pushed or reading has failed.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Option<&[u8]> {
        while self.failure.is_none() {
            if self.part == Part::Data {
                let length = self.inflate();
                if length > 0 {
                    return self.window.get(self.at - length..self.at);
                }
                if self.part == Part::Data && (self.failure.is_some() || self.read == self.input.len()) {
                    return None;
                }
            } else {
                let &byte = self.input.get(self.read)?;
                self.read += 1;
                self.step(byte);
            }
        }
        None
    }

    /// Returns why reading has failed, if it has. With `ended`, a source that ends within a member has failed, too.
    pub fn failure(&self, ended: bool) -> Option<GzipError> {
        let open = self.part != Part::Between || self.member == 0;
        let cut_off = GzipError::CutOff { member: self.member.max(1) };
        self.failure.or((ended && open).then_some(cut_off))
    }

    /// Inflates up to the end of the window. Returns the number of bytes.
    fn inflate(&mut self) -> usize {
        let Some(input) = self.input.get(self.read..) else { return 0 };
        self.at %= WINDOW;
        let (status, read, length) = decompress(&mut self.inflater, input, &mut self.window, self.at, HAS_MORE_INPUT);
        let data = self.window.get(self.at..self.at + length).unwrap_or_default();
        self.checksum.add(data);
        self.length = self.length.wrapping_add(length as u32);
        self.at += length;
        self.read += read;
        match status {
            Status::Done => self.part = Part::Trailer(0),
            Status::HasMoreOutput | Status::NeedsMoreInput => {}
            _ => self.corrupt(),
        }
        length
    }

    /// Takes a byte of a header, a trailer or the padding.
    fn step(&mut self, byte: u8) {
        self.part = match self.part {
            Part::Between if byte == MAGIC[0] => {
                self.member += 1;
                Part::Magic
            }
            Part::Between if byte == 0 && self.member > 0 => Part::Between,
            Part::Between => return self.not_gzip(1),
            Part::Magic if byte == MAGIC[1] => Part::Fixed(0),
            Part::Magic => return self.not_gzip(2),
            Part::Fixed(0) if byte != DEFLATE => return self.corrupt(),
            Part::Fixed(1) if byte & RESERVED != 0 => return self.corrupt(),
            Part::Fixed(at) => {
                if at == 1 {
                    self.flags = byte;
                }
                if at + 1 == FIXED { self.optional() } else { Part::Fixed(at + 1) }
            }
            Part::ExtraLength(None) => Part::ExtraLength(Some(byte)),
            Part::ExtraLength(Some(low)) => self.skip(u16::from_le_bytes([low, byte]).into()),
            Part::Skip(left) => self.skip(left - 1),
            Part::Text if byte != 0 => Part::Text,
            Part::Text => self.optional(),
            Part::Data => Part::Data,
            Part::Trailer(at) => {
                self.trailer[at] = byte;
                if at + 1 == TRAILER { self.member_ended() } else { Part::Trailer(at + 1) }
            }
        };
    }

    /// Returns the part of the header that follows.
    fn optional(&mut self) -> Part {
        let next = [EXTRA, NAME, COMMENT, HEADER_CRC].into_iter().find(|flag| self.flags & flag != 0).unwrap_or(0);
        self.flags &= !next;
        match next {
            EXTRA => Part::ExtraLength(None),
            NAME | COMMENT => Part::Text,
            HEADER_CRC => Part::Skip(2),
            _ => self.begin_data(),
        }
    }

    fn skip(&mut self, left: usize) -> Part {
        if left == 0 { self.optional() } else { Part::Skip(left) }
    }

    fn begin_data(&mut self) -> Part {
        self.inflater.init();
        self.checksum.restart();
        self.length = 0;
        Part::Data
    }

    fn member_ended(&mut self) -> Part {
        let [c0, c1, c2, c3, l0, l1, l2, l3] = self.trailer;
        let (checksum, length) = (u32::from_le_bytes([c0, c1, c2, c3]), u32::from_le_bytes([l0, l1, l2, l3]));
        if checksum != self.checksum.value() || length != self.length {
            self.corrupt();
        }
        Part::Between
    }

    fn corrupt(&mut self) {
        self.failure = Some(GzipError::Corrupt { member: self.member });
    }

    /// Fails because the last `bytes` that were read belong to no member.
    fn not_gzip(&mut self, bytes: u64) {
        self.failure = Some(GzipError::NotGzip { at: self.before + self.read as u64 - bytes });
    }
}

/// The bytes that are taken into the checksum at once.
const AT_ONCE: usize = 8;

/// The CRC-32 of gzip.
struct Checksum {
    /// The change that a byte makes to the checksum, by the number of bytes that follow it in the same step.
    tables: Vec<[u32; 256]>,
    inverted: u32,
}

impl Checksum {
    fn new() -> Self {
        let mut tables = vec![[0; 256]; AT_ONCE];
        for byte in 0..256 {
            let mut rest = byte as u32;
            for table in &mut tables {
                for _ in 0..8 {
                    rest = (rest >> 1) ^ (0xedb8_8320 & (rest & 1).wrapping_neg());
                }
                table[byte] = rest;
            }
        }
        Checksum { tables, inverted: !0 }
    }

    fn restart(&mut self) {
        self.inverted = !0;
    }

    fn value(&self) -> u32 {
        !self.inverted
    }

    fn add(&mut self, data: &[u8]) {
        let Some(tables): Option<&[[u32; 256]; AT_ONCE]> = self.tables.first_chunk() else { return };
        let mut value = self.inverted;
        let (steps, rest) = data.as_chunks::<AT_ONCE>();
        for step in steps {
            let mixed = (u64::from_le_bytes(*step) ^ u64::from(value)).to_le_bytes();
            value = 0;
            for (at, &byte) in mixed.iter().enumerate() {
                value ^= tables[AT_ONCE - 1 - at][usize::from(byte)];
            }
        }
        for &byte in rest {
            value = (value >> 8) ^ tables[0][usize::from(value as u8 ^ byte)];
        }
        self.inverted = value;
    }
}
