//! Decides which values are sent as they are, with no issue but notes. The fast checker asks it about each value; the
//! rules explain the others.

use super::key_doubt::NO_VALUE_LENGTHS;
use super::rules::Rules;
use crate::limits::{AHEAD_DAYS, EVENT_TYPE_MAX, OLD_DAYS};
use crate::text::is_white_space;

/// The milliseconds of a day.
const DAY: u64 = 86_400_000;

impl Rules {
    /// Returns true if a traffic type is sent as it is, with no issue.
    pub fn keeps_traffic_type_name(&self, name: &str) -> bool {
        !name.is_empty() && !has_blank(name) && !has_capital(name) && self.knows_traffic_type(name)
    }

    /// Returns true if a traffic type is one that the user lists, or the user lists none.
    pub(super) fn knows_traffic_type(&self, name: &str) -> bool {
        self.traffic_types.as_ref().is_none_or(|known| known.iter().any(|known| known == name))
    }

    /// Returns the oldest time without a warning, in Unix milliseconds.
    pub fn oldest(&self) -> u64 {
        self.now.map_or(0, |now| now.saturating_sub(OLD_DAYS * DAY))
    }

    /// Returns the newest time without a warning, in Unix milliseconds.
    pub fn newest(&self) -> u64 {
        self.now.map_or(u64::MAX, |now| now.saturating_add(AHEAD_DAYS * DAY))
    }
}

/// Returns true if an event type is sent as it is, with no issue but notes.
pub fn keeps_event_type(name: &str) -> bool {
    name.len() <= EVENT_TYPE_MAX
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| may_stand_in_event_type(byte as char))
}

/// Returns true if an event type may have this character.
pub(super) fn may_stand_in_event_type(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

/// Returns true if an environment is sent as it is, with no issue.
pub fn keeps_environment_name(name: &str) -> bool {
    !name.is_empty() && !has_blank(name)
}

/// Returns true if a name has a letter from A to Z.
pub(super) fn has_capital(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Returns true if a name has white space or a character of no width.
pub(super) fn has_blank(name: &str) -> bool {
    !name.bytes().all(|byte| byte.is_ascii_graphic()) && name.contains(is_blank)
}

/// Returns true if a character is white space or has no width.
pub(super) fn is_blank(c: char) -> bool {
    is_white_space(c) || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}')
}

/// Returns the lengths, as bits `length % 64`, with which a key may be doubtful. `behind` is the byte behind the digits
/// that it begins with, or its first byte. The key is ASCII without capitals and bytes below `-`, and no UUID. A length
/// over 63 may seem doubtful, which costs no more than a closer look.
#[inline(always)]
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
pub fn doubtful_lengths(begins_with_digit: bool, behind: u8) -> u64 {
    // "undefined", and the words with n
    let words = (u64::from(behind == b'u') << 9) | (u64::from(behind == b'n') * (1 << 3 | 1 << 4));
    let in_brackets = u64::from(behind == b'<') * NO_VALUE_LENGTHS;
    let may_be_number = (behind == b'.') | ((behind == b'-') & !begins_with_digit);
    words | in_brackets | u64::from(may_be_number).wrapping_neg()
}
