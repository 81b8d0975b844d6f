//! The rules: for each field, what the service takes and what can be repaired.
//!
//! A rule looks at one parsed field, writes what it finds into [`Findings`](crate::finding::Findings), and returns what
//! to send. The reference is the official SDK's own validators (`splitio-commons`, `utils/inputValidation`) and
//! the service's page "Sending event data".

mod dispatch;
mod environment;
mod event_type;
mod field;
mod kept;
mod key;
mod key_doubt;
mod names;
mod properties;
#[expect(clippy::module_inception, reason = "the choices have no better name")]
mod rules;
mod timestamp;
mod traffic_type;
mod value;

pub use event_type::normalize;
pub use field::{Field, trim_name};
pub use kept::{doubtful_lengths, keeps_environment_name, keeps_event_type};
pub use key_doubt::doubt;
pub use names::{duplicates, name_bit};
pub use rules::Rules;
pub use traffic_type::lower_traffic_type;
pub use value::{NumberText, number_text};
