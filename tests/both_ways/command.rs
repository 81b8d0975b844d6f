//! `npm run both-ways -- RECORDS [SEED]` compares the fast way with the careful one on more records than the test does.

#[path = "../common/compared.rs"]
mod compared;
#[path = "../common/cuts.rs"]
#[expect(dead_code, reason = "records are read through an intake of their own")]
mod cuts;

mod compare;
mod mappings;
mod random;
mod shapes;
mod tables;
mod values;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (Ok(records), Ok(seed)) = (arguments.next().unwrap_or(Ok(1_000_000)), arguments.next().unwrap_or(Ok(1))) else {
        eprintln!("usage: npm run both-ways -- [RECORDS [SEED]]");
        return ExitCode::from(2);
    };
    match compare::compare(records, seed) {
        Ok(compare::Tally { records, events, sent, skipped, .. }) => {
            println!("{records} random records, seed {seed}: {events} events, {sent} sent, {skipped} records skipped");
            println!("the fast way and the careful one made the same of each");
            ExitCode::SUCCESS
        }
        Err(found) => {
            println!("seed {seed}, {found}");
            ExitCode::FAILURE
        }
    }
}
