//! Random records of other systems, mapped by the fast way and by the careful one alone.

#[path = "common/compared.rs"]
mod compared;
#[path = "common/cuts.rs"]
#[expect(dead_code, reason = "records are read through an intake of their own")]
mod cuts;

use compared::same;
use cuts::Run;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use split_events::map::{Mapping, Preset};
use split_events::{Batcher, Caps, Format, Intake, Rules};

/// A value of a member: mostly one that is good.
fn value(name: &'static str) -> BoxedStrategy<String> {
    let texts = |good: &'static [&'static str]| select(good).prop_map(|text| format!("\"{text}\"")).boxed();
    let odd = prop_oneof![
        Just("null"),
        Just("\"\""),
        Just("true"),
        Just("7"),
        Just("{}"),
        Just("[1,{\"a\":[]}]"),
        Just("\"a\\\"b\""),
        Just("\"\\u00e9\""),
        Just("1e5"),
        Just("{\"a\":{\"b\":\"c\"}}"),
        Just("\" x \""),
        Just("-0"),
        Just("123456789"),
        Just("12345678901234567890"),
        Just("\" x\""),
        Just("\"  \""),
        Just("\"\\ud83d\\ude00\""),
        Just("\"\\ud83d x\""),
        Just("{ }"),
        Just("[{\"a\":[1,{\"b\":null}]},\"c\"]"),
        Just("\"Größe\"")
    ]
    .prop_map(str::to_owned);
    let good = match name {
        "type" => prop_oneof![9 => Just("\"track\"".to_owned()), 1 => Just("\"page\"".to_owned())].boxed(),
        "event" | "event_type" => texts(&[
            "Order Completed",
            "signup",
            "[Amplitude] Page Viewed",
            "a:b",
            "$identify",
            "Produkt gesehen ü",
            "_",
        ]),
        "userId" | "anonymousId" | "user_id" | "device_id" => prop_oneof![
            8 => "\"[a-z]{1,8}-[0-9]{1,12}\"",
            1 => "\"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\"",
            1 => "\"[A-Za-z@.0-9]{1,20}\"",
            1 => texts(&["null", "N/A", "1.0", " a", "é"]),
        ]
        .boxed(),
        "timestamp" | "event_time" | "originalTimestamp" => prop_oneof![
            8 => "\"2026-1[01]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{3,6})?Z?\"",
            1 => "17[0-9]{11}",
            1 => "17[0-9]{8}",
        ]
        .boxed(),
        "revenue" | "$revenue" => {
            prop_oneof![4 => "[1-9][0-9]{0,4}(\\.[0-9]{1,2})?", 1 => texts(&["1,234.50", "$5", "much"])].boxed()
        }
        _ => prop_oneof![
            6 => "\"[a-zA-Z0-9 é東/:._-]{0,40}\"",
            3 => "-?[1-9][0-9]{0,8}(\\.[0-9]{1,4})?",
            1 => Just("true".to_owned()),
            1 => "\"[a-z]{250,260}\"",
        ]
        .boxed(),
    };
    prop_oneof![12 => good, 1 => odd].boxed()
}

/// An object with some of these members, in any order.
fn object(names: &'static [&'static str]) -> BoxedStrategy<String> {
    let member = |name: &'static str| {
        let inner = match name {
            "properties" => object(&["revenue", "plan", "plan", "currency", "items", "a b", "platform", "page"]),
            "page" => object(&["path", "title", "a longer name that is not looked at at once, as most are"]),
            "event_properties" => object(&["$revenue", "source", "step", "platform", "label"]),
            "context" | "user_properties" => object(&["ip", "page", "library", "locale"]),
            _ => value(name),
        };
        (prop::bool::weighted(0.92), inner)
    };
    let members: Vec<_> = names.iter().map(|&name| member(name)).collect();
    (members, prop::bool::weighted(0.2), any::<u64>())
        .prop_map(move |(members, spaced, seed)| {
            let mut members: Vec<(usize, String)> = members
                .into_iter()
                .enumerate()
                .filter(|(_, (is_there, _))| *is_there)
                .map(|(number, (_, value))| (number, value))
                .collect();
            if seed % 3 == 0 {
                members.sort_by_key(|(number, _)| (*number as u64 + 1).wrapping_mul(seed | 1) >> 32);
            }
            let (colon, comma) = if spaced { (": ", ", ") } else { (":", ",") };
            let members: Vec<String> =
                members.iter().map(|(number, value)| format!("\"{}\"{colon}{value}", names[*number])).collect();
            format!("{{{}}}", members.join(comma))
        })
        .boxed()
}

const SEGMENT: &[&str] =
    &["type", "event", "userId", "anonymousId", "messageId", "timestamp", "context", "integrations", "properties"];
const AMPLITUDE: &[&str] = &[
    "app",
    "device_id",
    "user_id",
    "event_id",
    "event_type",
    "amplitude_id",
    "event_properties",
    "user_properties",
    "event_time",
    "platform",
    "country",
];

/// Mappings of the records of Segment.
const MAPPINGS: [&str; 3] = [
    r#"{"events":[{"when":[{"path":"/type","in":["track"]}],
        "eventTypeId":{"from":["/event"],"clean":true,"prefix":"app."},"trafficTypeName":{"value":"user"},
        "key":{"from":["/userId","/anonymousId"],"prefix":"u"},"timestamp":{"from":"/timestamp","format":"iso","zone":"UTC"},
        "value":{"from":"/properties/revenue","decimal":"point"},
        "properties":{"from":"/properties","drop":["revenue"],"rename":{"plan":"tier"}}}]}"#,
    r#"{"events":[
        {"optional":true,"eventTypeId":{"from":"/event","clean":true},"trafficTypeName":{"value":"user"},
        "key":{"from":"/userId"},"timestamp":{"from":"/timestamp","format":"auto"},"properties":{"from":"/properties"}},
        {"optional":true,"eventTypeId":{"from":"/event","clean":true},"trafficTypeName":{"value":"anonymous"},
        "key":{"from":"/anonymousId"},"timestamp":{"from":"/timestamp","format":"auto"},
        "properties":{"from":"/properties","add":{"ip":{"from":"/context/ip"}}}}]}"#,
    r#"{"events":[{"eventTypeId":{"from":"/event","table":{"signup":"Sign.Up"},"suffix":".v1","default":"none"},
        "trafficTypeName":{"from":"/context/locale","table":{"7":"seven"},"default":"user"},
        "environmentName":{"from":"/context/ip"},
        "key":{"from":["/userId","/anonymousId"],"table":{"null":"nobody"}},"timestamp":{"from":["/timestamp"]},
        "properties":{"from":"/properties/page","keep":["path","title"],"add":{
        "message":{"from":"/messageId","type":"text"},"count":{"from":["/integrations","/properties/items"],"type":"number"},
        "plan":{"from":["/properties/plan","/properties/currency"]},"source":{"value":"x"}}}}]}"#,
];

/// Returns a mapping of [`MAPPINGS`], or a preset.
fn mapping(named: &str, is_batch: bool) -> Mapping {
    let own = named.parse().ok().and_then(|number: usize| MAPPINGS.get(number).copied());
    let mut mapping = Mapping::parse(own.unwrap_or_else(|| Preset::named(named).unwrap().json)).unwrap();
    assert!(own.is_some() || mapping.set("trafficTypeName", "\"user\""));
    if is_batch {
        let batch = Mapping::parse(Preset::named("segment-batch").unwrap().json).unwrap();
        mapping.records = batch.records;
    }
    mapping
}

fn run(mapping: &Mapping, rules: &Rules, caps: Caps, format: Format, text: &str, size: usize, careful: bool) -> Run {
    let mut intake = Intake::new(rules.clone(), Batcher::new(caps, "run".to_owned()));
    if careful {
        intake.be_careful();
    }
    intake.map(mapping.clone());
    cuts::through(&mut intake, format, text.as_bytes(), &[size])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn both_ways_make_the_same_events_of_foreign_records(
        (preset, records) in prop_oneof![
            (vec(object(SEGMENT), 0..60), select(&["segment", "rudderstack", "0", "1", "2"][..]))
                .prop_map(|(records, named)| (named, records)),
            vec(object(AMPLITUDE), 0..60).prop_map(|records| ("amplitude", records)),
        ],
        times in 1..6_usize, strict in prop::bool::weighted(0.2), clock in any::<bool>(),
        (is_array, is_batch) in any::<(bool, bool)>(),
        events in 1..90_usize, bytes in prop_oneof![Just(1_000_000_usize), 200..5_000_usize], size in 1..8_000_usize,
    ) {
        // what is only counted comes behind the first hundred of its kind
        let records: Vec<String> = std::iter::repeat_n(records, times).flatten().collect();
        let (format, text) = match (is_array, is_batch) {
            (true, false) => (Format::Json, format!("[{}]", records.join(", "))),
            (true, true) => (Format::Json, format!("{{\"sent\":[],\"batch\":[{}],\"to\":{{}}}}", records.join(",\n"))),
            (false, false) => (Format::Ndjson, records.join("\n")),
            (false, true) => {
                let lines = records.chunks(7).map(|records| format!("{{\"batch\":[{}]}}", records.join(", ")));
                (Format::Ndjson, lines.collect::<Vec<_>>().join("\n"))
            }
        };
        let rules = Rules { strict, now: clock.then_some(1_764_000_000_000), ..Rules::default() };
        let (mapping, caps) = (mapping(preset, is_batch), Caps { events, bytes });
        let careful = run(&mapping, &rules, caps, format, &text, usize::MAX, true);
        same(&run(&mapping, &rules, caps, format, &text, usize::MAX, false), &careful)?;
        same(&run(&mapping, &rules, caps, format, &text, size, false), &careful)?;
    }
}
