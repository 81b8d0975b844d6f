//! Makes events of records by a mapping: the careful way, and what a mapping says.

#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]

mod apply;
mod cell;
mod cells;
pub mod columns;
mod made;
pub mod mapping;
mod overlay;
mod parse;
pub mod path;
mod presets;
mod recognise;
mod record;
mod suggest;

pub use apply::Planned;
pub use cell::{Cell, Quotes};
pub use columns::{Columns, PROPERTY, Tallies, Target, Twice};
pub use made::{Made, Origin};
pub use mapping::{
    Condition, EventMapping, From, Kind, MAPPED, Mapping, Pairs, Piece, Properties, Scalar, Signs, Source, Test,
};
pub use overlay::Overlay;
pub use parse::MappingError;
pub use path::Path;
pub use presets::{PRESETS, Preset};
pub use recognise::{recognise_records, recognise_table};
pub use record::{Inside, Record, pointer};
pub use suggest::{Choice, Part, Suggester, Suggestion};
