//! Proves by other times of a source in which order they have day and month.

use super::format::Order;
use super::rest::Rest;
use crate::text::is_white_space;

/// What the times that were seen prove: a first number over 12 is a day, a second one over 12 is a day, too.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderProof {
    day_first: bool,
    month_first: bool,
}

impl OrderProof {
    /// Looks at a time of the source. Texts of any other kind prove nothing.
    pub fn see(&mut self, text: &str) {
        let mut rest = Rest(text.trim_start_matches(is_white_space).as_bytes());
        if let Some((first, second)) = rest.pair() {
            self.day_first |= (13..=31).contains(&first) && (1..=12).contains(&second);
            self.month_first |= (1..=12).contains(&first) && (13..=31).contains(&second);
        }
    }

    /// Returns [`Order::Dmy`] or [`Order::Mdy`] if that is proven, and `None` if no time proves it or two contradict
    /// each other.
    pub fn order(&self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(Order::Dmy),
            (false, true) => Some(Order::Mdy),
            _ => None,
        }
    }
}

impl Rest<'_> {
    /// Takes a date whose year comes last. Returns the two numbers before the year.
    fn pair(&mut self) -> Option<(i64, i64)> {
        let (first, _) = self.digits(2)?;
        let between = self.take(b"-/.")?;
        let (second, _) = self.digits(2)?;
        self.take(&[between])?;
        self.number(4)?;
        (!self.0.first().is_some_and(u8::is_ascii_digit)).then_some((first, second))
    }
}
