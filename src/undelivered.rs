//! Events that were not delivered, as lines of NDJSON with their reasons.

use crate::finding::Finding;
use crate::json::quoted;
use crate::place::Place;
use crate::text::join;

/// Lines of NDJSON, one for each event that was not delivered.
#[derive(Debug, Default)]
pub struct Undelivered(Vec<u8>);

impl Undelivered {
    /// Writes an event that the check refused.
    pub fn refused(&mut self, record: &[u8], findings: &[Finding], place: Place, file: Option<&str>) {
        let reasons: Vec<String> = findings
            .iter()
            .map(|finding| reason(finding.code.as_str(), &finding.path, &finding.code.message()))
            .collect();
        write(&mut self.0, record, &join(&reasons, ","), place, file);
    }

    /// Writes an event of a batch that was not accepted.
    pub fn not_accepted(&mut self, event: &[u8], code: &str, message: &str, place: Place, file: Option<&str>) {
        write(&mut self.0, event, &reason(code, "", message), place, file);
    }

    /// Returns what was written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

fn reason(code: &str, path: &str, message: &str) -> String {
    format!(r#"{{"code":{},"path":{},"message":{}}}"#, quoted(code), quoted(path), quoted(message))
}

fn write(lines: &mut Vec<u8>, record: &[u8], reasons: &str, place: Place, file: Option<&str>) {
    let number = |number: Option<u64>| number.map_or("null".to_owned(), |number| number.to_string());
    let text = String::from_utf8_lossy(record);
    let event = match crate::json::parse(&text) {
        Ok(_) => format!(r#""event":{}"#, without_line_breaks(&text)),
        Err(_) => format!(r#""text":{}"#, quoted(&text)),
    };
    let file = file.map_or(String::new(), |file| format!(r#""file":{},"#, quoted(file)));
    let (line, offset) = (place.text.map(|(line, _)| line), place.text.map(|(_, offset)| offset));
    lines.extend_from_slice(
        format!(
            "{{\"index\":{},\"line\":{},\"byteOffset\":{},{file}\"reasons\":[{reasons}],{event}}}\n",
            place.index,
            number(line),
            number(offset),
        )
        .as_bytes(),
    );
}

/// Replaces line breaks by spaces: in JSON both stand only between tokens, where they mean the same.
fn without_line_breaks(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}
