//! Every export in `tests/fixtures`: which preset it is recognised as, and which events come of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use split_events::map::{Mapping, Overlay, PRESETS, Preset, recognise_records, recognise_table};
use split_events::{Batcher, Caps, DecimalSign, Encoding, Form, Format, Intake, Order, Recognise, Rules, Zone};

/// A time after that of every event in the fixtures.
const NOW: u64 = 1_795_900_000_000;

/// A file of another system, and what is to come of it.
struct Fixture {
    name: String,
    bytes: Vec<u8>,
    expected: Value,
}

impl Fixture {
    fn preset(&self) -> Option<&str> {
        self.expected["preset"].as_str()
    }

    /// Returns the preset by whose signs it is recognised.
    fn recognised(&self) -> Option<&str> {
        self.preset().filter(|_| self.expected["recognised"] != false)
    }

    /// Returns the values that were given for a flag.
    fn flags<'f>(&'f self, flag: &'f str) -> impl Iterator<Item = &'f str> {
        let flags = self.expected["flags"].as_array().unwrap();
        flags.windows(2).filter(move |pair| pair[0] == flag).map(|pair| pair[1].as_str().unwrap())
    }

    /// Returns what the flags say.
    fn overlay(&self) -> Overlay {
        let mut overlay = Overlay::default();
        let halves = |text: &str| text.split_once('=').map(|(from, to)| (from.to_owned(), to.to_owned())).unwrap();
        for (from, field) in self.flags("--map").map(halves) {
            assert!(overlay.map(&from, &field), "{}: {from}={field}", self.name);
        }
        for (field, value) in self.flags("--set").map(halves) {
            assert!(overlay.set(&field, &Value::String(value.clone()).to_string()), "{}: {field}={value}", self.name);
        }
        let order = self.flags("--timestamp-format").next().map(|word| {
            let (order, _) = Order::WORDS.iter().find(|(_, of)| *of == word).unwrap();
            *order
        });
        let zone = self.flags("--timestamp-zone").next().map(|zone| Zone::parse(zone).unwrap());
        overlay.set_time(order, None, zone);
        overlay.set_decimal(self.flags("--decimal").next().map(|word| match word {
            "comma" => DecimalSign::Comma,
            _ => DecimalSign::Point,
        }));
        overlay
    }
}

/// Returns the mapping of a preset.
fn preset(name: &str) -> Mapping {
    Preset::named(name).and_then(Preset::mapping).unwrap_or_else(|| panic!("there is no preset {name}"))
}

fn fixtures() -> Vec<Fixture> {
    let folders = ["sources", "senders"].map(|folder| PathBuf::from("tests/fixtures").join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let expected = files.filter(|path| path.to_str().unwrap().ends_with(".expected.json"));
    expected.map(|path| fixture(&path)).collect()
}

fn fixture(path: &Path) -> Fixture {
    let expected: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let name = expected["file"].as_str().unwrap().to_owned();
    Fixture { bytes: fs::read(path.with_file_name(&name)).unwrap(), name, expected }
}

/// Reads a fixture. Returns the events and the report.
fn read(fixture: &Fixture, mapping: Mapping, recognise: Recognise) -> (Vec<Value>, Value) {
    let rules = Rules { now: Some(NOW), ..Rules::default() };
    let mut intake = Intake::new(rules, Batcher::new(Caps::default(), "run".into()));
    intake.map_by(mapping, fixture.overlay(), recognise);
    let encoding = fixture.flags("--encoding").next().map(|name| Encoding::named(name).unwrap());
    intake.set_form(Form { encoding, wrappers: recognise == Recognise::Use, ..Form::default() });
    intake.begin(Some(fixture.name.clone()), Format::Auto);
    intake.push(&fixture.bytes);
    intake.end();
    let mut batches: Vec<_> = std::iter::from_fn(|| intake.next_batch()).collect();
    batches.extend(intake.last_batch());
    let events = batches.iter().flat_map(|batch| serde_json::from_slice::<Vec<Value>>(&batch.body).unwrap());
    (events.map(comparable).collect(), serde_json::to_value(intake.report()).unwrap())
}

/// Returns an event with its numbers as doubles, and without members that are null or empty.
fn comparable(event: Value) -> Value {
    match event {
        Value::Number(number) => number.as_f64().unwrap().into(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, comparable(value)));
            members.filter(|(_, value)| !matches!(value, Value::Null) && *value != Value::Object(Map::new())).collect()
        }
        value => value,
    }
}

/// Takes the properties out of an event that the expected one does not have: those that an SDK adds.
fn keep_only(event: &mut Value, expected: &Value) {
    if let Some(properties) = event["properties"].as_object_mut() {
        properties.retain(|name, _| expected["properties"].get(name).is_some());
    }
}

#[test]
fn every_mapping_file_is_in_the_list_and_can_be_read() {
    for preset in PRESETS {
        Mapping::parse(preset.json).unwrap_or_else(|error| panic!("{}: {}", preset.name, error.text()));
    }
    let files = fs::read_dir("mapping/src/presets").unwrap().map(|file| file.unwrap().path());
    let mut names: Vec<String> = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut listed: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    names.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, names);
}

#[test]
fn each_export_has_the_signs_of_its_preset_and_of_no_other() {
    let separators = [("csv", ','), ("tsv", '\t')];
    for fixture in fixtures() {
        let text = String::from_utf8_lossy(&fixture.bytes);
        let (_, extension) = fixture.name.rsplit_once('.').unwrap();
        let separator = separators.iter().find(|(of, _)| *of == extension).map(|(_, separator)| *separator);
        let names = separator.map(|separator| text.lines().next().unwrap().split(separator).collect::<Vec<_>>());
        let signs = |preset: &&Preset| match &names {
            Some(names) => preset.mapping().unwrap().signs_in_table(names),
            None => preset.mapping().unwrap().signs_in_records(&text),
        };
        let found: Vec<&str> =
            PRESETS.iter().filter(|preset| signs(preset).is_some()).map(|preset| preset.name).collect();
        assert_eq!(found, fixture.recognised().into_iter().collect::<Vec<_>>(), "{}", fixture.name);
        let recognised = names.map_or_else(|| recognise_records(&text), |names| recognise_table(&names));
        assert_eq!(recognised.map(|preset| preset.name), fixture.recognised(), "{}", fixture.name);
    }
}

#[test]
fn an_export_is_recognised_by_its_beginning_alone() {
    for fixture in fixtures().iter().filter(|fixture| fixture.preset().is_some() && fixture.bytes.starts_with(b"{")) {
        let text = String::from_utf8(fixture.bytes.clone()).unwrap();
        // the first record may be cut off
        let cut: String = text.chars().take(text.chars().count() * 9 / 10).collect();
        let preset = recognise_records(&cut).map(|preset| preset.name);
        assert!(preset == fixture.recognised() || preset.is_none(), "{}: {preset:?}", fixture.name);
    }
    let export = fs::read_to_string("tests/fixtures/senders/segment-node.json").unwrap();
    let cut = &export[..export.find("Order Completed").unwrap()];
    assert_eq!(recognise_records(cut).unwrap().name, "segment-batch");
}

#[test]
fn events_in_their_own_shape_are_recognised_as_no_export() {
    let event = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"k","timestamp":1795162530120,"value":1,"properties":{"type":"track","messageId":"m"}}"#;
    for text in [
        event.to_owned(),
        format!("[{event},{event}]"),
        format!("{event}\n{event}"),
        String::new(),
        "[".into(),
        "7".into(),
    ] {
        assert_eq!(recognise_records(&text), None, "{text}");
    }
    assert_eq!(recognise_table(&["eventTypeId", "trafficTypeName", "key", "timestamp", "value"]), None);
    assert_eq!(recognise_table::<&str>(&[]), None);
}

#[test]
fn one_record_of_another_system_is_enough_to_recognise_none() {
    let segment = r#"{"type":"track","messageId":"m","event":"a","userId":"u","timestamp":"2026-11-20T08:15:30Z"}"#;
    assert_eq!(recognise_records(segment).unwrap().name, "segment");
    assert_eq!(recognise_records(&format!(r#"{segment}{{"hello":"world"}}"#)), None);
}

/// Returns what is wrong with the events and the report of a fixture.
fn differences(fixture: &Fixture, mapping: Mapping, recognise: Recognise) -> Vec<String> {
    let mut wrong = Vec::new();
    let (mut events, report) = read(fixture, mapping, recognise);
    let expected = &fixture.expected;
    let wanted: Vec<Value> = expected["events"].as_array().unwrap().iter().cloned().map(comparable).collect();
    if expected["partial"] == true {
        events.iter_mut().zip(&wanted).for_each(|(event, wanted)| keep_only(event, wanted));
    }
    if events != wanted {
        let differs = events.iter().zip(&wanted).find(|(event, wanted)| event != wanted);
        wrong.push(format!("{} events of {}: {differs:#?}\n{report:#}", events.len(), wanted.len()));
    }
    let refused = expected["refused"].as_array().unwrap();
    if report["refused"] != refused.len() {
        wrong.push(format!("{} refused, not {}", report["refused"], refused.len()));
    }
    let is_used = recognise == Recognise::Off && fixture.preset().is_some() || fixture.recognised().is_some();
    for name in ["records", "skipped", "preset"] {
        if is_used && report[name] != expected[name] {
            wrong.push(format!("{name} {} not {}", report[name], expected[name]));
        }
    }
    let errors = report["issues"].as_array().unwrap().iter().filter(|issue| issue["severity"] == "error");
    let errors: Vec<&Value> = errors.collect();
    for refused in refused {
        let is_it = |issue: &&Value| refused.as_object().unwrap().iter().all(|(name, value)| issue[name] == *value);
        if !errors.iter().any(is_it) {
            wrong.push(format!("{refused} is not named: {errors:#?}"));
        }
    }
    wrong.iter().map(|text| format!("{}: {text}", fixture.name)).collect()
}

#[test]
fn each_export_becomes_the_events_that_it_has_and_wrong_records_are_named() {
    let fixtures = fixtures();
    let asked = |fixture: &Fixture| if fixture.preset().is_some() { Recognise::Off } else { Recognise::Ask };
    let mapping = |fixture: &Fixture| fixture.preset().map_or_else(Mapping::own, preset);
    let wrong: Vec<_> =
        fixtures.iter().flat_map(|fixture| differences(fixture, mapping(fixture), asked(fixture))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_preset_need_not_be_named() {
    let fixtures = fixtures();
    let wrong: Vec<_> =
        fixtures.iter().flat_map(|fixture| differences(fixture, Mapping::own(), Recognise::Use)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_source_whose_preset_has_to_be_named_is_not_read_and_the_error_names_it() {
    for fixture in fixtures().iter().filter(|fixture| fixture.recognised().is_some()) {
        let (events, report) = read(fixture, Mapping::own(), Recognise::Ask);
        assert_eq!((events.len(), &report["events"]), (0, &0.into()), "{}", fixture.name);
        let issue = &report["issues"][0];
        assert_eq!((&issue["code"], &issue["got"]), (&"preset_not_named".into(), &fixture.expected["preset"]));
    }
}
