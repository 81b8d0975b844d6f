//! What a user may choose about the rules.

use std::sync::Arc;

use crate::host::{Host, Native};
use crate::keys::KnownKeys;
use crate::timestamp::Unit;

/// The choices. By default nothing beyond the service's own rules is asked for.
#[derive(Debug, Clone)]
pub struct Rules {
    /// A repair becomes a refusal.
    pub strict: bool,
    /// Characters that an event type may not have become `_`.
    pub normalize_names: bool,
    /// If given, an event of any other traffic type is refused.
    pub traffic_types: Option<Vec<String>>,
    /// If given, an event with any other key gets a warning.
    pub known_keys: Option<Arc<KnownKeys>>,
    /// How JavaScript writes numbers and lower case.
    pub host: &'static dyn Host,
    /// Nested objects in properties become properties with dotted names.
    pub flatten: bool,
    /// The unit of a timestamp that is a number. If it is not given, the number's magnitude tells.
    pub timestamp_unit: Option<Unit>,
    /// The clock, in Unix milliseconds. If it is not given, no timestamp is too old or ahead.
    pub now: Option<u64>,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            strict: false,
            normalize_names: false,
            traffic_types: None,
            known_keys: None,
            host: &Native,
            flatten: false,
            timestamp_unit: None,
            now: None,
        }
    }
}
