//! Makes events of records by a mapping.

mod mapping;
mod parse;
mod path;

pub use mapping::{
    Condition, EventMapping, From, Kind, MAPPED, Mapping, Piece, Properties, Scalar, Signs, Source, Test,
};
pub use parse::MappingError;
pub use path::Path;
