//! What the user chose, checked up front: a bad value is echoed with what was expected.

use js_sys::{Array, Function, Map, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use super::ecma::{ECMA, text_of};
use crate::delivery::{Meaning, Policy, Retry, Runtime, Statuses};
use crate::rules::{lower_traffic_type, trim_name};
use crate::{Caps, ColumnMap, Rules, Unit};

/// The service's own address.
pub const ENDPOINT: &str = "https://events.split.io/api/events/bulk";
/// After so many milliseconds without an answer a request is given up.
const TIMEOUT: u32 = 30_000;
/// The longest wait that the runtimes' timers take.
const TIMEOUT_MAX: u32 = 2_147_483_647;
/// The longest pause that a service is given, in milliseconds: an hour.
const PAUSE_CAP: u32 = 3_600_000;
/// Most requests in flight at once.
const CONCURRENCY: u32 = 4;
/// The array's brackets and an event of one byte.
const MAX_BYTES_MIN: u32 = 3;

/// An option is wrong. Becomes the package's `ConfigError`.
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
        super::to_js(&error)
    }
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

    /// What `read` makes of the option; nothing where it is not given.
    pub fn value<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&JsValue) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let value = self.get(name);
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        read(&value).map(Some).ok_or_else(|| invalid(name, expected, &value))
    }

    pub fn whole(&self, name: &str, default: u32, least: u32, most: u32) -> Result<u32, ConfigError> {
        let read = |value: &JsValue| {
            let number = value.as_f64()?;
            let whole = number as u32;
            (f64::from(whole) == number && (least..=most).contains(&whole)).then_some(whole)
        };
        let expected = format!("a whole number from {least} to {most}");
        Ok(self.value(name, &expected, read)?.unwrap_or(default))
    }

    pub fn rules(&self) -> Result<Rules, ConfigError> {
        let read = |value: &JsValue| match value.as_string().as_deref() {
            Some("report") => Some(false),
            Some("refuse") => Some(true),
            _ => None,
        };
        let strict = self.value("repair", "\"report\" or \"refuse\"", read)?.unwrap_or(false);
        let names = |value: &JsValue| {
            value.dyn_ref::<js_sys::Array>()?.iter().map(|name| name.as_string()).collect::<Option<Vec<String>>>()
        };
        let sent = |name: String| {
            let trimmed = trim_name(&name);
            lower_traffic_type(trimmed, ECMA).unwrap_or_else(|| trimmed.to_owned())
        };
        let traffic_types = self
            .value("trafficTypes", "an array of strings", names)?
            .map(|names| names.into_iter().map(sent).collect());
        let normalize_names = self.value("normalizeNames", "true or false", JsValue::as_bool)?.unwrap_or(false);
        let flatten = self.value("flatten", "true or false", JsValue::as_bool)?.unwrap_or(false);
        let (timestamp_unit, now) = (self.timestamp_unit()?, self.now()?);
        Ok(Rules { strict, normalize_names, traffic_types, flatten, timestamp_unit, now, known_keys: None, ecma: ECMA })
    }

    fn timestamp_unit(&self) -> Result<Option<Unit>, ConfigError> {
        let read = |value: &JsValue| match value.as_string().as_deref() {
            Some("auto") => Some(None),
            Some("s") => Some(Some(Unit::Seconds)),
            Some("ms") => Some(Some(Unit::Milliseconds)),
            Some("us") => Some(Some(Unit::Microseconds)),
            Some("ns") => Some(Some(Unit::Nanoseconds)),
            _ => None,
        };
        Ok(self.value("timestampUnit", "\"auto\", \"s\", \"ms\", \"us\" or \"ns\"", read)?.flatten())
    }

    /// The clock: the runtime's own unless another is given, or none.
    fn now(&self) -> Result<Option<u64>, ConfigError> {
        let value = self.get("now");
        if value.is_null() || value == JsValue::FALSE {
            return Ok(None);
        }
        if value.is_undefined() {
            return Ok(clock());
        }
        match value.as_f64() {
            Some(now) if now.is_finite() && now > 0.0 => Ok(Some(now as u64)),
            _ => Err(invalid("now", "Unix time in milliseconds, or false", &value)),
        }
    }

    pub fn caps(&self) -> Result<Caps, ConfigError> {
        let default = Caps::default();
        Ok(Caps {
            events: self.whole("maxEvents", default.events as u32, 1, u32::MAX)? as usize,
            bytes: self.whole("maxBytes", default.bytes as u32, MAX_BYTES_MIN, u32::MAX)? as usize,
        })
    }

    pub fn format(&self) -> Result<crate::Format, ConfigError> {
        let read = |value: &JsValue| value.as_string().and_then(|name| crate::Format::named(&name));
        let expected = "\"auto\", \"json\", \"ndjson\", \"csv\" or \"tsv\"";
        Ok(self.value("format", expected, read)?.unwrap_or_default())
    }

    /// Which column of a table is which field.
    pub fn columns(&self) -> Result<ColumnMap, ConfigError> {
        let expected = "an object that gives columns their fields, as { user_id: \"key\" }";
        let map = self.get("map");
        let mut columns = ColumnMap::default();
        if map.is_undefined() || map.is_null() {
            return Ok(columns);
        }
        let entries = match map.dyn_ref::<Map>() {
            Some(map) => Array::from(map),
            None if is_plain(&map) => Object::entries(map.unchecked_ref()),
            None => return Err(invalid("map", expected, &map)),
        };
        for entry in entries {
            let entry: Array = entry.unchecked_into();
            let Some(column) = entry.get(0).as_string() else {
                return Err(invalid("map", expected, &entry.get(0)));
            };
            let field = entry.get(1);
            if !field.as_string().is_some_and(|field| columns.insert(&column, &field)) {
                let name = format!("map[{}]", crate::json::quoted(&column));
                return Err(invalid(
                    &name,
                    "a field of the event, properties.NAME, or - to leave the column out",
                    &field,
                ));
            }
        }
        Ok(columns)
    }

    pub fn timeout(&self) -> Result<f64, ConfigError> {
        Ok(self.whole("timeoutMs", TIMEOUT, 1, TIMEOUT_MAX)?.into())
    }

    /// How a run is delivered that begins at this time of the caller's clock.
    pub fn policy(&self, runtime: Runtime, now: f64) -> Result<Policy, ConfigError> {
        let retry = self.get("retry");
        if !(retry.is_undefined() || retry.is_null() || retry.is_object()) {
            return Err(invalid("retry", "an object as { attempts, baseMs, capMs }", &retry));
        }
        let (usual, retry) = (Retry::default(), Options(&retry));
        let retry = Retry {
            attempts: retry.whole("attempts", usual.attempts, 1, 1000)?,
            base: retry.whole("baseMs", usual.base as u32, 0, TIMEOUT_MAX)?.into(),
            cap: retry.whole("capMs", usual.cap as u32, 0, TIMEOUT_MAX)?.into(),
        };
        let positive = |value: &JsValue| value.as_f64().filter(|number| number.is_finite() && *number > 0.0);
        let number = |value: &JsValue| value.as_f64().filter(|number| number.is_finite());
        let on_unknown = |value: &JsValue| match value.as_string().as_deref() {
            Some("park") => Some(false),
            Some("retry") => Some(true),
            _ => None,
        };
        Ok(Policy {
            runtime,
            concurrency: self.whole("concurrency", CONCURRENCY, 1, 1000)? as usize,
            rate: self.value("rate", "requests a second, more than 0", positive)?,
            retry,
            deadline: self.value("deadlineMs", "milliseconds, more than 0", positive)?.map(|span| now + span),
            retry_unknown: self.value("onUnknown", "\"park\" or \"retry\"", on_unknown)?.unwrap_or(false),
            statuses: self.statuses()?,
            pause_cap: self.whole("pauseCapMs", PAUSE_CAP, 1, TIMEOUT_MAX)?.into(),
            seed: self.value("seed", "a number", number)?.unwrap_or_else(js_sys::Math::random).to_bits(),
        })
    }

    /// What the service's answers mean, by status or by class as `5xx`.
    pub fn statuses(&self) -> Result<Statuses, ConfigError> {
        let mut statuses = Statuses::default();
        let own = self.get("statuses");
        if own.is_undefined() || own.is_null() {
            return Ok(statuses);
        }
        let expected = "an object that gives statuses their meanings, as { 503: \"unknown\", \"5xx\": \"retry\" }";
        if !own.is_object() || Array::is_array(&own) {
            return Err(invalid("statuses", expected, &own));
        }
        let mut exact = Vec::new();
        for entry in Object::entries(own.unchecked_ref()) {
            let entry: Array = entry.unchecked_into();
            let status = entry.get(0).as_string().unwrap_or_default();
            let name = ["statuses[", &crate::json::quoted(&status), "]"].concat();
            let Some(meaning) = entry.get(1).as_string().and_then(|word| Meaning::named(&word)) else {
                let meanings = "\"accepted\", \"refused\", \"retry\", \"pause\" or \"unknown\"";
                return Err(invalid(&name, meanings, &entry.get(1)));
            };
            match status.strip_suffix("xx").unwrap_or(&status).parse::<u16>() {
                Ok(class @ 1..=9) if status.len() == 3 => statuses.set(class * 100..=class * 100 + 99, meaning),
                Ok(code @ 100..=999) => exact.push((code, meaning)),
                _ => return Err(invalid("statuses", expected, &status.into())),
            }
        }
        // one status counts before its class
        for (code, meaning) in exact {
            statuses.set(code..=code, meaning);
        }
        Ok(statuses)
    }

    /// An HTTP address without credentials in it.
    pub fn endpoint(&self) -> Result<String, ConfigError> {
        let expected = "an http or https address";
        let text = self.value("endpoint", expected, JsValue::as_string)?.unwrap_or_else(|| ENDPOINT.to_owned());
        let Ok(url) = web_sys::Url::new(&text) else {
            let message = format!("endpoint must be {expected}, as in {ENDPOINT}"); // not echoed: it may hold a password
            return Err(ConfigError::new("invalid_endpoint", message));
        };
        if !url.username().is_empty() || !url.password().is_empty() {
            let message = "endpoint must not have a user or password in it: the key goes into apiKey".to_owned();
            return Err(ConfigError::new("invalid_endpoint", message));
        }
        if !matches!(url.protocol().as_str(), "http:" | "https:") {
            return Err(invalid("endpoint", expected, &url.protocol().into()));
        }
        Ok(url.href())
    }

    /// The SDK key. It is never echoed.
    pub fn api_key(&self) -> Result<String, ConfigError> {
        let Some(key) = self.get("apiKey").as_string().filter(|key| !key.is_empty()) else {
            return Err(ConfigError::new(
                "missing_api_key",
                "apiKey is missing: give the SDK key of the environment".into(),
            ));
        };
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "apiKey has a space, line break or other character that no key has".to_owned();
            return Err(ConfigError::new("invalid_api_key", message));
        }
        Ok(key)
    }

    pub fn function(&self, name: &str) -> Result<Option<Function>, ConfigError> {
        let value = self.get(name);
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        value.dyn_into().map(Some).map_err(|value| invalid(name, "a function", &value))
    }

    pub fn signal(&self, name: &str) -> Result<Option<AbortSignal>, ConfigError> {
        let value = self.get(name);
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        value.dyn_into().map(Some).map_err(|value| invalid(name, "an AbortSignal", &value))
    }
}

/// The runtime's time, or none where Workers have no request yet: there their clock stands at zero.
pub fn clock() -> Option<u64> {
    Some(js_sys::Date::now() as u64).filter(|&now| now > 0)
}

/// Whether it is an object by itself, of no class that keeps its content elsewhere.
fn is_plain(value: &JsValue) -> bool {
    value.is_object() && {
        let prototype = Object::get_prototype_of(value);
        prototype.is_null() || Object::get_prototype_of(&prototype).is_null()
    }
}

fn invalid(name: &str, expected: &str, value: &JsValue) -> ConfigError {
    let shown = match value.as_string() {
        Some(text) => crate::json::quoted(&text),
        None if value.is_object() => "an object".to_owned(),
        None => text_of(value),
    };
    ConfigError::new("invalid_option", format!("{name} must be {expected}, but is {shown}"))
}
