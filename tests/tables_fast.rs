//! Random tables, read by the fast way and by the careful one alone.

#[path = "common/compared.rs"]
mod compared;
#[path = "common/cuts.rs"]
mod cuts;
#[path = "common/reference.rs"]
mod reference;

use std::sync::Arc;

use compared::same;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use split_events::map::{Mapping, Overlay};
use split_events::{Batcher, Caps, DecimalSign, Format, Intake, KnownKeys, Native, Recognise, Rules, Unit};

/// Cells of one column: most of them are good.
fn cells(name: &'static str) -> BoxedStrategy<String> {
    let some = |good: &'static [&'static str], odd: &'static [&'static str]| {
        prop_oneof![30 => select(good), 1 => select(odd)].prop_map(str::to_owned).boxed()
    };
    match name {
        "eventTypeId" => some(
            &["page_load", "checkout.done", "a", "a-name-of-more-than-sixteen-bytes", "7up"],
            &["", " page_load", "page load", "a:b", "-a", "é", "a-name-of-more-than-sixty-three-bytes-which-not-all-pages-of-it-allow"],
        ),
        "trafficTypeName" => some(&["user", "account", "anonymous"], &["User", "USER ", "us er", "", "\"us\"\"er\"", "ü"]),
        "key" => prop_oneof![
            20 => "[a-z]{1,3}[-_]?[0-9a-f]{0,40}",
            2 => "[0-9]{1,20}",
            2 => "[A-Za-z0-9@.]{1,20}",
            2 => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            1 => select(&["null", "n/a", "1.0", "1E+15", "'1", "#N/A", "Größe", "ab ", " ab", "\"a,b\"", "a\\b", "\u{a0}a", ""][..])
                .prop_map(str::to_owned),
            1 => "[ -~é]{0,30}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
        ]
        .boxed(),
        "timestamp" => prop_oneof![
            20 => "17[0-9]{11}",
            5 => "2026-1[01]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|\\+0[0-9]:?[03]0|)",
            3 => "17[0-9]{8}(\\.[0-9]{1,6})?",
            1 => select(&["0", "-1", "17e11", "1645557824000.5", "", "x", " 1745557824000", "017", "12345678901234567"][..])
                .prop_map(str::to_owned),
        ]
        .boxed(),
        "value" => prop_oneof![
            10 => "[1-9][0-9]{0,5}(\\.[0-9]{1,4})?",
            3 => Just(String::new()),
            1 => select(&["0", "-0", "00", "+1", "1e3", "1e999", "-1.50", ".5", "5.", "1.2.3", " 1", "much", "12345678901234567890"][..])
                .prop_map(str::to_owned),
        ]
        .boxed(),
        "environmentName" => some(&["prod", "", "stage"], &[" prod", "a b", "é"]),
        _ => prop_oneof![
            10 => "[a-zA-Z ]{0,12}",
            5 => "-?[0-9]{1,17}(\\.[0-9]{1,8})?",
            3 => select(&["true", "FALSE", "True", "0.0000001", "-0", "1.0", "1e5", "", "2026-11-20", "tRUE"][..]).prop_map(str::to_owned),
            3 => "[a-zé東😀\\\\\t ]{0,40}",
            3 => "[a-z\",\n é]{0,30}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
            1 => "[a-z\"]{0,6}",
            1 => "[a-zß]{240,300}",
        ]
        .boxed(),
    }
}

const COLUMNS: [&str; 9] = [
    "eventTypeId",
    "trafficTypeName",
    "key",
    "timestamp",
    "value",
    "environmentName",
    "plan",
    "properties.country",
    "a \"b\"",
];

#[derive(Debug, Clone)]
struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    separator: &'static str,
    end: &'static str,
    ended: bool,
}

impl Table {
    fn text(&self) -> String {
        let quoted = |name: &&str| {
            if name.contains('"') { format!("\"{}\"", name.replace('"', "\"\"")) } else { (*name).to_owned() }
        };
        let mut text: String = self.columns.iter().map(quoted).collect::<Vec<_>>().join(self.separator);
        for row in &self.rows {
            text += self.end;
            text += &row.join(self.separator);
        }
        text + if self.ended { self.end } else { "" }
    }
}

fn table() -> impl Strategy<Value = Table> {
    let columns = (Just(COLUMNS.to_vec()).prop_shuffle(), 4..=COLUMNS.len()).prop_map(|(mut columns, width)| {
        let mut left = COLUMNS.len() - width;
        columns.retain(|name| {
            left == 0 || ["eventTypeId", "trafficTypeName", "key", "timestamp"].contains(name) || {
                left -= 1;
                false
            }
        });
        columns
    });
    let separators = prop_oneof![3 => Just(","), 1 => Just("\t")];
    let ends = prop_oneof![3 => Just("\n"), 1 => Just("\r\n")];
    (columns, separators, ends, any::<bool>()).prop_flat_map(|(columns, separator, end, ended)| {
        let row: Vec<_> = columns.iter().map(|name| cells(name)).collect();
        vec(row, 0..260).prop_map(move |rows| Table { columns: columns.clone(), rows, separator, end, ended })
    })
}

/// Bytes that stand where others should: few texts have any.
fn wrong() -> impl Strategy<Value = Vec<(Index, u8)>> {
    let bytes = prop_oneof![0x80..=0xff_u8, select(&b"\"\\,;\t\n\r \0"[..])];
    prop_oneof![2 => Just(Vec::new()), 1 => vec((any::<Index>(), bytes), 1..20)]
}

fn rules() -> impl Strategy<Value = Rules> {
    let units = select(&[None, None, Some(Unit::Milliseconds), Some(Unit::Seconds)][..]);
    (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.2), units, any::<bool>()).prop_map(
        |(strict, types, keys, timestamp_unit, clock)| Rules {
            strict,
            traffic_types: types.then(|| vec!["user".to_owned()]),
            known_keys: keys.then(|| Arc::new(known())),
            timestamp_unit,
            now: clock.then_some(1_764_000_000_000),
            ..Rules::default()
        },
    )
}

fn known() -> KnownKeys {
    let mut keys = KnownKeys::new(&Native);
    let letters = || 'a'..='z';
    for first in letters() {
        keys.add(&first.to_string());
        letters().for_each(|second| keys.add(&format!("{first}{second}")));
    }
    keys.finish();
    keys
}

/// Mappings of tables with these columns.
const MAPPINGS: [&str; 7] = [
    r#"{"events":[{"when":[{"path":"eventTypeId","notIn":["page_load","us er"]}],"eventTypeId":{"from":"eventTypeId","clean":true},
        "trafficTypeName":{"value":"user"},"key":{"from":["environmentName","key"]},"timestamp":{"from":"timestamp","format":"auto"},
        "properties":{"rest":true,"drop":["key","timestamp","eventTypeId"]}}]}"#,
    r#"{"events":[{"eventTypeId":{"from":["plan","eventTypeId"],"clean":true},"trafficTypeName":{"from":"trafficTypeName","default":"user"},
        "key":{"from":"key"},"timestamp":{"from":"timestamp","format":"iso","zone":"UTC"},"value":{"from":"value","decimal":"point"},
        "properties":{"add":{"p":{"from":"properties.country"},"constant":{"value":7}}}}]}"#,
    r#"{"events":[{"eventTypeId":{"from":"eventTypeId","table":{"page_load":"page.view","a":"x:y"},"prefix":"app."},
        "trafficTypeName":{"from":"trafficTypeName","table":{"anonymous":"user"}},"key":{"from":"key","suffix":"-1"},
        "timestamp":{"from":"timestamp"},"value":{"from":"value","default":1},"properties":{"rest":true,"rename":{"plan":"level"}}}]}"#,
    r#"{"events":[{"when":[{"path":"plan","exists":true},{"path":"eventTypeId","notBeginsWith":["ch","7"]},{"path":"missing","notIn":["x"]}],
        "eventTypeId":{"from":"eventTypeId"},"trafficTypeName":{"from":"trafficTypeName"},"key":{"from":"key"},
        "timestamp":{"from":"timestamp"},"properties":{"add":{"p":{"from":"plan","clean":true},"q":{"from":"plan","type":"text"}}}}]}"#,
    r#"{"events":[{"when":[{"path":"properties.country","in":[true,"1.0","x"]}],"eventTypeId":{"from":"eventTypeId"},
        "trafficTypeName":{"from":"trafficTypeName"},"key":{"from":"key"},"timestamp":{"from":"timestamp"},"properties":{"keep":["plan"],"rest":true}}]}"#,
    r#"{"events":[{"eventTypeId":{"value":"row"},"trafficTypeName":{"value":"user"},"key":{"from":"key"},"timestamp":{"from":"timestamp"},
        "environmentName":{"from":"environmentName","prefix":"env-"},"properties":{"add":{"n":{"from":"value","type":"number"}}}}]}"#,
    r#"{"events":[{"when":[{"path":"environmentName","beginsWith":["pr"]}],"eventTypeId":{"from":"eventTypeId","clean":true},
        "trafficTypeName":{"value":"user"},"key":{"from":"key","clean":true},"timestamp":{"from":"timestamp"},"properties":{"rest":true}}]}"#,
];

/// Reads a table by a mapping.
fn mapped(rules: &Rules, caps: Caps, mapping: &str, text: &[u8], sizes: &[usize], is_careful: bool) -> cuts::Run {
    let mut intake = Intake::new(rules.clone(), Batcher::new(caps, "run".to_owned()));
    intake.map(Mapping::parse(mapping).unwrap());
    if is_careful {
        intake.be_careful();
    }
    cuts::through(&mut intake, Format::Csv, text, sizes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn both_ways_make_the_same_events_and_the_same_report(
        table in table(), rules in rules(), events in 1..300_usize, bytes in prop_oneof![Just(1_000_000_usize), 200..5_000_usize], size in 1..4_000_usize, wrong in wrong(),
    ) {
        let mut text = table.text().into_bytes();
        for (at, byte) in wrong {
            let at = at.index(text.len());
            text[at] = byte;
        }
        let format = if table.separator == "," { Format::Csv } else { Format::Tsv };
        let caps = Caps { events, bytes };
        let careful = reference::run(&rules, caps, format, &text);
        same(&cuts::run(&rules, caps, format, &text, &[]), &careful)?;
        same(&cuts::run(&rules, caps, format, &text, &[size]), &careful)?;
    }

    #[test]
    fn both_ways_map_the_same_events(
        table in table(), rules in rules(), mapping in select(&MAPPINGS[..]), wrong in wrong(), size in 1..4_000_usize, events in 1..300_usize,
    ) {
        let mut text = Table { separator: ",", ..table }.text().into_bytes();
        for (at, byte) in wrong {
            let at = at.index(text.len());
            text[at] = byte;
        }
        let caps = Caps { events, bytes: 1_000_000 };
        let careful = mapped(&rules, caps, mapping, &text, &[], true);
        same(&mapped(&rules, caps, mapping, &text, &[], false), &careful)?;
        same(&mapped(&rules, caps, mapping, &text, &[size], false), &careful)?;
    }
}

#[test]
fn an_amount_beyond_the_largest_number_is_refused_by_both_ways() {
    let row = |value: &str| format!("page_load,user,k,1745557824000,{value}\n");
    let text = format!("eventTypeId,trafficTypeName,key,timestamp,value\n{}{}", row("1.5"), row("1E400"));
    let mut overlay = Overlay::default();
    overlay.set_decimal(Some(DecimalSign::Point));
    let run = |is_careful: bool| {
        let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
        if is_careful {
            intake.be_careful();
        }
        intake.map_by(Mapping::own(), overlay.clone(), Recognise::Off);
        cuts::through(&mut intake, Format::Csv, text.as_bytes(), &[])
    };
    assert_eq!(run(false), run(true));
    assert!(run(false).report.contains("\"refused\":1"));
}
