//! Objects of JavaScript's, as long as their texts are read.

use wasm_bindgen::prelude::*;

use crate::api::Item;
use split_events::Objects;

#[wasm_bindgen]
extern "C" {
    /// What an item of the type `objects` can do; neither throws.
    pub type ObjectsItem;
    #[wasm_bindgen(method)]
    fn hiding(this: &ObjectsItem, objects: &[u32]) -> Vec<u32>;
    #[wasm_bindgen(method)]
    fn named(this: &ObjectsItem, object: u32) -> JsValue;
}

pub struct WrittenObjects(pub ObjectsItem);

impl Objects for WrittenObjects {
    fn hiding(&mut self, objects: &[u32]) -> Vec<u32> {
        self.0.hiding(objects)
    }

    fn named(&mut self, object: u32) -> Result<String, String> {
        Item::from(self.0.named(object)).into_text()
    }
}
