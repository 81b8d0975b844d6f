//! The items of an input, as the package hands them over.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::text;
use split_events::{Format, Intake, Objects};

/// An item of an input. Bytes and text come as they are, everything else as an object with one of these names.
pub enum Item {
    Bytes(Uint8Array),
    Text(JsString),
    Begin {
        name: Option<String>,
        format: Format,
        live: bool,
    },
    BeginObjects,
    Objects(WrittenObjects),
    RefuseObject(String),
    /// The end of a text that is one of many.
    EndPiece,
    End,
}

#[wasm_bindgen]
extern "C" {
    /// An item that is neither bytes nor text. Each name asked for by `Reflect` would be decoded anew. What users
    /// gave may be of any type.
    type Mark;
    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn format(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn live(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn why(this: &Mark) -> JsValue;
}

impl Item {
    /// Returns the text of one object, or why there is none.
    pub fn into_text(self) -> Result<String, String> {
        match self {
            Item::Text(text) => Ok(text.into()),
            Item::RefuseObject(why) => Err(why),
            _ => Err(String::new()),
        }
    }

    /// Hands the item to the intake. Returns the number of its bytes.
    pub fn put_into(self, intake: &mut Intake) -> u64 {
        match self {
            Item::Bytes(bytes) => {
                bytes.copy_to(intake.room(bytes.length() as usize));
                return u64::from(bytes.length());
            }
            Item::Text(text) => {
                intake.take_text();
                return text::push(&text, intake);
            }
            Item::Begin { name, format, .. } => intake.begin(name, format),
            Item::BeginObjects => intake.begin_objects(),
            Item::Objects(objects) => intake.ask(Box::new(objects)),
            Item::RefuseObject(why) => intake.refuse_object(&why),
            Item::EndPiece => intake.end_piece(),
            Item::End => intake.end(),
        }
        0
    }
}

impl From<JsValue> for Item {
    fn from(item: JsValue) -> Self {
        let item = match item.dyn_into::<Uint8Array>() {
            Ok(bytes) => return Item::Bytes(bytes),
            Err(item) if item.is_string() => return Item::Text(item.unchecked_into()),
            Err(item) => item,
        };
        let mark: Mark = item.unchecked_into();
        match mark.kind().as_string().as_deref() {
            Some("begin") => Item::Begin {
                name: mark.name().as_string(),
                format: mark.format().as_string().and_then(|name| Format::named(&name)).unwrap_or_default(),
                live: mark.live().is_truthy(),
            },
            Some("beginObjects") => Item::BeginObjects,
            Some("objects") => Item::Objects(WrittenObjects(mark.unchecked_into())),
            Some("refuseObject") => Item::RefuseObject(mark.why().as_string().unwrap_or_default()),
            Some("endPiece") => Item::EndPiece,
            _ => Item::End,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// The methods of an item of the type `objects`, which never throw.
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
