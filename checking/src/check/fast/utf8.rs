//! Reads text that is not ASCII by an automaton, of which a step is one shift, whatever the byte.

use crate::bytes::Padded;

// a state is the bit in every row at which the next state stands
const END: u64 = 0;
const WRONG: u64 = 6;
const BETWEEN: u64 = 12;
// bytes of a character that are still to come
const ONE: u64 = 18;
const TWO: u64 = 24;
const THREE: u64 = 30;
// the next byte of a character is in a part of its range only
const BEHIND_E0: u64 = 36;
const BEHIND_ED: u64 = 42;
const BEHIND_F0: u64 = 48;
const BEHIND_F4: u64 = 54;

static ROWS: [u64; 256] = rows();

const fn rows() -> [u64; 256] {
    let mut rows = [0; 256];
    let mut at = 0;
    while at < rows.len() {
        rows[at] = row(at as u8);
        at += 1;
    }
    rows
}

const fn row(byte: u8) -> u64 {
    let between = match byte {
        0..=0x1f | b'"' | b'\\' => END,
        0x80..=0xC1 | 0xF5.. => WRONG,
        0x20..0x80 => BETWEEN,
        0xC2..=0xDF => ONE,
        0xE0 => BEHIND_E0,
        0xED => BEHIND_ED,
        0xE1..=0xEF => TWO,
        0xF0 => BEHIND_F0,
        0xF4 => BEHIND_F4,
        0xF1..=0xF3 => THREE,
    };
    let (mut one, mut two, mut three) = (WRONG, WRONG, WRONG);
    let (mut e0, mut ed, mut f0, mut f4) = (WRONG, WRONG, WRONG, WRONG);
    if let 0x80..=0xBF = byte {
        (one, two, three) = (BETWEEN, ONE, TWO);
        (e0, ed) = if byte < 0xA0 { (WRONG, ONE) } else { (ONE, WRONG) };
        (f0, f4) = if byte < 0x90 { (WRONG, TWO) } else { (TWO, WRONG) };
    }
    WRONG << WRONG
        | between << BETWEEN
        | one << ONE
        | two << TWO
        | three << THREE
        | e0 << BEHIND_E0
        | ed << BEHIND_ED
        | f0 << BEHIND_F0
        | f4 << BEHIND_F4
}

/// Reads on in a string, from between two characters, up to a quote, a backslash or a control character. Fails with the
/// byte at which it stopped.
#[inline(always)]
pub(crate) fn text(bytes: Padded, start: usize) -> Result<usize, usize> {
    let mut at = start;
    let mut state = BETWEEN;
    loop {
        state = ROWS[bytes.byte(at) as usize] >> (state & 63);
        if state & 63 <= WRONG {
            return if state & 63 == END { Ok(at) } else { Err(at) };
        }
        at += 1;
    }
}
