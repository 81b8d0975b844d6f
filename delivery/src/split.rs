//! How large a body may be, learnt from a service that answers 413.

/// So many answers of 413 with no acceptance between them stop a run: every size is too large, or something between
/// refuses them all.
const REFUSALS_MAX: u32 = 24;
/// After so many acceptances in a row a size that was refused is tried again: the limit may have been lifted.
const FORGET_AFTER: u32 = 32;

/// The largest body to try, in bytes; everything where nothing was ever refused.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// Bodies up to this size are sent.
    limit: Option<usize>,
    /// The smallest body of several events that was refused.
    refused: Option<usize>,
    accepted_in_a_row: u32,
    refused_in_a_row: u32,
}

impl Sizes {
    /// How many of the events whose bodies end at `ends` go into the next body; `start` is where the first begins.
    pub fn fitting(&self, ends: &[usize], start: usize) -> usize {
        let Some(limit) = self.limit else { return ends.len() };
        ends.iter().take_while(|&&end| body_bytes(start, end) <= limit).count().max(1)
    }

    /// A body of so many bytes was accepted.
    pub fn accepted(&mut self, bytes: usize) {
        self.refused_in_a_row = 0;
        let Some(limit) = self.limit else { return };
        self.accepted_in_a_row += 1;
        if self.accepted_in_a_row >= FORGET_AFTER {
            self.refused = None;
            self.accepted_in_a_row = 0;
        }
        // only a body near the limit says anything about it
        if bytes * 2 < limit {
            return;
        }
        self.limit = match self.refused {
            None => limit.checked_mul(2),
            Some(refused) if refused > limit + limit / 10 => Some(limit.midpoint(refused)),
            Some(_) => Some(limit),
        };
    }

    /// A body of so many bytes was answered 413; gives whether there is any use in going on.
    pub fn refused(&mut self, bytes: usize, events: usize) -> bool {
        self.accepted_in_a_row = 0;
        self.refused_in_a_row += 1;
        if events > 1 {
            self.limit = Some(self.limit.unwrap_or(bytes).min(bytes / 2));
            self.refused = Some(self.refused.map_or(bytes, |refused| refused.min(bytes)));
        } else {
            // one event was too large, which says nothing about bodies without it
            self.refused = None;
        }
        self.refused_in_a_row < REFUSALS_MAX
    }
}

/// The bytes of a body whose first event begins at `start` and whose last ends at `end` of the batch's own body.
pub(super) fn body_bytes(start: usize, end: usize) -> usize {
    end - start + 2
}
