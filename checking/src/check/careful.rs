//! The careful checker: it decides, repairs and explains.

use std::borrow::Cow;

use super::joined;
use super::sent::{Sent, text_of};
use super::verdict::{Checked, Subject, Verdict};
use crate::codes::{Code, Severity};
use crate::event;
use crate::finding::{Finding, Findings};
use crate::json::{self, Kind, Member, SyntaxError};
use crate::rules::{self, Field, Rules};

/// Checks the text of one event.
pub fn check(record: &[u8], rules: &Rules) -> Checked {
    check_made(record, Vec::new(), rules)
}

/// Checks the text of an event that was made from a record, of which this was found. What is found later in a field
/// that could not be made is left out.
pub fn check_made(record: &[u8], found: Vec<Finding>, rules: &Rules) -> Checked {
    let broken = |finding: &&Finding| finding.code.severity() == Severity::Error && !finding.path.is_empty();
    let broken: Vec<Cow<str>> = found.iter().filter(broken).map(|finding| finding.path.clone()).collect();
    let made = found.len();
    let mut found = Findings::from(found);
    let made_otherwise = found.any(Severity::Repair);
    let (repaired, subject) = examine(record, rules, &mut found).unzip();
    let refused = found.any(Severity::Error) || (rules.strict && found.any(Severity::Repair));
    let verdict = match repaired.flatten() {
        _ if refused => Verdict::Refused,
        Some(text) => Verdict::Repaired(text),
        None if made_otherwise => Verdict::Repaired(String::from_utf8_lossy(record).into_owned()),
        None => Verdict::Clean,
    };
    let mut findings = found.into_vec();
    if !broken.is_empty() {
        let behind = findings.split_off(made);
        findings.extend(behind.into_iter().filter(|finding| !broken.contains(&finding.path)));
    }
    Checked { verdict, findings, subject: subject.filter(|_| !refused) }
}

/// Checks the fields; returns the event as it is to be sent, if that differs from what came, and whom it is about.
fn examine(record: &[u8], rules: &Rules, found: &mut Findings) -> Option<(Option<String>, Subject)> {
    let text = match std::str::from_utf8(record) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let text = std::str::from_utf8(&record[..at]).unwrap_or_default();
            let cut = error.error_len().is_none() && json::parse(text).is_err_and(|error| is_cut(text, &error));
            let code = if cut { Code::RecordCutOff } else { json::no_character(&record[at..]) };
            found.record(code, at, &String::from_utf8_lossy(&record[at..]));
            return None;
        }
    };
    let event = match json::parse(text) {
        Ok(event) => event,
        Err(error) => {
            if is_cut(text, &error) {
                found.record(Code::RecordCutOff, error.at, text);
            } else {
                found.record(error.code, error.at, text.get(error.at..).unwrap_or_default());
            }
            return None;
        }
    };
    let Kind::Object(members) = &event.kind else {
        found.record(Code::NotObject, event.at, event.raw);
        return None;
    };
    let mut values = [None; event::FIELDS.len()];
    let numbers: Vec<_> = members.iter().map(|member| event::field(&member.name)).collect();
    for (member, number) in members.iter().zip(&numbers).rev() {
        if let Some(number) = *number {
            values[number] = Some(&member.value); // of two the first
        }
    }
    // most events are known by one of these three, which spares a look at every name
    if let [None, None, None, ..] = values
        && let Some(list) = joined::wrapped_in(members.iter().map(|member| (&*member.name, member.value.raw)))
    {
        let Member { name, value, .. } = &members[list];
        found.at_path(Code::EventsWrapped, name.to_string(), value);
        return None;
    }
    rules::duplicates(members.iter().map(|member| (&*member.name, &member.value)), "", found);

    let checked: [Field; event::FIELDS.len()] = std::array::from_fn(|number| {
        let name = event::FIELDS[number];
        rules.field(name, values[number], found.field(name))
    });

    let mut changed = false;
    let mut sent = Sent::of(text);
    for (Member { name, raw_name, value }, number) in members.iter().zip(&numbers) {
        let field = number.map(|number| &checked[number]);
        match field {
            Some(Field::Keep) => {
                let name_at = raw_name.as_ptr().addr() - text.as_ptr().addr();
                sent.keep(name_at..name_at + raw_name.len(), value.at..value.at + value.raw.len());
            }
            Some(Field::Replace(text)) => sent.replace(raw_name, text),
            Some(Field::Remove) => {}
            None => found.at_path(Code::UnknownField, name.to_string(), value),
        }
        changed |= field != Some(&Field::Keep);
    }
    let text = |name| event::field(name).map(|field| text_of(values[field], &checked[field])).unwrap_or_default();
    let subject = Subject { key: text("key"), traffic_type: text("trafficTypeName") };
    Some((changed.then(|| sent.finish()), subject))
}

/// Returns whether an object is JSON as far as it goes, and not over.
fn is_cut(text: &str, error: &SyntaxError) -> bool {
    text.starts_with('{') && error.code == Code::NotJson && error.at == text.len()
}
