//! Cells that a spreadsheet would take for formulas, and the mark that keeps it from that.

/// What stands before a text that a spreadsheet would compute.
pub const MARK: u8 = b'\'';

/// Returns true if a cell with this text is written with a [`MARK`] in front. A text that begins with marks needs one
/// more if it needs one without them, so that the first mark of a written cell is always ours.
pub fn needs_mark(text: &[u8]) -> bool {
    let marks = text.iter().take_while(|&&byte| byte == MARK).count();
    match &text[marks..] {
        [b'=' | b'@' | b'\t' | b'\r', ..] => true,
        [b'+' | b'-', rest @ ..] => !is_plain_number(rest),
        _ => false,
    }
}

/// Returns true if the first byte of a written cell is a mark of ours.
pub fn is_marked(text: &[u8]) -> bool {
    text.first() == Some(&MARK) && needs_mark(&text[1..])
}

/// Returns true if behind its sign a number has only digits, points and commas.
fn is_plain_number(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit) && text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}

#[cfg(test)]
mod tests {
    use super::{is_marked, needs_mark};

    #[test]
    fn formulas_need_a_mark_and_plain_numbers_do_not() {
        for text in ["=1+1", "+1+1", "-1-2", "-", "@SUM(A1)", "\tx", "\rx", "'=x", "''@", "-$5", "- 5", "-,", "+1e5"] {
            assert!(needs_mark(text.as_bytes()), "{text:?}");
        }
        for text in ["", "x", "1=1", "-5", "+3.2", "-1.234,50", "-.5", "'", "'x", "''", "'-5", " =x", "ü"] {
            assert!(!needs_mark(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn only_a_mark_before_such_a_text_is_ours() {
        for (text, marked) in [("'=x", true), ("''=x", true), ("=x", false), ("'x", false), ("'-5", false), ("", false)]
        {
            assert_eq!(is_marked(text.as_bytes()), marked, "{text:?}");
        }
    }
}
