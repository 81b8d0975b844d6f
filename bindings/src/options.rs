//! Reads the options. The package has checked them and filled in defaults, by its table of options.

use js_sys::{Array, JSON, Map, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

use std::sync::Arc;

use crate::host::{self, text_of};
use split_events::json::quoted;
use split_events::map::{Mapping, Overlay, PRESETS, Preset};
use split_events::text::join;
use split_events::{
    Batcher, Caps, DecimalSign, Encoding, Form, Intake, KnownKeys, Order, Recognise, Rules, Unit, Zone,
};
use split_events::{lower_traffic_type, trim_name};

/// An error in an option, which becomes the package's `ConfigError`.
#[derive(Debug, Serialize)]
pub struct ConfigError {
    code: &'static str,
    message: String,
    config: bool,
}

impl ConfigError {
    pub fn new(code: &'static str, message: String) -> Self {
        ConfigError { code, message, config: true }
    }
}

impl From<ConfigError> for JsValue {
    fn from(error: ConfigError) -> JsValue {
        to_js(&error)
    }
}

/// Converts a value to plain objects and numbers, as `JSON.parse` does.
pub fn to_js(value: &impl Serialize) -> JsValue {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&plain).unwrap_or(JsValue::NULL)
}

/// The options object, read field by field.
pub struct Options<'a>(pub &'a JsValue);

impl Options<'_> {
    pub fn get(&self, name: &str) -> JsValue {
        if !self.0.is_object() {
            return JsValue::UNDEFINED;
        }
        Reflect::get(self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    /// Returns a number, or 0 if it is missing.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or_default()
    }

    pub fn is(&self, name: &str) -> bool {
        self.get(name).is_truthy()
    }

    pub fn word(&self, name: &str) -> String {
        self.get(name).as_string().unwrap_or_default()
    }

    pub fn rules(&self) -> Rules {
        let names = |value: &JsValue| {
            let sent = |name: String| {
                let trimmed = trim_name(&name);
                lower_traffic_type(trimmed, &host::Runtime).unwrap_or_else(|| trimmed.to_owned())
            };
            Some(value.dyn_ref::<Array>()?.iter().filter_map(|name| name.as_string()).map(sent).collect())
        };
        Rules {
            strict: self.word("repair") == "refuse",
            normalize_names: self.is("normalizeNames"),
            traffic_types: names(&self.get("trafficTypes")),
            flatten: self.is("flatten"),
            timestamp_unit: self.unit(),
            now: self.now(),
            known_keys: None,
            host: &host::Runtime,
        }
    }

    fn unit(&self) -> Option<Unit> {
        match &*self.word("timestampUnit") {
            "s" => Some(Unit::Seconds),
            "ms" => Some(Unit::Milliseconds),
            "us" => Some(Unit::Microseconds),
            "ns" => Some(Unit::Nanoseconds),
            _ => None,
        }
    }

    /// Returns the time of the clock that is given, else of the runtime's.
    fn now(&self) -> Option<u64> {
        let value = self.get("now");
        if value.is_undefined() {
            return clock();
        }
        value.as_f64().map(|now| now as u64)
    }

    pub fn caps(&self) -> Caps {
        Caps { events: self.number("maxEvents") as usize, bytes: self.number("maxBytes") as usize }
    }

    /// Returns how the sources are written, as far as the options say it.
    pub fn form(&self) -> Form {
        Form {
            separator: Form::separator_named(&self.word("separator")),
            skip_rows: self.number("skipRows") as u64,
            encoding: Encoding::named(&self.word("encoding")),
            ..Form::default()
        }
    }

    /// Returns what makes events of records, without what single options lay over it: the mapping or the preset that is
    /// given, or events in their own shape.
    pub fn mapping(&self) -> Result<Mapping, ConfigError> {
        if let Some(text) = self.get("mapping").as_string() {
            let mapping = Mapping::parse(&text).map_err(|error| ConfigError::new("invalid_mapping", error.text()))?;
            let exists = |zone: &Zone| zone.exists(&host::Runtime);
            let unknown = mapping.events.iter().position(|event| !event.time.zone.as_ref().is_none_or(exists));
            return unknown.map_or(Ok(mapping), |entry| {
                let message = ["/events/", &entry.to_string(), "/timestamp/zone: there is no such zone"].concat();
                Err(ConfigError::new("invalid_mapping", message))
            });
        }
        match &*self.word("preset") {
            "" | "auto" | "none" => Ok(Mapping::own()),
            name => Preset::named(name).and_then(Preset::mapping).ok_or_else(|| {
                let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
                let message = ["preset: ", &quoted(name), " is none of auto, none, ", &join(&names, ", ")].concat();
                ConfigError::new("unknown_preset", message)
            }),
        }
    }

    /// Returns what single options lay over a mapping.
    fn overlay(&self) -> Result<Overlay, ConfigError> {
        let mut overlay = Overlay::default();
        for (from, field) in self.entries("map") {
            if !field.as_string().is_some_and(|field| overlay.map(&from, &field)) {
                return Err(no_field(&from, &field));
            }
        }
        for (field, value) in self.entries("set") {
            let json = JSON::stringify(&value).ok().and_then(|json| json.as_string()).unwrap_or_default();
            if !overlay.set(&field, &json) {
                let message = ["set[", &*quoted(&field), "] must be a field of the event or properties.NAME"].concat();
                return Err(ConfigError::new("invalid_option", message));
            }
        }
        let order = self.word("timestampFormat");
        let order = Order::WORDS.iter().find(|(_, word)| *word == order).map(|(order, _)| *order);
        let zone = match self.get("timestampZone").as_string() {
            Some(name) => Some(Zone::parse(&name).filter(|zone| zone.exists(&host::Runtime)).ok_or_else(|| {
                let expected =
                    "timestampZone must be UTC, a difference such as +02:00, or a name such as Europe/Berlin";
                ConfigError::new("invalid_option", [expected, ", but is ", &*quoted(&name)].concat())
            })?),
            None => None,
        };
        overlay.set_time(order, self.unit(), zone);
        overlay.set_decimal(match &*self.word("decimal") {
            "point" => Some(DecimalSign::Point),
            "comma" => Some(DecimalSign::Comma),
            _ => None,
        });
        Ok(overlay)
    }

    /// Returns the entries of an option that is an object or a `Map`.
    fn entries(&self, name: &str) -> Vec<(String, JsValue)> {
        let object = self.get(name);
        if !object.is_object() {
            return Vec::new();
        }
        let entries = match object.dyn_ref::<Map>() {
            Some(map) => Array::from(map),
            None => Object::entries(object.unchecked_ref()),
        };
        let entry = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            (entry.get(0).as_string().unwrap_or_default(), entry.get(1))
        };
        entries.iter().map(entry).collect()
    }

    /// Makes the intake of the import with this id.
    pub fn intake(&self, import_id: String, known_keys: Option<Arc<KnownKeys>>) -> Result<Intake, ConfigError> {
        let rules = Rules { known_keys, ..self.rules() };
        let mut intake = Intake::new(rules, Batcher::new(self.caps(), import_id));
        if !cfg!(feature = "tables") {
            return Ok(intake);
        }
        let recognise = match &*self.word("recognise") {
            "use" => Recognise::Use,
            "ask" => Recognise::Ask,
            _ => Recognise::Off,
        };
        intake.map_by(self.mapping()?, self.overlay()?, recognise);
        intake.set_form(self.form());
        Ok(intake)
    }
}

/// Returns the runtime's time, or `None` in a Worker outside of a request, where the clock stands at zero.
pub fn clock() -> Option<u64> {
    Some(js_sys::Date::now() as u64).filter(|&now| now > 0)
}

fn no_field(column: &str, field: &JsValue) -> ConfigError {
    let shown = match field.as_string() {
        Some(text) => quoted(&text),
        None if field.is_object() => "an object".to_owned(),
        None => text_of(field),
    };
    let message = format!(
        "map[{}] must be a field of the event, properties.NAME, or - to leave the column out, but is {shown}",
        quoted(column)
    );
    ConfigError::new("invalid_option", message)
}
