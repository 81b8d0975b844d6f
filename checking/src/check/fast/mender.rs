//! Decides about an event of which most fields are sent as they are: only the rules of the others are asked.

use std::ops::Range;

use super::scanner::Member;
use crate::bytes::Padded;
use crate::check::sent::{Sent, text_of};
use crate::check::verdict::Verdict;
use crate::codes::Severity;
use crate::event::FIELDS;
use crate::finding::{Finding, Findings};
use crate::json;
use crate::rules::{Field, Rules};

/// What the careful checker says of an event, without what is [noted](super::Notes) of the fields that were proved.
#[derive(Debug, PartialEq)]
pub struct Mended {
    /// The verdict.
    pub verdict: Verdict,
    /// What was found in the other fields.
    pub findings: Vec<Finding>,
    /// Its key as it is sent, if that was not proved.
    pub key: Option<String>,
    /// The same of its traffic type.
    pub traffic_type: Option<String>,
}

/// Decides about the event that lies here and has these fields. Returns `None` if that takes the careful checker.
pub(super) fn mend(bytes: Padded, span: Range<usize>, members: &[Member], rules: &Rules) -> Option<Mended> {
    let record = std::str::from_utf8(bytes.span(span.start, span.end)).ok()?;
    let inside = |part: &Range<usize>| part.start - span.start..part.end - span.start;
    let mut found = Findings::default();
    let mut checked = [const { Field::Keep }; FIELDS.len()];
    let (mut key, mut traffic_type) = (None, None);
    // in the careful checker's order
    for (number, name) in FIELDS.into_iter().enumerate() {
        let Some(member) = members.iter().find(|member| member.field == number && !member.is_sure) else { continue };
        let at = inside(&member.value);
        let value = json::parse_member(record, at.start).ok().filter(|value| value.raw.len() == at.len())?;
        let field = rules.field(name, Some(&value), found.field(name));
        match name {
            "key" => key = Some(text_of(Some(&value), &field)),
            "trafficTypeName" => traffic_type = Some(text_of(Some(&value), &field)),
            _ => {}
        }
        checked[number] = field;
    }
    let verdict = if found.any(Severity::Error) || (rules.strict && found.any(Severity::Repair)) {
        Verdict::Refused
    } else if checked.iter().all(|field| *field == Field::Keep) {
        Verdict::Clean
    } else {
        let mut sent = Sent::of(record);
        for Member { field, name, value, .. } in members {
            match &checked[*field] {
                Field::Keep => sent.keep(inside(name), inside(value)),
                Field::Replace(text) => sent.replace(sent.of_record(inside(name)), text),
                Field::Remove => {}
            }
        }
        Verdict::Repaired(sent.finish())
    };
    Some(Mended { verdict, findings: found.into_vec(), key, traffic_type })
}
