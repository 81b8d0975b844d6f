//! The checker that is fast: it proves events clean where they lie, or says that it is not sure.
//!
//! It never explains and never repairs. "Not sure" is always allowed; a wrong "clean" never. The
//! scanner looks at every byte once; the templates skip what it has proved before.

#[cfg(test)]
mod bounds;
mod names;
mod proof;
mod prover;
mod quick;
mod run;
mod scanner;
mod template;
mod token;
mod utf8;

pub use proof::{Clean, Join, Notes, Proof, Run, Stop};
pub use prover::Fast;
