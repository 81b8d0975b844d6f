//! Compares names of columns as people write them.

/// Returns whether two names have the same letters, whatever their case, and however `_`, `-` and spaces part them.
pub fn alike(name: &str, other: &str) -> bool {
    letters(name).next().is_some() && letters(name).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')).map(|byte| byte.to_ascii_lowercase())
}

/// Which of several names is a wanted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// None is.
    No,
    /// The one at this index.
    At(usize),
    /// The ones at these two indices are [`alike`], and none is the same.
    Twice(usize, usize),
}

/// Finds a name among others: the same one, else the one that is [`alike`].
pub fn find<T: AsRef<str>>(wanted: &str, names: &[T]) -> Found {
    if let Some(at) = names.iter().position(|name| name.as_ref() == wanted) {
        return Found::At(at);
    }
    let mut found = names.iter().enumerate().filter(|(_, name)| alike(wanted, name.as_ref())).map(|(at, _)| at);
    match (found.next(), found.next()) {
        (None, _) => Found::No,
        (Some(at), None) => Found::At(at),
        (Some(first), Some(second)) => Found::Twice(first, second),
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, alike, find};

    #[test]
    fn case_and_what_parts_words_make_no_difference() {
        for name in ["eventTypeId", "Event Type ID", "event_type_id", "EVENT-TYPE-ID", "eventtypeid"] {
            assert!(alike(name, "eventTypeId"), "{name}");
        }
        assert!(!alike("event.type.id", "eventTypeId") && !alike("key2", "key") && !alike("-", "_"));
    }

    #[test]
    fn the_same_name_counts_before_those_that_are_alike() {
        assert_eq!(find("key", &["Key", "key", "KEY"]), Found::At(1));
        assert_eq!(find("key", &["a", "Key"]), Found::At(1));
        assert_eq!(find("key", &["Key", "a", "KEY"]), Found::Twice(0, 2));
        assert_eq!(find("key", &["keys"]), Found::No);
    }
}
