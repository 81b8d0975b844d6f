//! Random mapping files.

use serde_json::{Map, Value, json};
use split_events::DecimalSign;
use split_events::map::{Overlay, PRESETS};
use split_events::{Order, Unit, Zone};

use crate::random::Random;

const NAMES: [&str; 8] = ["a", "b", "plan", "country", "user_id", "name", "Größe", "items"];
const ORDERS: [Order; 5] = [Order::Iso, Order::Dmy, Order::Mdy, Order::Ymd, Order::Serial];
const UNITS: [Unit; 4] = [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds];

/// Returns the file of a preset.
pub fn preset(random: &mut Random) -> Value {
    serde_json::from_str(PRESETS[random.below(PRESETS.len())].json).unwrap()
}

/// Returns a mapping file: most fields have a good source.
pub fn arbitrary(random: &mut Random) -> Value {
    let entries: Vec<Value> = (0..random.pick(&[1, 1, 1, 2])).map(|_| entry(random)).collect();
    let mut mapping = json!({ "events": entries });
    if random.chance(0.1) {
        mapping["records"] = json!(random.pick(&["/batch/*", "/event", "/*"]));
    }
    mapping
}

/// Returns random options that lie over a mapping.
pub fn overlay(sets_traffic_type: bool, random: &mut Random) -> Overlay {
    let mut overlay = Overlay::default();
    if sets_traffic_type {
        assert!(overlay.set("trafficTypeName", "\"user\""));
    }
    if random.chance(0.1) {
        let field = random.pick(&["key", "value", "properties.plan", "properties.n:number", "properties.n:text", "-"]);
        assert!(overlay.map(random.pick(&NAMES), field));
    }
    if random.chance(0.1) {
        assert!(overlay.set("properties.source", random.pick(&["\"web\"", "1", "true"])));
    }
    let order = random.chance(0.15).then(|| random.pick(&ORDERS));
    let unit = random.chance(0.1).then(|| random.pick(&UNITS));
    let zone = random.chance(0.1).then(|| Zone::parse(random.pick(&["UTC", "+02:00", "-05:30"])).unwrap());
    overlay.set_time(order, unit, zone);
    let decimal = random.chance(0.15).then(|| random.pick(&[DecimalSign::Point, DecimalSign::Comma]));
    overlay.set_decimal(decimal);
    overlay
}

/// Returns a path of a part that is mostly for this field alone.
fn path(field: &str, random: &mut Random) -> String {
    let name = match (field, random.below(12)) {
        (_, 0) | ("property" | "when", _) => random.pick(&NAMES),
        ("eventTypeId", _) => "event",
        ("key", _) => random.pick(&["user_id", "anonymous_id"]),
        ("timestamp", _) => random.pick(&["time", "sent_at"]),
        _ => field,
    };
    match random.below(12) {
        0..6 => name.to_owned(),
        6..10 => format!("/{name}"),
        10 => format!("/list/1/{name}"),
        _ => format!("/props/{name}"),
    }
}

fn entry(random: &mut Random) -> Value {
    let mut entry = Map::new();
    for field in ["eventTypeId", "trafficTypeName", "key", "timestamp"] {
        if random.chance(0.97) {
            entry.insert(field.to_owned(), source(field, random));
        }
    }
    for field in ["value", "environmentName"] {
        if random.chance(0.3) {
            entry.insert(field.to_owned(), source(field, random));
        }
    }
    if random.chance(0.8) {
        entry.insert("properties".to_owned(), properties(random));
    }
    if random.chance(0.4) {
        let test = match random.below(5) {
            0 => json!({"exists": random.chance(0.7)}),
            1 => json!({"beginsWith": ["Order", "s"]}),
            2 => json!({"notIn": ["signup", null]}),
            _ => json!({"in": ["track", "page", 1]}),
        };
        let mut condition = test.as_object().unwrap().clone();
        condition.insert("path".to_owned(), path("when", random).into());
        entry.insert("when".to_owned(), json!([condition]));
    }
    if random.chance(0.1) {
        entry.insert("each".to_owned(), "/list/*".into());
    }
    if random.chance(0.1) {
        entry.insert("optional".to_owned(), true.into());
    }
    Value::Object(entry)
}

fn source(field: &str, random: &mut Random) -> Value {
    let constant = match field {
        "eventTypeId" | "property" => json!("signup"),
        "trafficTypeName" => json!("user"),
        "key" => json!("k"),
        "timestamp" => json!(1_763_000_000_000_u64),
        "value" => json!(1.5),
        _ => json!("prod"),
    };
    let mut source = Map::new();
    match random.below(10) {
        0 | 1 if field == "trafficTypeName" => _ = source.insert("value".to_owned(), constant.clone()),
        0 => _ = source.insert("value".to_owned(), constant.clone()),
        1 if !matches!(field, "timestamp" | "value") => {
            _ = source.insert(
                "template".to_owned(),
                format!("{{{}}}.{{{}}}", path(field, random), path(field, random)).into(),
            );
        }
        2 | 3 => _ = source.insert("from".to_owned(), json!([path(field, random), path(field, random)])),
        _ => _ = source.insert("from".to_owned(), path(field, random).into()),
    }
    if random.chance(0.1) && !source.contains_key("value") {
        source.insert("default".to_owned(), constant);
    }
    match field {
        "timestamp" => {
            if random.chance(0.5) {
                source.insert("format".to_owned(), json!(random.pick(&["auto", "iso", "dmy", "mdy", "serial"])));
            }
            if random.chance(0.3) {
                source.insert("zone".to_owned(), json!(random.pick(&["UTC", "+02:00"])));
            }
            if random.chance(0.2) {
                source.insert("unit".to_owned(), json!(random.pick(&["s", "ms", "us", "ns"])));
            }
        }
        "value" => {
            if random.chance(0.5) {
                source.insert("decimal".to_owned(), json!(random.pick(&["point", "comma"])));
            }
        }
        _ => {
            for (name, value) in [
                ("clean", json!(true)),
                ("prefix", json!("app.")),
                ("suffix", json!("-x")),
                ("table", json!({"signup": "Signed Up", "a:b": "ab"})),
                ("type", json!(random.pick(&["text", "number"]))),
            ] {
                if random.chance(if name == "clean" { 0.4 } else { 0.08 }) {
                    source.insert(name.to_owned(), value);
                }
            }
        }
    }
    Value::Object(source)
}

fn properties(random: &mut Random) -> Value {
    let names = |random: &mut Random| json!([random.pick(&NAMES), random.pick(&NAMES)]);
    let mut properties = Map::new();
    if random.chance(0.8) {
        let from = if random.chance(0.9) { json!("/props") } else { json!(["/props", "/list/0"]) };
        properties.insert("from".to_owned(), from);
    }
    for (name, share) in [("rest", 0.15), ("flatten", 0.1)] {
        if random.chance(share) {
            properties.insert(name.to_owned(), true.into());
        }
    }
    for (name, share) in [("keep", 0.1), ("drop", 0.4)] {
        if random.chance(share) {
            properties.insert(name.to_owned(), names(random));
        }
    }
    if random.chance(0.2) {
        properties.insert("rename".to_owned(), json!({random.pick(&NAMES): "renamed"}));
    }
    if random.chance(0.1) {
        properties.insert("types".to_owned(), json!({random.pick(&NAMES): random.pick(&["text", "number"])}));
    }
    if random.chance(0.3) {
        properties.insert("add".to_owned(), json!({random.pick(&["added", "plan"]): source("property", random)}));
    }
    Value::Object(properties)
}
