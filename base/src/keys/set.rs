//! A set of fingerprints that grows in place: ten million take at most 96 MB, even while it grows.
//!
//! It is a sorted table: each fingerprint lies at the place computed from its value, or at a later one if smaller
//! fingerprints fill that. A larger table has the same order, so the fingerprints are moved within it and need no second
//! table. WebAssembly never gives memory back.

/// The number of places in one block. A block is never moved.
const BLOCK: usize = 1 << 16;
/// One of this many places lies after the last place that can be computed from a value.
const OVERFLOW: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Set {
    /// The places; 0 is an empty one.
    blocks: Vec<Box<[u64]>>,
    len: usize,
}

impl Set {
    /// Returns the number of fingerprints.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns the memory that the table takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.places() * size_of::<u64>()
    }

    #[inline]
    pub fn contains(&self, print: u64) -> bool {
        if self.blocks.is_empty() {
            return false;
        }
        let mut at = self.wanted(print);
        while at < self.places() {
            let there = self.get(at);
            if there == print {
                return true;
            }
            if there == 0 || there > print {
                return false;
            }
            at += 1;
        }
        false
    }

    /// Adds a fingerprint. Returns true if it is new.
    pub fn insert(&mut self, print: u64) -> bool {
        if self.len * 12 >= self.places() * 11 {
            self.grow();
        }
        let mut at = self.wanted(print);
        loop {
            if at == self.places() {
                self.grow();
                at = self.wanted(print);
                continue;
            }
            let there = self.get(at);
            if there == print {
                return false;
            }
            if there == 0 || there > print {
                break;
            }
            at += 1;
        }
        self.len += 1;
        let mut moved = print;
        while moved != 0 {
            if at == self.places() {
                // all but `moved` have their places
                self.len -= 1;
                self.grow();
                self.insert(moved);
                return true;
            }
            moved = std::mem::replace(self.place(at), moved);
            at += 1;
        }
        true
    }

    fn places(&self) -> usize {
        self.blocks.len() * BLOCK
    }

    /// Returns the place computed from a fingerprint.
    #[inline]
    fn wanted(&self, print: u64) -> usize {
        ((u128::from(print) * (self.places() - self.places() / OVERFLOW) as u128) >> 64) as usize
    }

    #[inline]
    fn get(&self, at: usize) -> u64 {
        self.blocks[at / BLOCK][at % BLOCK]
    }

    #[inline]
    fn place(&mut self, at: usize) -> &mut u64 {
        &mut self.blocks[at / BLOCK][at % BLOCK]
    }

    /// Adds a twelfth of the blocks. Moves all fingerprints to the end, then each to its place: no fingerprint
    /// moves back, because those after it need room, too.
    fn grow(&mut self) {
        let held = self.places();
        let more = (self.blocks.len() / 12).max(1);
        self.blocks.extend((0..more).map(|_| vec![0; BLOCK].into_boxed_slice()));
        let mut end = self.places();
        for at in (0..held).rev() {
            let print = std::mem::take(self.place(at));
            if print != 0 {
                end -= 1;
                *self.place(end) = print;
            }
        }
        let mut free = 0;
        let mut fits = true;
        for at in end..self.places() {
            let print = std::mem::take(self.place(at));
            // if the last ones do not all fit at or after their computed places, they lie before them
            let to = self.wanted(print).max(free);
            fits &= to <= at;
            *self.place(to.min(at)) = print;
            free = to.min(at) + 1;
        }
        if !fits {
            self.grow();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Set;

    fn spread(n: u64) -> u64 {
        n.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1
    }

    #[test]
    fn what_was_put_in_is_in_and_nothing_else_however_often_it_grew() {
        let mut set = Set::default();
        assert!(!set.contains(1));
        for n in 1..=400_000 {
            assert!(set.insert(spread(n * 2)));
        }
        assert!((1..=400_000).all(|n| set.contains(spread(n * 2))));
        assert!((1..=400_000).all(|n| !set.insert(spread(n * 2))));
        assert_eq!((1..=400_000).filter(|n| set.contains(spread(n * 2 + 800_001))).count(), 0);
        assert_eq!(set.len(), 400_000);
    }

    #[test]
    fn a_fingerprint_takes_at_most_10_6_bytes_while_the_set_grows_too() {
        let mut set = Set::default();
        for n in 1..=1_500_000_u64 {
            set.insert(spread(n));
            assert!(n < 600_000 || set.bytes() as u64 * 10 <= n * 106, "{} bytes for {n}", set.bytes());
        }
        assert_eq!(set.len(), 1_500_000);
    }

    #[test]
    fn fingerprints_that_crowd_at_the_end_are_kept() {
        let mut set = Set::default();
        for n in 0..3_000 {
            assert!(set.insert(u64::MAX - n));
        }
        assert!((0..3_000).all(|n| set.contains(u64::MAX - n)));
        assert!(!set.contains(u64::MAX - 3_000));
    }
}
