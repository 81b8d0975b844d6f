//! Events that a mapping makes of records: what they are, how they are counted, and where their issues stand.

#[path = "common/chunks.rs"]
mod chunks;

use serde_json::{Value, json};
use split_events::map::{Mapping, Overlay};
use split_events::{Batcher, Caps, Format, Intake, Recognise, Report, Rules};

#[derive(Debug, PartialEq)]
struct Taken {
    /// The text of each event that is sent.
    events: Vec<String>,
    report: Value,
    refused: String,
}

impl Taken {
    fn issues(&self, fields: &[&str]) -> Vec<Value> {
        let issues = self.report["issues"].as_array().unwrap().iter().filter(|issue| issue["severity"] != "note");
        issues.map(|issue| fields.iter().map(|field| issue[field].clone()).collect()).collect()
    }

    fn counts(&self) -> [u64; 6] {
        ["records", "skipped", "events", "clean", "repaired", "refused"].map(|name| self.report[name].as_u64().unwrap())
    }
}

/// A mapping, what lies over it, and what is recognised.
#[derive(Default)]
struct By<'m> {
    mapping: &'m str,
    map: &'m [(&'m str, &'m str)],
    set: &'m [(&'m str, &'m str)],
    recognise: Recognise,
    caps: Caps,
}

impl By<'_> {
    fn take_in(&self, chunks: &mut dyn Iterator<Item = &[u8]>) -> Taken {
        let mapping = if self.mapping.is_empty() { Mapping::own() } else { Mapping::parse(self.mapping).unwrap() };
        let mut overlay = Overlay::default();
        assert!(self.map.iter().all(|(from, field)| overlay.map(from, field)));
        assert!(self.set.iter().all(|(field, json)| overlay.set(field, json)));
        let mut intake = Intake::new(Rules::default(), Batcher::new(self.caps, "run".to_owned()));
        intake.keep_refused();
        intake.map_by(mapping, overlay, self.recognise);
        intake.begin(None, Format::Auto);
        let batches = chunks::batches(&mut intake, chunks);
        let texts = |body: &[u8]| -> Vec<String> {
            let events: Vec<&serde_json::value::RawValue> = serde_json::from_slice(body).unwrap();
            events.iter().map(|event| event.get().to_owned()).collect()
        };
        let events = batches.iter().flat_map(|batch| texts(&batch.body)).collect();
        let refused = String::from_utf8(intake.take_refused().lines).unwrap();
        Taken { events, report: serde_json::to_value(intake.report()).unwrap(), refused }
    }

    /// Reads an input whole and cut at every byte, and compares.
    fn take(&self, input: &str) -> Taken {
        let whole = self.take_in(&mut [input.as_bytes()].into_iter());
        assert_eq!(whole, self.take_in(&mut input.as_bytes().chunks(1)), "byte by byte");
        for cut in 0..input.len() {
            let (one, other) = input.as_bytes().split_at(cut);
            assert_eq!(whole, self.take_in(&mut [one, other].into_iter()), "cut at byte {cut}");
        }
        whole
    }
}

const TRACK: &str = r#"{"events":[{
    "when":[{"path":"/type","in":["track"]}],
    "eventTypeId":{"from":["/event"],"clean":true,"prefix":"app."},
    "trafficTypeName":{"value":"user"},
    "key":{"from":["/userId","/anonymousId"]},
    "timestamp":{"from":"/timestamp","format":"iso","zone":"UTC"},
    "value":{"from":"/properties/revenue","decimal":"point"},
    "properties":{"from":"/properties","drop":["revenue"],"rename":{"plan_name":"plan"}}
}]}"#;

#[test]
fn a_record_becomes_an_event_in_the_order_of_the_fields() {
    let taken = By { mapping: TRACK, ..By::default() }.take(
        "{\"properties\":{\"plan_name\":\"gold\",\"revenue\":\"1234.50\",\"n\": 1.50 },\"timestamp\":\"2026-11-20T08:15:30.250Z\",\
         \"userId\":\"\",\"anonymousId\":\"a-1\",\"event\":\"$Order Completed\",\"type\":\"track\"}\n{\"type\":\"page\"}\n",
    );
    assert_eq!(
        taken.events,
        [
            r#"{"eventTypeId":"app.Order_Completed","trafficTypeName":"user","key":"a-1","timestamp":1795162530250,"value":1234.50,"properties":{"plan":"gold","n":1.50}}"#
        ]
    );
    assert_eq!(taken.counts(), [2, 1, 1, 1, 0, 0]);
}

#[test]
fn an_issue_tells_the_place_in_the_source_the_record_and_the_path() {
    let taken = By { mapping: TRACK, ..By::default() }.take(
        "[{\"type\":\"page\"},\n{\"type\":\"track\",\n \"event\":\"a b\",\"userId\":7,\"timestamp\":\"yesterday\",\"properties\":{\"revenue\":\"many\",\"l\":[1]}},\n\
         {\"type\":\"track\",\"timestamp\":null}]",
    );
    let issues = taken.issues(&["code", "path", "from", "record", "event", "index", "line", "byteOffset", "got"]);
    let all = [
        json!(["timestamp_unreadable", "timestamp", "/timestamp", 1, null, 0, 3, 73, "\"yesterday\""]),
        json!(["value_not_number", "value", "/properties/revenue", 1, null, 0, 3, 109, "\"many\""]),
        json!(["key_number", "key", "/userId", 1, null, 0, 3, 59, "7"]),
        json!(["property_not_scalar", "properties.l", "/properties/l", 1, null, 0, 3, 120, "[1]"]),
        json!(["event_type_id_missing", "eventTypeId", "/event", 2, null, 1, 4, 127, ""]),
        json!(["key_missing", "key", "/userId, /anonymousId", 2, null, 1, 4, 127, ""]),
        json!(["timestamp_missing", "timestamp", "/timestamp", 2, null, 1, 4, 127, ""]),
    ];
    assert_eq!(issues, all);
    assert_eq!(taken.counts(), [3, 1, 2, 0, 0, 2]);
    let first: Value = serde_json::from_str(taken.refused.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"]["key"], &first["line"]), (&json!(7), &json!(2)));
}

const TWO: &str = r#"{"events":[
    {"optional":true,"eventTypeId":{"from":"name"},"trafficTypeName":{"value":"user"},"key":{"from":"user"},"timestamp":{"from":"at"}},
    {"optional":true,"eventTypeId":{"from":"name"},"trafficTypeName":{"value":"anonymous"},"key":{"from":"anon"},"timestamp":{"from":"at"}},
    {"each":"/items/*","eventTypeId":{"template":"buy.{/items/*/sku}"},"trafficTypeName":{"value":"user"},"key":{"from":"user"},
     "timestamp":{"from":"at"},"value":{"from":"/items/*/price"}}
]}"#;

#[test]
fn a_record_makes_several_events_or_none() {
    let input = r#"[{"name":"order","user":"Ava","anon":"a-1","at":1645557824000,"items":[{"sku":"s1","price":1},{"sku":"s 2","price":"x"}]},
        {"name":"view","anon":"a-2","at":1645557824001},{"name":"none"}]"#;
    let by = By { mapping: TWO, ..By::default() };
    let taken = by.take(input);
    let event = |name: &str, kind: &str, key: &str, at: u64, value: &str| {
        format!(r#"{{"eventTypeId":"{name}","trafficTypeName":"{kind}","key":"{key}","timestamp":{at}{value}}}"#)
    };
    assert_eq!(
        taken.events,
        [
            event("order", "user", "Ava", 1_645_557_824_000, ""),
            event("order", "anonymous", "a-1", 1_645_557_824_000, ""),
            event("buy.s1", "user", "Ava", 1_645_557_824_000, r#","value":1"#),
            event("view", "anonymous", "a-2", 1_645_557_824_001, ""),
        ]
    );
    assert_eq!(taken.counts(), [3, 1, 5, 4, 0, 1]);
    assert_eq!(
        taken.issues(&["code", "from", "record", "event", "index", "byteOffset", "got"]),
        [
            json!(["event_type_id_invalid", "/items/1/sku", 0, 4, 3, 101, "\"s 2\""]),
            json!(["value_not_number", "/items/1/price", 0, 4, 3, 115, "\"x\""]),
        ]
    );
    // batches may end in the middle of a record
    let caps = Caps { events: 1, ..Caps::default() };
    assert_eq!(By { caps, ..by }.take(input).events, taken.events);
}

#[test]
fn a_row_is_a_record_with_its_columns() {
    let mapping = r#"{"events":[{
        "when":[{"path":"event","notBeginsWith":["$"]},{"path":"kind","in":[1]}],
        "eventTypeId":{"from":"event"},"trafficTypeName":{"value":"user"},"key":{"from":["/USER_ID","anonymous_id"]},
        "timestamp":{"from":"sent at","format":"iso"},"value":{"from":"props","default":0},
        "properties":{"from":"props","rest":true,"add":{"city":{"from":"/props/address/city"}}}
    }]}"#;
    let input = "Event,kind,anonymous id,user_id,Sent_At,props,plan,empty\n\
        buy,1,a-1,,2026-11-20T08:15:30Z,\"{\"\"address\"\":{\"\"city\"\":\"\"Rome\"\"},\"\"n\"\":1}\",gold,\n\
        $view,1,a-2,,2026-11-20T08:15:30Z,,,\n\
        buy,1,,u 3 ,now,,,\n";
    let taken = By { mapping, ..By::default() }.take(input);
    assert_eq!(taken.counts(), [3, 1, 2, 0, 0, 2]);
    assert_eq!(
        taken.issues(&["code", "path", "from", "record", "line", "byteOffset", "got"]),
        [
            json!(["value_not_number", "value", "props", 0, 2, 89, r#""{\"address\":{\"city\":\"Rome\"},\"n\":1}""#]),
            json!(["property_not_scalar", "properties.address", "props", 0, 2, 89, r#"{"city":"Rome"}"#]),
            json!(["csv_cell_trimmed", "key", "user_id", 2, 4, 183, "\"u 3 \""]),
            json!(["timestamp_unreadable", "timestamp", "Sent_At", 2, 4, 188, "now"]),
        ]
    );
}

#[test]
fn what_is_set_wins_over_everything() {
    let line = r#"{"eventTypeId":"a","trafficTypeName":"account","key":"Ava","timestamp":1645557824000,"properties":{"plan":"gold"}}"#;
    let set = [("trafficTypeName", "\"user\""), ("properties.plan", "\"free\""), ("value", "3")];
    let taken = By { set: &set, ..By::default() }.take(line);
    let event = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"value":3,"properties":{"plan":"free"}}"#;
    assert_eq!(taken.events, [event]);
    let taken = By { set: &set, ..By::default() }.take("key,timestamp,plan,eventTypeId\nAva,1645557824000,gold,a\n");
    let event = r#"{"trafficTypeName":"user","value":3,"key":"Ava","timestamp":1645557824000,"eventTypeId":"a","properties":{"plan":"free"}}"#;
    assert_eq!(taken.events, [event]);
}

#[test]
fn a_field_without_a_source_ends_the_reading_before_the_first_event() {
    let mapping = r#"{"events":[{"eventTypeId":{"from":"event"},"key":{"from":"id"},"timestamp":{"from":"at"}}]}"#;
    let taken = By { mapping, ..By::default() }.take("{\"event\":\"a\",\"id\":\"b\",\"at\":1645557824000}\n");
    assert_eq!(taken.issues(&["code", "got", "index"]), [json!(["mapping_field_missing", "trafficTypeName", null])]);
    assert_eq!((taken.counts(), taken.events.len()), ([0; 6], 0));
    let set = [("trafficTypeName", "\"user\"")];
    let taken =
        By { mapping, set: &set, ..By::default() }.take("{\"event\":\"a\",\"id\":\"b\",\"at\":1645557824000}\n");
    assert_eq!(taken.counts(), [1, 0, 1, 1, 0, 0]);
}

const REFUSED: &str = "{\"state\":\"refused\",\"index\":0,\"line\":1,\"byteOffset\":0,\"reasons\":[{\"code\":\"key_missing\"}],\"event\":\
    {\"eventTypeId\":\"a\",\"trafficTypeName\":\"user\",\"key\":\"Ava\",\"timestamp\":1645557824000}}\n";

#[test]
fn a_source_is_recognised_and_read_by_its_preset_or_asked_for() {
    let using = By { recognise: Recognise::Use, ..By::default() }.take(REFUSED);
    assert_eq!((&using.report["preset"], using.counts()), (&json!("refused"), [1, 0, 1, 1, 0, 0]));
    assert_eq!(using.report["issueCounts"]["preset_recognised"], 1);
    let asking = By { recognise: Recognise::Ask, ..By::default() }.take(REFUSED);
    assert_eq!(asking.issues(&["code", "got", "index"]), [json!(["preset_not_named", "refused", null])]);
    assert_eq!((&asking.report["events"], asking.events.len()), (&json!(0), 0));
    let off = By::default().take(REFUSED);
    assert_eq!((&off.report["refused"], &off.report["preset"]), (&json!(1), &Value::Null));
}

#[test]
fn events_in_their_own_shape_are_for_no_preset() {
    let line = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"state":"refused","index":1,"reasons":[]}"#;
    let table = "eventTypeId,trafficTypeName,key,timestamp,event,distinct_id,time\na,user,Ava,1645557824000,1,2,3\n";
    for input in [line, table] {
        for recognise in [Recognise::Use, Recognise::Ask] {
            let taken = By { recognise, ..By::default() }.take(input);
            assert_eq!((&taken.report["preset"], taken.events.len()), (&Value::Null, 1), "{input}");
        }
    }
}

#[test]
fn texts_of_many_are_recognised_by_the_first_of_them() {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.map_by(Mapping::own(), Overlay::default(), Recognise::Use);
    intake.begin(None, Format::Auto);
    for _ in 0..2 {
        intake.push(REFUSED.trim_end().as_bytes());
        intake.end_piece();
        assert_eq!(intake.next_batch(), None);
    }
    assert_eq!((intake.report().events, intake.report().preset.as_deref()), (2, Some("refused")));
    assert_eq!(
        intake.report().issues.iter().map(|issue| issue.code).collect::<Vec<_>>(),
        ["preset_recognised", "value_missing"]
    );
}

#[test]
fn a_source_that_is_broken_off_is_read_as_far_as_its_records_are_whole() {
    let table = "eventTypeId,trafficTypeName,key,timestamp,value\na,user,Ava,1645557824000,1\na,user,A";
    let event = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"Ava","timestamp":1645557824000,"value":1}"#;
    let refused = REFUSED.repeat(2);
    for (input, recognise, events, preset) in [
        (table, Recognise::Use, 1, None),
        (table, Recognise::Ask, 1, None),
        (&*format!("[{event},{event},{}", &event[..20]), Recognise::Use, 2, None),
        (&refused[..refused.len() - 9], Recognise::Use, 1, Some("refused")),
        (&refused[..refused.len() - 9], Recognise::Ask, 0, None),
        ("", Recognise::Use, 0, None),
    ] {
        for size in [1, input.len().max(1)] {
            let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
            intake.map_by(Mapping::own(), Overlay::default(), recognise);
            intake.begin(None, Format::Auto);
            for chunk in input.as_bytes().chunks(size) {
                intake.push(chunk);
                assert_eq!(intake.next_batch(), None);
            }
            intake.break_off();
            assert_eq!(intake.next_batch(), None);
            assert_eq!(intake.last_batch().map_or(0, |batch| batch.entries.len()), events, "{input}");
            assert_eq!((intake.report().events, intake.report().preset.as_deref()), (events as u64, preset), "{input}");
        }
    }
}

#[test]
fn counts_of_a_journal_keep_what_the_records_made() {
    let mut report = Report::default();
    report.add_record(0);
    report.add_record(3);
    report.add_plain(3);
    let again = Report::from_counts(&report.counts(3));
    assert_eq!((again.records(), again.skipped, again.events, again.is_mapped), (2, 1, 3, true));
}
