//! The options of the rules.

use std::sync::Arc;

use crate::host::Host;
use crate::keys::KnownKeys;
use crate::native::Native;
use crate::time::Unit;

/// The options of the rules. By default they ask for no more than the service does.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Refuses events that would be repaired.
    pub strict: bool,
    /// Replaces characters that an event type may not have by `_`.
    pub normalize_names: bool,
    /// The traffic types that events may have, if given. Events of others are refused.
    pub traffic_types: Option<Vec<String>>,
    /// The known keys, if given. Events with other keys get a warning.
    pub known_keys: Option<Arc<KnownKeys>>,
    /// The functions that write numbers and lower case as JavaScript does.
    pub host: &'static dyn Host,
    /// Turns nested objects in properties into properties with dotted names.
    pub flatten: bool,
    /// The unit of timestamps that are numbers. If it is not given, the number's magnitude tells.
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
