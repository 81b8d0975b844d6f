//! Reads the body of a batch that a caller has made.

use crate::part::Body;

/// Reads a JSON array of objects, without the white space between them. Returns `None` if it is no such array. Looks
/// only at brackets and strings: whoever made the batch has checked its events.
pub(crate) fn compact(body: &[u8]) -> Option<Body> {
    let (mut text, mut ends) = (Vec::with_capacity(body.len()), Vec::new());
    let (mut depth, mut start, mut in_string, mut escaped, mut wants_event) = (0_u32, 0, false, false, true);
    for (at, &byte) in body.iter().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match (byte, depth) {
            (b'[', 0) if at == 0 || body[..at].iter().all(u8::is_ascii_whitespace) => depth = 1,
            (b'{', 1) if wants_event => {
                (start, depth, wants_event) = (at, 2, false);
            }
            (b',', 1) if !wants_event => wants_event = true,
            (b']', 1) if !wants_event => {
                let rest = &body[at + 1..];
                text.push(b']');
                let is_over = rest.iter().all(u8::is_ascii_whitespace);
                return is_over.then(|| Body { text, ends: ends.into(), places: Vec::new() });
            }
            (b' ' | b'\t' | b'\r' | b'\n', 0 | 1) => {}
            (_, 0 | 1) => return None,
            (b'"', _) => in_string = true,
            (b'{' | b'[', _) => depth += 1,
            (b'}' | b']', _) => {
                depth -= 1;
                if depth == 1 {
                    text.push(if ends.is_empty() { b'[' } else { b',' });
                    text.extend_from_slice(&body[start..=at]);
                    ends.push(text.len());
                }
            }
            _ => {}
        }
    }
    None
}
