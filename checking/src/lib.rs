//! Decides about events: with care, and for clean ones in one pass over their bytes.

#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]

pub mod check;
pub mod map;

use split_events_base::{
    amount, batch, bytes, codes, decimal, event, finding, host, json, keys, lanes, limits, rules, text, time,
};
