//! The checker that is fast: it proves events clean where they lie, or says that it is not sure.
//!
//! It never explains and never repairs. "Not sure" is always allowed; a wrong "clean" never. The
//! scanner looks at every byte once; the templates skip what it has proved before.

#[cfg(test)]
mod bounds;
mod mender;
mod proof;
mod prover;
mod scanner;
mod template;
pub(crate) mod utf8;
pub(crate) mod values;

pub use mender::Mended;
pub use proof::{Clean, Join, Neighbours, Proved, Stop, Unproved};
pub use prover::Fast;
pub(crate) use prover::{Behind, behind_comma, behind_line};
pub use values::Notes;
