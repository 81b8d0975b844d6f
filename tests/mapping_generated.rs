//! Random mappings and records: the events are those of a naive mapper over serde_json, counts add up, and issues stand
//! where they say.

#[path = "common/chunks.rs"]
mod chunks;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use split_events::map::Mapping;
use split_events::{Batcher, Caps, Format, Intake, Rules, Verdict, check};

/// Makes events by the rules of docs/MAPPING.md, without regard to speed, places and issues.
mod naive {
    use super::*;

    /// An event, or `None` if it is refused before the check.
    pub type Event = Option<Value>;

    pub fn events(mapping: &Value, record: &Value) -> Vec<Event> {
        let mut events = Vec::new();
        for entry in mapping["events"].as_array().unwrap() {
            let each = entry["each"].as_str();
            let items: Vec<Option<&Value>> = match each {
                None => vec![None],
                Some(each) => {
                    let list = record.pointer(each.strip_suffix("/*").unwrap());
                    list.and_then(Value::as_array).map_or(Vec::new(), |list| list.iter().map(Some).collect())
                }
            };
            for item in items {
                let scope = Scope { record, each, item, entry };
                if scope.holds() {
                    events.push(scope.event());
                }
            }
        }
        events
    }

    struct Scope<'s> {
        record: &'s Value,
        each: Option<&'s str>,
        item: Option<&'s Value>,
        entry: &'s Value,
    }

    /// What becomes of a source: nothing, a value, or a value that refuses the event.
    enum Made {
        None,
        Value(Value),
        Refused,
    }

    impl<'s> Scope<'s> {
        fn find(&self, path: &str) -> Option<&'s Value> {
            if let (Some(each), Some(item)) = (self.each, self.item)
                && let Some(rest) = path.strip_prefix(each)
            {
                return item.pointer(rest);
            }
            if path.starts_with('/') { self.record.pointer(path) } else { self.record.get(path) }
        }

        fn holds(&self) -> bool {
            let conditions = self.entry["when"].as_array().cloned().unwrap_or_default();
            let meets = |condition: &Value| {
                let value = self.find(condition["path"].as_str().unwrap());
                let any = |name: &str, is: &dyn Fn(&Value) -> bool| condition[name].as_array().unwrap().iter().any(is);
                let begins = |name: &str| {
                    any(name, &|text| {
                        value.and_then(Value::as_str).is_some_and(|value| value.starts_with(text.as_str().unwrap()))
                    })
                };
                condition.as_object().unwrap().iter().all(|(name, of)| match &**name {
                    "in" => any(name, &|of| value == Some(of)),
                    "notIn" => !any(name, &|of| value == Some(of)),
                    "exists" => value.is_some() == of.as_bool().unwrap(),
                    "beginsWith" => begins(name),
                    "notBeginsWith" => !begins(name),
                    _ => true,
                })
            };
            let has_key = || self.entry["key"].is_null() || self.take(&self.entry["key"]).is_some();
            conditions.iter().all(meets) && (self.entry["optional"] != true || has_key())
        }

        fn take(&self, source: &Value) -> Option<Value> {
            let is_there = |value: &&Value| !value.is_null() && value.as_str() != Some("");
            let paths = match &source["from"] {
                Value::String(path) => vec![path.as_str()],
                Value::Array(paths) => paths.iter().map(|path| path.as_str().unwrap()).collect(),
                _ => Vec::new(),
            };
            let first = paths.into_iter().filter_map(|path| self.find(path)).find(is_there).cloned();
            let constant = source.get("value").cloned();
            let template = source["template"].as_str().and_then(|template| {
                // the generator writes no doubled braces
                let mut text = String::new();
                for part in template.split('}') {
                    let (plain, path) = part.split_once('{').map_or((part, None), |(plain, path)| (plain, Some(path)));
                    text.push_str(plain);
                    if let Some(path) = path {
                        text.push_str(&scalar(self.find(path).filter(is_there)?)?);
                    }
                }
                Some(Value::String(text))
            });
            first.or(constant).or(template).or_else(|| source.get("default").cloned())
        }

        fn make(&self, source: &Value) -> Made {
            let Some(value) = self.take(source) else { return Made::None };
            let asks_text = ["table", "clean", "prefix", "suffix"].iter().any(|name| match source.get(*name) {
                Some(Value::String(text)) => !text.is_empty(),
                Some(Value::Object(table)) => !table.is_empty(),
                Some(flag) => *flag == true,
                None => false,
            });
            let asks_text = asks_text || source["type"] == "text";
            let text = scalar(&value).filter(|_| asks_text).map(|text| Value::String(changed(source, text)));
            let value = text.unwrap_or(value);
            if source["type"] == "number" { number(&value) } else { Made::Value(value) }
        }

        fn event(&self) -> Event {
            let mut event = Map::new();
            for name in ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "environmentName"] {
                if self.entry[name].is_null() {
                    continue;
                }
                match self.make(&self.entry[name]) {
                    Made::None => {}
                    Made::Value(value) => {
                        event.insert(name.to_owned(), value);
                    }
                    Made::Refused => return None,
                }
            }
            let properties = self.properties()?;
            if !properties.is_empty() {
                event.insert("properties".to_owned(), Value::Object(properties));
            }
            Some(Value::Object(event))
        }

        /// Returns the properties, or `None` if the event is refused.
        fn properties(&self) -> Option<Map<String, Value>> {
            let of = &self.entry["properties"];
            let from: Vec<&str> = of["from"]
                .as_array()
                .map_or(Vec::new(), |paths| paths.iter().map(|path| path.as_str().unwrap()).collect());
            let mut objects = Vec::new();
            for path in from {
                match self.find(path) {
                    None | Some(Value::Null) => {}
                    Some(Value::String(text)) if text.is_empty() => {}
                    Some(Value::Object(object)) => objects.push(object.clone()),
                    Some(_) => return None,
                }
            }
            let mut properties = Map::new();
            for (name, source) in of["add"].as_object().into_iter().flatten() {
                match self.make(source) {
                    Made::None => {}
                    Made::Value(value) => {
                        properties.insert(name.clone(), value);
                    }
                    Made::Refused => return None,
                }
            }
            if of["rest"] == true {
                let used = self.used();
                let rest = self.record.as_object().unwrap().iter();
                objects
                    .push(rest.filter(|(name, _)| !used.contains(name)).map(|(a, b)| (a.clone(), b.clone())).collect());
            }
            for object in objects {
                let mut found = Map::new();
                self.members(of, &object, "", false, &mut found)?;
                for (name, value) in found {
                    properties.entry(name).or_insert(value);
                }
            }
            Some(properties)
        }

        fn members(
            &self,
            of: &Value,
            object: &Map<String, Value>,
            prefix: &str,
            kept: bool,
            to: &mut Map<String, Value>,
        ) -> Option<()> {
            let lists =
                |name: &str, member: &str| of[name].as_array().is_some_and(|list| list.iter().any(|of| of == member));
            for (name, value) in object {
                let name = [prefix, name].concat();
                let kept = kept || of["keep"].is_null() || lists("keep", &name);
                if lists("drop", &name) {
                    continue;
                }
                if let (Value::Object(inner), true) = (value, of["flatten"] == true) {
                    self.members(of, inner, &format!("{name}."), kept, to)?;
                    continue;
                }
                if !kept {
                    continue;
                }
                let sent = of["rename"][&name].as_str().unwrap_or(&name).to_owned();
                let is_added = of["add"].get(&sent).is_some_and(|source| !matches!(self.make(source), Made::None));
                if is_added {
                    continue;
                }
                let value = match of["types"][&name].as_str() {
                    Some("text") => scalar(value).map_or(value.clone(), Value::String),
                    Some(_) => match number(value) {
                        Made::Value(value) => value,
                        _ => return None,
                    },
                    None => value.clone(),
                };
                if to.insert(sent, value).is_some() {
                    return None; // two properties of one name
                }
            }
            Some(())
        }

        /// Returns the top-level names that the entry uses.
        fn used(&self) -> Vec<String> {
            fn collect(value: &Value, name: &str, used: &mut Vec<String>) {
                match value {
                    Value::String(path) if matches!(name, "from" | "path" | "each") => used.push(first(path)),
                    Value::String(text) if name == "template" => {
                        used.extend(text.split('{').skip(1).map(|part| first(part.split('}').next().unwrap())));
                    }
                    Value::Array(items) => items.iter().for_each(|item| collect(item, name, used)),
                    Value::Object(members) => members.iter().for_each(|(name, value)| collect(value, name, used)),
                    _ => {}
                }
            }
            fn first(path: &str) -> String {
                path.strip_prefix('/').map_or(path, |path| path.split('/').next().unwrap()).to_owned()
            }
            let mut used = Vec::new();
            collect(self.entry, "", &mut used);
            used
        }
    }

    fn scalar(value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        }
    }

    fn number(value: &Value) -> Made {
        let text = scalar(value).unwrap_or_default();
        let text = text.trim();
        let is_number = text.parse::<f64>().is_ok_and(f64::is_finite) && text.bytes().any(|byte| byte.is_ascii_digit());
        if is_number { Made::Value(serde_json::from_str(text).unwrap()) } else { Made::Refused }
    }

    fn changed(source: &Value, text: String) -> String {
        let mut text = source["table"][&text].as_str().map_or(text, str::to_owned);
        if source["clean"] == true {
            let rest = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
            let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
            if !rest.is_empty() {
                text = rest.chars().map(|c| if is_name(c) { c } else { '_' }).collect();
            }
        }
        [source["prefix"].as_str().unwrap_or(""), &text, source["suffix"].as_str().unwrap_or("")].concat()
    }
}

const NAMES: [&str; 6] = ["a", "b", "c", "d", "list", "o"];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&NAMES[..]).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => name(),
        2 => name().prop_map(|name| format!("/{name}")),
        3 => (name(), name()).prop_map(|(one, other)| format!("/{one}/{other}")),
        1 => name().prop_map(|name| format!("/list/1/{name}")),
        1 => name().prop_map(|name| format!("/list/*/{name}")),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => prop::sample::select(&["x", "$y z", "", "1645557824000", "12", "é", "a\"b", " t "][..]).prop_map(Value::from),
        2 => prop::sample::select(&[1, 7, -3][..]).prop_map(Value::from),
        2 => Just(json!(1_645_557_824_000_u64)),
        1 => Just(json!(1.5)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn object(of: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(name(), of, 0..5).prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn record() -> impl Strategy<Value = Value> {
    let inner = || prop_oneof![4 => scalar(), 1 => object(scalar()), 1 => prop::collection::vec(scalar(), 0..2).prop_map(Value::from)];
    let value = prop_oneof![
        3 => scalar(),
        3 => object(inner()),
        1 => prop::collection::vec(prop_oneof![object(inner()), scalar()], 0..4).prop_map(Value::from),
    ];
    object(value)
}

/// Sets some of these members.
fn some(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> impl Strategy<Value = Value> {
    let members: Vec<_> =
        members.into_iter().map(|(name, of)| prop::option::weighted(0.3, of.prop_map(move |of| (name, of)))).collect();
    members.prop_map(|members| {
        members.into_iter().flatten().map(|(name, of)| (name.to_owned(), of)).collect::<Map<_, _>>().into()
    })
}

fn source(changes: bool) -> impl Strategy<Value = Value> {
    let paths = prop::collection::vec(path(), 1..4).prop_map(|paths| json!({"from": paths}));
    let from = prop_oneof![
        6 => paths,
        1 => path().prop_map(|path| json!({"from": path})),
        2 => scalar().prop_map(|value| json!({"value": value})),
        2 => (path(), path()).prop_map(|(one, other)| json!({"template": format!("{{{one}}}-{{{other}}}")})),
    ];
    let mut more = vec![
        ("default", scalar().boxed()),
        ("type", prop::sample::select(&["text", "number"][..]).prop_map(Value::from).boxed()),
    ];
    if changes {
        more.push(("table", Just(json!({"x": "ex", "7": "seven"})).boxed()));
        more.push(("clean", any::<bool>().prop_map(Value::from).boxed()));
        more.push(("prefix", Just(json!("p.")).boxed()));
        more.push(("suffix", Just(json!("_s")).boxed()));
    }
    (from, some(more)).prop_map(|(mut from, more)| {
        let from_members = from.as_object_mut().unwrap();
        from_members.extend(more.as_object().unwrap().clone());
        from
    })
}

fn names() -> BoxedStrategy<Value> {
    prop::collection::vec(prop_oneof![name(), Just("o.a".to_owned())], 1..3).prop_map(Value::from).boxed()
}

fn entry() -> impl Strategy<Value = Value> {
    let condition = (
        path(),
        some(vec![
            ("in", prop::collection::vec(scalar(), 1..4).prop_map(Value::from).boxed()),
            ("notIn", prop::collection::vec(scalar(), 1..3).prop_map(Value::from).boxed()),
            ("exists", any::<bool>().prop_map(Value::from).boxed()),
            ("beginsWith", Just(json!(["x", "1"])).boxed()),
            ("notBeginsWith", Just(json!(["$"])).boxed()),
        ]),
    )
        .prop_filter_map("a condition has a test", |(path, mut tests)| {
            let members = tests.as_object_mut().unwrap();
            (!members.is_empty()).then(|| {
                members.insert("path".to_owned(), path.into());
                Value::Object(members.clone())
            })
        });
    let properties = some(vec![
        ("from", prop::collection::vec(path(), 1..3).prop_map(Value::from).boxed()),
        ("rest", any::<bool>().prop_map(Value::from).boxed()),
        ("keep", names()),
        ("drop", names()),
        ("rename", prop::collection::btree_map(name(), name(), 1..3).prop_map(|of| json!(of)).boxed()),
        (
            "types",
            prop::collection::btree_map(name(), prop::sample::select(&["text", "number"][..]), 1..3)
                .prop_map(|of| json!(of))
                .boxed(),
        ),
        ("flatten", any::<bool>().prop_map(Value::from).boxed()),
        ("add", prop::collection::btree_map(name(), source(true), 1..3).prop_map(|of| json!(of)).boxed()),
    ]);
    // most fields are right: otherwise hardly any event would be sent
    let or = |value: Value, more: BoxedStrategy<Value>| prop_oneof![4 => Just(json!({"value": value})), 1 => more];
    let fields = (
        or("x".into(), source(true).boxed()),
        or("user".into(), source(true).boxed()),
        or("k".into(), source(true).boxed()),
        or(1_645_557_824_000_u64.into(), source(false).boxed()),
    );
    let more = some(vec![
        ("each", Just(json!("/list/*")).boxed()),
        ("when", prop::collection::vec(condition, 1..3).prop_map(Value::from).boxed()),
        ("optional", any::<bool>().prop_map(Value::from).boxed()),
        ("environmentName", source(true).boxed()),
        ("value", source(false).boxed()),
    ]);
    (fields, more, properties).prop_map(|((event_type, traffic_type, key, timestamp), mut entry, properties)| {
        let members = entry.as_object_mut().unwrap();
        members.insert("properties".to_owned(), properties);
        members.insert("eventTypeId".to_owned(), event_type);
        members.insert("trafficTypeName".to_owned(), traffic_type);
        members.insert("key".to_owned(), key);
        members.insert("timestamp".to_owned(), timestamp);
        entry
    })
}

fn mapping() -> impl Strategy<Value = Value> {
    prop::collection::vec(entry(), 1..3).prop_map(|events| json!({"events": events}))
}

#[derive(Debug, PartialEq)]
struct Taken {
    sent: Vec<Value>,
    /// The events that are refused, as they were made.
    refused: Vec<Value>,
    report: Value,
}

fn take(mapping: &Value, format: Format, chunks: &mut dyn Iterator<Item = &[u8]>, caps: Caps) -> Taken {
    let mut intake = Intake::new(Rules::default(), Batcher::new(caps, "run".to_owned()));
    intake.keep_refused();
    intake.map(Mapping::parse(&mapping.to_string()).unwrap());
    intake.begin(None, format);
    let batches = chunks::batches(&mut intake, chunks);
    let events = |body: &[u8]| serde_json::from_slice::<Vec<Value>>(body).unwrap();
    let sent = batches.iter().flat_map(|batch| events(&batch.body)).collect();
    let lines = String::from_utf8(intake.take_refused().lines).unwrap();
    let refused = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone()).collect();
    Taken { sent, refused, report: serde_json::to_value(intake.report()).unwrap() }
}

fn add_up(report: &Value, records: u64) {
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(count("clean") + count("repaired") + count("refused"), count("events"));
    assert_eq!(count("records"), records);
    assert!(count("skipped") <= records && count("events") >= records - count("skipped"));
}

/// Asserts that each issue of a record stands in the input where it says, with the text that it shows.
fn stand_where_they_say(report: &Value, input: &str, quoted: bool) {
    for issue in report["issues"].as_array().unwrap() {
        let (Some(at), got) = (issue["byteOffset"].as_u64(), issue["got"].as_str().unwrap()) else { continue };
        let at = at as usize;
        assert!(at <= input.len(), "{issue}");
        let line = input[..at].split('\n').count() as u64;
        assert_eq!(issue["line"], line, "{issue}");
        // a constant has the place of its record
        let is_of_source = !got.is_empty() && !got.ends_with('…') && !issue["from"].is_null();
        let is_missing = at == 0 || input.as_bytes()[at - 1] == b'\n';
        if is_of_source && !quoted && !is_missing {
            assert!(input[at..].starts_with(got), "{issue} in {input}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn events_are_those_of_a_naive_mapper(mapping in mapping(), records in prop::collection::vec(record(), 1..4)) {
        let input: String = records.iter().flat_map(|record| [record.to_string(), "\n".to_owned()]).collect();
        let taken = take(&mapping, Format::Ndjson, &mut [input.as_bytes()].into_iter(), Caps::default());
        let (mut expected, mut skipped, mut refused) = (Vec::new(), 0_u64, 0);
        for record in &records {
            let events = naive::events(&mapping, record);
            skipped += u64::from(events.is_empty());
            for event in events {
                let Some(event) = event else {
                    refused += 1;
                    prop_assert!(taken.refused.len() >= refused, "{}\n{}", mapping, input);
                    continue;
                };
                let text = event.to_string();
                match check(text.as_bytes(), &Rules::default()).verdict {
                    Verdict::Clean => expected.push(event),
                    Verdict::Repaired(text) => expected.push(serde_json::from_str(&text).unwrap()),
                    Verdict::Refused => {
                        prop_assert_eq!(taken.refused.get(refused), Some(&event), "{}\n{}", mapping, input);
                        refused += 1;
                    }
                }
            }
        }
        prop_assert_eq!(&taken.sent, &expected, "{}\n{}", mapping, input);
        prop_assert_eq!(&taken.report["skipped"], skipped);
        prop_assert_eq!(taken.refused.len(), refused, "{}\n{}", mapping, input);
        add_up(&taken.report, records.len() as u64);
        stand_where_they_say(&taken.report, &input, false);
        let byte_by_byte = take(&mapping, Format::Ndjson, &mut input.as_bytes().chunks(1), Caps::default());
        prop_assert_eq!(&taken, &byte_by_byte);
        let one_a_batch = take(&mapping, Format::Ndjson, &mut [input.as_bytes()].into_iter(), Caps { events: 1, ..Caps::default() });
        prop_assert_eq!(&taken.sent, &one_a_batch.sent);
    }

    #[test]
    fn rows_are_counted_and_read_the_same_whatever_the_chunks(
        mapping in mapping(),
        columns in prop::collection::hash_set(name(), 2..6),
        rows in prop::collection::vec(prop::collection::vec(prop_oneof![scalar(), object(scalar())], 6), 0..4),
    ) {
        let columns: Vec<String> = columns.into_iter().collect();
        let cell = |value: &Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("\"{}\"", text.replace('"', "\"\""))
        };
        let row = |row: &Vec<Value>| row.iter().take(columns.len()).map(cell).collect::<Vec<_>>().join(",") + "\n";
        let input = columns.join(",") + "\n" + &rows.iter().map(row).collect::<String>();
        let taken = take(&mapping, Format::Csv, &mut [input.as_bytes()].into_iter(), Caps::default());
        let is_read = taken.report["issues"].as_array().unwrap().iter().all(|issue| issue["index"] != Value::Null || issue["severity"] != "error");
        let empty = taken.report["issueCounts"]["csv_row_empty"].as_u64().unwrap_or(0);
        let again = taken.report["issueCounts"]["csv_header_again"].as_u64().unwrap_or(0);
        if is_read {
            add_up(&taken.report, rows.len() as u64 - empty - again);
        }
        stand_where_they_say(&taken.report, &input, true);
        prop_assert_eq!(&taken, &take(&mapping, Format::Csv, &mut input.as_bytes().chunks(1), Caps::default()));
    }

    #[test]
    fn any_text_is_a_mapping_or_an_error(text in "[\\[\\]{}\":,a-z0-9/*~ ]{0,40}") {
        let _ = Mapping::parse(&text);
    }
}
