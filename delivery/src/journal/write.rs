//! A change of a store.

/// Which of an import's two stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// The journal of this import or outbox.
    Journal,
    /// The ledger of all imports.
    Ledger,
}

/// A key that is to be set, or removed if it has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The store it is for.
    pub store: StoreKind,
    /// The key.
    pub key: String,
    /// Its value from now on; `None` removes the key.
    pub value: Option<Vec<u8>>,
}
