//! Checks an example under its options.

use std::sync::Arc;

use split_events::map::{Mapping, Overlay};
use split_events::{Batcher, Caps, Form, Format, Intake, KeyList, KnownKeys, Order, Recognise, Rules, Unit, Zone};

use crate::examples::{Example, Input};

impl Example {
    /// Returns the intake that has read the example.
    pub fn intake(&self) -> Intake {
        let options: serde_json::Map<String, serde_json::Value> = serde_json::from_str(self.options).unwrap();
        let mut rules = Rules::default();
        let mut caps = Caps::default();
        let mut form = Form { wrappers: true, ..Form::default() };
        let mut columns = Mapping::own();
        let mut recognise = Recognise::Off;
        let (mut order, mut zone) = (None, None);
        for (name, value) in &options {
            match name.as_str() {
                "normalizeNames" => rules.normalize_names = value.as_bool().unwrap(),
                "flatten" => rules.flatten = value.as_bool().unwrap(),
                "trafficTypes" => rules.traffic_types = Some(strings(value).collect()),
                "timestampUnit" => rules.timestamp_unit = value.as_str().and_then(unit),
                "now" => rules.now = value.as_u64(),
                "knownKeys" => rules.known_keys = Some(Arc::new(known(strings(value)))),
                "map" => {
                    for (column, field) in value.as_object().unwrap() {
                        assert!(columns.map(column, field.as_str().unwrap()), "{field}");
                    }
                }
                "mapping" => columns = Mapping::parse(&value.to_string()).unwrap(),
                "separator" => form.separator = value.as_str().and_then(Form::separator_named),
                "preset" => form.wrappers = value != "none",
                "recognise" => {
                    recognise = if value == "use" { Recognise::Use } else { Recognise::Ask };
                }
                "timestampFormat" => {
                    order = Order::WORDS.iter().find(|(_, word)| value == word).map(|&(order, _)| order);
                }
                "timestampZone" => zone = value.as_str().and_then(Zone::parse),
                "maxBytes" => caps.bytes = value.as_u64().unwrap() as usize,
                other => panic!("the examples have no option {other}"),
            }
        }
        let mut intake = Intake::new(rules, Batcher::new(caps, "run".to_owned()));
        let mut overlay = Overlay::default();
        overlay.set_time(order, None, zone);
        intake.map_by(columns, overlay, recognise);
        intake.set_form(form);
        match &self.input {
            Input::Bytes(bytes) => {
                intake.begin(None, Format::Auto);
                for chunk in bytes.chunks(65_536) {
                    intake.push(chunk);
                    while intake.next_batch().is_some() {}
                }
            }
            Input::Object { why, .. } => {
                intake.begin_objects();
                intake.refuse_object(why);
            }
        }
        intake.end();
        while intake.next_batch().is_some() {}
        intake
    }
}

fn strings(value: &serde_json::Value) -> impl Iterator<Item = String> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned())
}

fn known(keys: impl Iterator<Item = String>) -> KnownKeys {
    let mut list = KeyList::new(None, &split_events::Native);
    for key in keys {
        list.add(&key);
    }
    list.finish().unwrap()
}

fn unit(name: &str) -> Option<Unit> {
    match name {
        "s" => Some(Unit::Seconds),
        "ms" => Some(Unit::Milliseconds),
        "us" => Some(Unit::Microseconds),
        "ns" => Some(Unit::Nanoseconds),
        _ => None,
    }
}
