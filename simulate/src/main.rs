//! `simulate N [--seed S] [--plant BUG]`: runs N schedules from seed S on, and prints the first that breaks an
//! invariant. `simulate 1 --seed` with its seed repeats it.

mod driver;
mod outbox;
mod plan;
mod schedule;
mod service;
mod store;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use plan::{Bug, Plan};
use schedule::Tally;

const USAGE: &str = "usage: simulate N [--seed S] [--plant retry-unknown|forget-pause|journal-after-fetch]";

fn main() -> ExitCode {
    match arguments() {
        Some((count, seed, bug)) => run(count, seed, bug),
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Option<(u64, u64, Option<Bug>)> {
    let mut words = std::env::args().skip(1);
    let count = words.next()?.parse().ok()?;
    let (mut seed, mut bug) = (1, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seed" => seed = words.next()?.parse().ok()?,
            "--plant" => bug = Some(Bug::named(&words.next()?)?),
            _ => return None,
        }
    }
    Some((count, seed, bug))
}

fn run(count: u64, seed: u64, bug: Option<Bug>) -> ExitCode {
    let next = AtomicU64::new(0);
    let broken = AtomicBool::new(false);
    let first = Mutex::new(None::<(u64, String)>);
    let total = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut tally = Tally::default();
                while !broken.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        break;
                    }
                    let plan = Plan::of(seed + at, bug);
                    if count == 1 {
                        println!("{plan:#?}");
                    }
                    let ended = schedule::run(&plan, &mut tally).and_then(|()| outbox::run(&plan, &mut tally));
                    if let Err(why) = ended {
                        broken.store(true, Ordering::Relaxed);
                        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                        if first.as_ref().is_none_or(|(other, _)| *other > at) {
                            *first = Some((at, why));
                        }
                    }
                }
                total.lock().unwrap_or_else(PoisonError::into_inner).add(&tally);
            });
        }
    });
    if let Some((at, why)) = first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        println!("broken in schedule {}: {why}", at + 1);
        println!("replay: simulate 1 --seed {}", seed + at);
        return ExitCode::FAILURE;
    }
    let total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{count} schedules, no invariant broken: {total}");
    ExitCode::SUCCESS
}
