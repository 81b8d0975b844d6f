//! Writes to the stores of JavaScript: `put`, `delete` and `sync` of keys and bytes.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::options::Options;
use split_events_delivery::journal::{StoreKind, Write};

/// A store as the package's `Store` describes it.
struct Store {
    object: JsValue,
    put: Function,
    delete: Function,
    sync: Function,
}

/// The stores of an import or an outbox. Each may be missing.
pub struct Stores {
    journal: Option<Store>,
    ledger: Option<Store>,
}

impl Stores {
    pub fn new(options: &Options) -> Self {
        Stores { journal: store(&options.get("journal")), ledger: store(&options.get("ledger")) }
    }

    pub fn has_journal(&self) -> bool {
        self.journal.is_some()
    }

    /// Hands the writes to the stores. They are durable after the next [`Stores::sync`].
    pub fn write(&self, writes: Vec<Write>) -> Result<(), JsValue> {
        for Write { store, key, value } in writes {
            let store = match store {
                StoreKind::Journal => &self.journal,
                StoreKind::Ledger => &self.ledger,
            };
            let Some(Store { object, put, delete, .. }) = store else { continue };
            match value {
                Some(value) => put.call2(object, &key.into(), &Uint8Array::from(&*value))?,
                None => delete.call1(object, &key.into())?,
            };
        }
        Ok(())
    }

    /// Waits until all that was written is durable. Fails with the store's reason.
    pub async fn sync(&self) -> Result<(), String> {
        for Store { object, sync, .. } in [&self.journal, &self.ledger].into_iter().flatten() {
            let promise = sync.call0(object).map_err(|error| why(&error))?;
            JsFuture::from(Promise::resolve(&promise)).await.map_err(|error| why(&error))?;
        }
        Ok(())
    }
}

pub fn why(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| "for a reason that cannot be shown".to_owned())
}

fn store(store: &JsValue) -> Option<Store> {
    let method = |name: &str| Reflect::get(store, &name.into()).ok()?.dyn_into::<Function>().ok();
    Some(Store { object: store.clone(), put: method("put")?, delete: method("delete")?, sync: method("sync")? })
}
