//! Searches, replaces and joins short texts. The standard library's code for it would be a twentieth of the module.

/// Returns the first place of `part`, which is not empty.
pub fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}

/// Replaces every `part`, which is not empty, by `by`.
pub fn replace(mut text: &str, part: &str, by: &str) -> String {
    let mut replaced = String::new();
    while let Some((before, after)) = find(text, part).and_then(|at| text.get(..at).zip(text.get(at + part.len()..))) {
        replaced.extend([before, by]);
        text = after;
    }
    replaced + text
}

/// Returns true if a character is white space or a line end of ECMAScript, which `String.prototype.trim` removes.
pub fn is_white_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
        | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// Returns the length as JavaScript counts it, in UTF-16 units.
pub fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// Joins texts, with `between` between them.
pub fn join<T: AsRef<str>>(texts: &[T], between: &str) -> String {
    let mut joined = String::new();
    for (number, text) in texts.iter().enumerate() {
        joined.extend([if number == 0 { "" } else { between }, text.as_ref()]);
    }
    joined
}

/// Returns how many lines end in the bytes; a carriage return and a line feed behind it are one line end.
pub fn line_ends(bytes: &[u8]) -> usize {
    let mut ends = 0;
    for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
        ends += usize::from(bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::{find, join, replace};

    #[test]
    fn finds_and_replaces_each_part_and_nothing_else() {
        assert_eq!((find("ab", "b"), find("ab", "c"), find("a", "ab"), find("", "a")), (Some(1), None, None, None));
        assert_eq!(replace("a key, keykey, KEY", "key", "[k]"), "a [k], [k][k], KEY");
        assert_eq!((replace("", "a", "b"), replace("é-é", "é", "e")), (String::new(), "e-e".to_owned()));
    }

    #[test]
    fn joins_none_one_and_more() {
        assert_eq!([join::<&str>(&[], ","), join(&["a"], ","), join(&["a", "", "b"], ", ")], ["", "a", "a, , b"]);
    }
}
