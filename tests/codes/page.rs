//! Writes the table of codes and their examples as a page for people.

use split_events::{Code, IfSent, Severity};

use crate::examples::{Example, Input};

/// The longest example that is shown whole, in bytes.
const SHOWN: usize = 300;

const HEAD: &str = "# Codes

<!-- Made from base/src/codes.rs and tests/codes/examples.rs by `npm run codes`: edit those, and make it again. -->

Everything that a check can say. Codes are stable. In JavaScript `codes()` gives the same table.

An **error** refuses the event, or says that a part of the input could not be read. A **repair** changes the event and
sends it; under `repair: \"refuse\"` (`--strict`) it is an error. A **warning** sends it as it is. A **note** says nothing
against the event: it is counted for the whole input and shown once. The last column is what the service does with such
an event if it gets it unchecked: it answers 202 and then drops it without a word, or nothing is known against it.

";

/// Returns the text of `docs/CODES.md`.
pub fn page(examples: &[Example]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| code | | what is wrong | unchecked |\n|---|---|---|---|\n");
    for &code in Code::ALL {
        let (text, severity) = (code.as_str(), severity(code));
        page.push_str(&format!("| [`{text}`](#{text}) | {severity} | {} | {} |\n", code.message(), fate(code)));
    }
    page.push_str(
        "\n## Examples\n\nEach has the one trouble that it is named after, under the default options or those given;\n`key_integer_large` has `key_number` with it. The clock is off but where\n`now` is given. `\\x00` stands for one byte.\n",
    );
    for example in examples {
        let (text, severity) = (example.code.as_str(), severity(example.code));
        let (message, hint) = (example.code.message(), example.code.hint());
        page.push_str(&format!("\n### {text}\n\n{severity}: {message}. **What to do:** {hint}.\n"));
        page.push_str(&shown(example));
    }
    page
}

fn shown(Example { options, input, .. }: &Example) -> String {
    let options = if *options == "{}" { String::new() } else { format!("\nWith the options `{options}`:\n") };
    match input {
        Input::Bytes(bytes) if bytes.is_empty() => format!("{options}\nAn input without any byte.\n"),
        Input::Bytes(bytes) => format!("{options}\n```\n{}\n```\n", excerpt(bytes)),
        Input::Object { source, why } => format!("{options}\n```js\n{source} // {why}\n```\n"),
    }
}

/// Returns the input as text: bytes that are not UTF-8 as `\xNN`, and a long input without its middle.
fn excerpt(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.trim_end().to_owned(),
        _ => bytes.escape_ascii().to_string().replace("\\\"", "\""),
    };
    if text.len() <= SHOWN {
        return text;
    }
    let (head, tail) = (&text[..SHOWN / 2], &text[text.len() - SHOWN / 6..]);
    format!("{head} … {} bytes … {tail}", bytes.len() - head.len() - tail.len())
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Repair => "repair",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn fate(code: Code) -> &'static str {
    match code.if_sent() {
        IfSent::Dropped => "dropped silently",
        IfSent::Kept => "",
    }
}
