//! Which 2xx are no word of the service: a log-in page of a network, or an error in the body.

use split_events::json::{self, Kind, Value};

/// What an answer that says 2xx must show before it counts as the service's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing: it is the service's.
    Ours,
    /// A web page: it is somebody else's.
    Page,
    /// Its body tells, by [`tells_error`].
    Body,
}

/// By the status and the Content-Type. 202, which is what the service answers, and 204 are its own whatever comes with
/// them.
pub fn look(status: u16, content_type: &str) -> Look {
    if matches!(status, 202 | 204) {
        return Look::Ours;
    }
    let end = content_type.bytes().position(|byte| matches!(byte, b';' | b','));
    let kind = content_type.get(..end.unwrap_or(content_type.len())).unwrap_or_default().trim_ascii();
    let kind = kind.to_ascii_lowercase();
    match kind.as_str() {
        "text/html" | "application/xhtml+xml" => Look::Page,
        "application/json" => Look::Body,
        kind if kind.ends_with("+json") => Look::Body,
        _ => Look::Ours,
    }
}

/// Whether a body of JSON has a top-level `error` or `errors` that is not null, false, an empty text or an empty list.
pub fn tells_error(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let Ok(Value { kind: Kind::Object(members), .. }) = json::parse(text.trim_start_matches('\u{feff}')) else {
        return false;
    };
    members.iter().any(|member| matches!(&*member.name, "error" | "errors") && says_something(&member.value))
}

fn says_something(value: &Value) -> bool {
    match &value.kind {
        Kind::Null | Kind::Bool(false) => false,
        Kind::String(text) => !text.is_empty(),
        Kind::Array => value.raw.bytes().any(|byte| !matches!(byte, b'[' | b']' | b' ' | b'\t' | b'\r' | b'\n')),
        _ => true,
    }
}
