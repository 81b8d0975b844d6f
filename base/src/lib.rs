//! What checking, mapping and reading stand on: limits, codes, JSON, times, keys, the rules of events, and batches.

#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]

pub mod amount;
pub mod batch;
pub mod bytes;
pub mod codes;
pub mod decimal;
pub mod encoding;
pub mod event;
pub mod finding;
pub mod formula;
pub mod gzip;
pub mod host;
pub mod json;
pub mod keys;
pub mod lanes;
pub mod limits;
pub mod names;
pub mod native;
pub mod objects;
pub mod place;
pub mod rules;
pub mod text;
pub mod time;
pub mod undelivered;
