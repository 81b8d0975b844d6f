//! Reads the options. The package has checked them and filled in defaults, by its table of options.

use js_sys::{Array, Function, Map, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use std::sync::Arc;

use crate::host::{self, text_of};
use split_events::{Batcher, Caps, ColumnMap, Intake, KnownKeys, Rules, Unit};
use split_events::{lower_traffic_type, trim_name};
use split_events_delivery::{Handling, Policy, Retry, Runtime, Statuses};

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
            timestamp_unit: match &*self.word("timestampUnit") {
                "s" => Some(Unit::Seconds),
                "ms" => Some(Unit::Milliseconds),
                "us" => Some(Unit::Microseconds),
                "ns" => Some(Unit::Nanoseconds),
                _ => None,
            },
            now: self.now(),
            known_keys: None,
            host: &host::Runtime,
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

    /// Returns the columns of a table that are fields, if the user has named them.
    pub fn columns(&self) -> Result<Option<ColumnMap>, ConfigError> {
        let map = self.get("map");
        if !map.is_object() {
            return Ok(None);
        }
        let mut columns = ColumnMap::default();
        let entries = match map.dyn_ref::<Map>() {
            Some(map) => Array::from(map),
            None => Object::entries(map.unchecked_ref()),
        };
        for entry in entries {
            let entry: Array = entry.unchecked_into();
            let (column, field) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
            if !field.as_string().is_some_and(|field| columns.insert(&column, &field)) {
                return Err(no_field(&column, &field));
            }
        }
        Ok(Some(columns))
    }

    /// Makes the intake of the import with this id.
    pub fn intake(&self, import_id: String, known_keys: Option<Arc<KnownKeys>>) -> Result<Intake, ConfigError> {
        let rules = Rules { known_keys, ..self.rules() };
        let mut intake = Intake::new(rules, Batcher::new(self.caps(), import_id));
        if let Some(columns) = self.columns()? {
            intake.map_columns(columns);
        }
        Ok(intake)
    }

    /// Returns the policy of a delivery that begins at this time of the caller's clock.
    pub fn policy(&self, runtime: Runtime, now: f64) -> Policy {
        let retry = self.get("retry");
        let retry = Options(&retry);
        let given = |name| self.get(name).as_f64();
        Policy {
            runtime,
            concurrency: self.number("concurrency") as usize,
            rate: given("rate"),
            retry: Retry {
                attempts: retry.number("attempts") as u32,
                base: retry.number("baseMs"),
                cap: retry.number("capMs"),
            },
            deadline: given("deadlineMs").map(|span| now + span),
            retry_unknown: self.word("onUnknown") == "retry",
            statuses: self.statuses(),
            pause_cap: self.number("pauseCapMs"),
            seed: given("seed").unwrap_or_else(js_sys::Math::random).to_bits(),
        }
    }

    /// Returns how to handle the service's answers, by status or by class such as `5xx`.
    pub fn statuses(&self) -> Statuses {
        let mut statuses = Statuses::default();
        let own = self.get("statuses");
        if !own.is_object() {
            return statuses;
        }
        let mut exact = Vec::new();
        for entry in Object::entries(own.unchecked_ref()) {
            let entry: Array = entry.unchecked_into();
            let status = entry.get(0).as_string().unwrap_or_default();
            let Some(handling) = entry.get(1).as_string().and_then(|word| Handling::named(&word)) else { continue };
            match (status.strip_suffix("xx").unwrap_or(&status).parse::<u16>(), status.len()) {
                (Ok(class @ 1..=9), 3) => statuses.set(class * 100..=class * 100 + 99, handling),
                (Ok(code @ 100..=999), _) => exact.push((code, handling)),
                _ => {}
            }
        }
        // one status counts before its class
        for (code, handling) in exact {
            statuses.set(code..=code, handling);
        }
        statuses
    }

    pub fn function(&self, name: &str) -> Option<Function> {
        self.get(name).dyn_into().ok()
    }

    pub fn signal(&self, name: &str) -> Option<AbortSignal> {
        self.get(name).dyn_into().ok()
    }
}

/// Returns the runtime's time, or `None` in a Worker outside of a request, where the clock stands at zero.
pub fn clock() -> Option<u64> {
    Some(js_sys::Date::now() as u64).filter(|&now| now > 0)
}

fn no_field(column: &str, field: &JsValue) -> ConfigError {
    let shown = match field.as_string() {
        Some(text) => split_events::json::quoted(&text),
        None if field.is_object() => "an object".to_owned(),
        None => text_of(field),
    };
    let message = format!(
        "map[{}] must be a field of the event, properties.NAME, or - to leave the column out, but is {shown}",
        split_events::json::quoted(column)
    );
    ConfigError::new("invalid_option", message)
}
