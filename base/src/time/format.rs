//! What a user says of how times are written.

use super::number::Unit;
use super::zone::Zone;

/// How the times of a source are written. By default nothing of it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeFormat {
    /// The order of day, month and year.
    pub order: Order,
    /// The unit of numbers. If it is not given, their magnitude tells.
    pub unit: Option<Unit>,
    /// The zone of dates that are written without one.
    pub zone: Option<Zone>,
    /// The mapping says how times are written, so that reading them is no repair.
    pub declared: bool,
}

/// The order of day, month and year in dates whose month is a number and whose year does not come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Not known: such dates are refused.
    #[default]
    Auto,
    /// The year comes first, as in `2026-11-20`.
    Iso,
    /// `20/11/2026`.
    Dmy,
    /// `11/20/2026`.
    Mdy,
    /// The year comes first, as in `2026/11/20`.
    Ymd,
    /// Numbers are days since 1899-12-30, as spreadsheets count them.
    Serial,
}

impl Order {
    /// Every order and its word.
    pub const WORDS: [(Order, &str); 6] = [
        (Order::Auto, "auto"),
        (Order::Iso, "iso"),
        (Order::Dmy, "dmy"),
        (Order::Mdy, "mdy"),
        (Order::Ymd, "ymd"),
        (Order::Serial, "serial"),
    ];
}
