//! Records that are no event and hold several.

use crate::codes::Code;
use crate::json::{self, Kind};
use crate::text;

/// An object with one of these is an event, whatever is in its other members.
const OF_AN_EVENT: [&str; 3] = ["eventTypeId", "trafficTypeName", "key"];
/// Members in which programs put lists of events.
const LISTS: [&str; 5] = ["events", "data", "entries", "batch", "records"];

/// Returns whether an object with a member of this name is an event, whatever is in its other members.
pub fn is_of_an_event(name: &str) -> bool {
    OF_AN_EVENT.contains(&name)
}

/// Returns which of an object's members is a list of events, if the object itself is no event. A member is its name,
/// and the text from the beginning of its value on, which may be cut off.
pub fn wrapped_in<'a>(mut members: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Option<usize> {
    if members.clone().any(|(name, _)| is_of_an_event(name)) {
        return None;
    }
    members.position(|(name, value)| value.starts_with('[') && is_list(name, value))
}

fn is_list(name: &str, array: &str) -> bool {
    let is_known = LISTS.contains(&name);
    match json::first_element(array).map(|first| first.kind) {
        Some(Kind::Object(members)) => {
            is_known || members.iter().any(|member| matches!(&*member.name, "eventTypeId" | "trafficTypeName"))
        }
        Some(_) => false,
        None => is_known,
    }
}

/// What is known of a record that is too large to hold.
pub struct Overlong {
    /// The code of its issue.
    pub code: Code,
    /// The member that is a list of events; empty if there is none.
    pub member: String,
}

/// Tells by its beginning what a record is that is too large.
pub fn overlong(beginning: &[u8]) -> Overlong {
    let beginning = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default(),
    };
    let members = json::members_so_far(beginning);
    if let Some(list) = wrapped_in(members.iter().map(|(name, value)| (&**name, *value))) {
        return Overlong { code: Code::EventsWrapped, member: members[list].0.to_string() };
    }
    let name = r#""eventTypeId""#;
    let behind_first = text::find(beginning, name).and_then(|at| beginning.get(at + name.len()..));
    let several = behind_first.is_some_and(|rest| text::find(rest, name).is_some());
    let code = if several { Code::RecordsRunTogether } else { Code::RecordTooLarge };
    Overlong { code, member: String::new() }
}
