//! The checker that is always right: it decides, repairs and explains.

use crate::check::{Checked, Subject, Verdict};
use crate::event;
use crate::issue::{Code, Findings, Severity};
use crate::json::{self, Kind, Member, Value};
use crate::rules::{self, Field, Rules};

/// A repair seldom makes an event longer than this.
const SPARE: usize = 32;

/// Checks the text of one event.
pub fn check(record: &[u8], rules: &Rules) -> Checked {
    let mut found = Findings::default();
    let (repaired, subject) = examine(record, rules, &mut found).unzip();
    let refused = found.any(Severity::Error) || (rules.strict && found.any(Severity::Repair));
    let verdict = match repaired.flatten() {
        _ if refused => Verdict::Refused,
        Some(text) => Verdict::Repaired(text),
        None => Verdict::Clean,
    };
    Checked { verdict, findings: found.into_vec(), subject: subject.filter(|_| !refused) }
}

/// The event as it is to be sent, where that differs from what came, and whom it is about.
fn examine(record: &[u8], rules: &Rules, found: &mut Findings) -> Option<(Option<String>, Subject)> {
    let text = match std::str::from_utf8(record) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            found.record(Code::NotUtf8, at, &String::from_utf8_lossy(&record[at..]));
            return None;
        }
    };
    let event = match json::parse(text) {
        Ok(event) => event,
        Err(error) => {
            found.record(error.code, error.at, &text[error.at..]);
            return None;
        }
    };
    let Kind::Object(members) = &event.kind else {
        found.record(Code::NotObject, event.at, event.raw);
        return None;
    };
    rules::duplicates(members.iter().map(|member| (&*member.name, &member.value)), "", found);

    let value = |name| members.iter().find(|member| member.name == name).map(|member| &member.value);
    let checked = event::FIELDS.map(|name| (name, rules.field(name, value(name), found.field(name))));

    let mut changed = false;
    let mut sent = String::with_capacity(record.len() + SPARE);
    sent.push('{');
    for Member { name, raw_name, value } in members {
        let field = checked.iter().find(|(checked, _)| checked == name).map(|(_, field)| field);
        let text = match field {
            Some(Field::Keep) => value.raw,
            Some(Field::Replace(text)) => text,
            Some(Field::Remove) => "",
            None => {
                found.at_path(Code::UnknownField, name.to_string(), value);
                ""
            }
        };
        changed |= field != Some(&Field::Keep);
        if !text.is_empty() {
            sent.extend([if sent.len() > 1 { "," } else { "" }, raw_name, ":", text]);
        }
    }
    sent.push('}');
    let text = |name| {
        let field = checked.iter().find(|(checked, _)| *checked == name).map(|(_, field)| field);
        text_of(value(name), field)
    };
    let subject = Subject { key: text("key"), traffic_type: text("trafficTypeName") };
    Some((changed.then_some(sent), subject))
}

/// The text of a string as it is sent; empty where there is none.
fn text_of(value: Option<&Value>, field: Option<&Field>) -> String {
    if let Some(Field::Replace(json)) = field {
        return json::parse(json).map(|sent| text_of(Some(&sent), None)).unwrap_or_default();
    }
    match value.map(|value| &value.kind) {
        Some(Kind::String(text)) => text.clone().into_owned(),
        _ => String::new(),
    }
}
