//! What the user chose, checked up front: a bad value is echoed with what was expected.

use std::collections::HashSet;

use js_sys::{Function, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use crate::{Caps, Rules};

/// The service's own address.
pub const ENDPOINT: &str = "https://events.split.io/api/events/bulk";
/// After so many milliseconds without an answer a request is given up.
const TIMEOUT: f64 = 30_000.0;
/// The longest wait that the runtimes' timers take.
const TIMEOUT_MAX: f64 = 2_147_483_647.0;
/// Most requests in flight at once.
const CONCURRENCY: f64 = 4.0;
/// The array's brackets and an event of one byte.
const MAX_BYTES_MIN: f64 = 3.0;

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
    fn get(&self, name: &str) -> JsValue {
        if !self.0.is_object() {
            return JsValue::UNDEFINED;
        }
        Reflect::get(self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    fn value<T: DeserializeOwned>(&self, name: &str, expected: &str) -> Result<Option<T>, ConfigError> {
        let value = self.get(name);
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        match serde_wasm_bindgen::from_value(value.clone()) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(invalid(name, expected, &value)),
        }
    }

    fn whole(&self, name: &str, default: f64, least: f64, most: f64) -> Result<f64, ConfigError> {
        let expected = format!("a whole number from {least} to {most}");
        let number = self.value::<f64>(name, &expected)?.unwrap_or(default);
        if number.fract() != 0.0 || !(least..=most).contains(&number) {
            return Err(invalid(name, &expected, &number.into()));
        }
        Ok(number)
    }

    pub fn rules(&self) -> Result<Rules, ConfigError> {
        let strict = match self.value::<String>("repair", "\"report\" or \"refuse\"")?.as_deref() {
            None | Some("report") => false,
            Some("refuse") => true,
            Some(other) => return Err(invalid("repair", "\"report\" or \"refuse\"", &other.into())),
        };
        let traffic_types = self.value::<Vec<String>>("trafficTypes", "an array of strings")?.map(|names| {
            names.iter().map(|name| crate::rules::lower_traffic_type(name).into_owned()).collect::<HashSet<_>>()
        });
        let normalize_names = self.value("normalizeNames", "true or false")?.unwrap_or(false);
        Ok(Rules { strict, normalize_names, traffic_types, known_keys: None })
    }

    pub fn caps(&self) -> Result<Caps, ConfigError> {
        let default = Caps::default();
        let most = f64::from(u32::MAX);
        Ok(Caps {
            events: self.whole("maxEvents", default.events as f64, 1.0, most)? as usize,
            bytes: self.whole("maxBytes", default.bytes as f64, MAX_BYTES_MIN, most)? as usize,
        })
    }

    pub fn format(&self) -> Result<crate::Format, ConfigError> {
        Ok(self.value("format", "\"auto\", \"json\" or \"ndjson\"")?.unwrap_or_default())
    }

    pub fn timeout(&self) -> Result<f64, ConfigError> {
        self.whole("timeout", TIMEOUT, 1.0, TIMEOUT_MAX)
    }

    pub fn concurrency(&self) -> Result<usize, ConfigError> {
        Ok(self.whole("concurrency", CONCURRENCY, 1.0, 1000.0)? as usize)
    }

    /// An HTTP address without credentials in it.
    pub fn endpoint(&self) -> Result<String, ConfigError> {
        let expected = "an http or https address";
        let text = self.value::<String>("endpoint", expected)?.unwrap_or_else(|| ENDPOINT.to_owned());
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

fn invalid(name: &str, expected: &str, value: &JsValue) -> ConfigError {
    let shown = match value.as_string() {
        Some(text) => crate::json::quoted(&text),
        None if value.is_object() => "an object".to_owned(),
        None => format!("{value:?}").trim_start_matches("JsValue(").trim_end_matches(')').to_owned(),
    };
    ConfigError::new("invalid_option", format!("{name} must be {expected}, but is {shown}"))
}
