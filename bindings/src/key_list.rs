//! Reads a list of keys.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use crate::host;
use crate::keys::RawKnownKeys;
use crate::options::ConfigError;
use split_events::{KeyList, KeyListError};

/// A list of keys that is read into `RawKnownKeys`.
#[wasm_bindgen]
pub struct RawKeyList(KeyList);

#[wasm_bindgen]
impl RawKeyList {
    #[wasm_bindgen(constructor)]
    pub fn new(column: Option<String>) -> RawKeyList {
        RawKeyList(KeyList::new(column, &host::Runtime))
    }

    pub fn add(&mut self, key: &str) {
        self.0.add(key);
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.push(bytes).map_err(ConfigError::from)?)
    }

    /// Returns the keys, and frees the list.
    pub fn finish(self) -> Result<RawKnownKeys, JsValue> {
        Ok(RawKnownKeys(Arc::new(self.0.finish().map_err(ConfigError::from)?)))
    }
}

impl From<KeyListError> for ConfigError {
    fn from(error: KeyListError) -> Self {
        ConfigError::new(error.code, error.message)
    }
}
