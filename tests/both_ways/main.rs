//! The fast way and the careful one make the same of random records of other systems.

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

#[test]
fn both_ways_make_the_same_of_10_000_random_records() {
    let tally = compare::compare(10_000, 1).unwrap_or_else(|found| panic!("{found}"));
    assert!(tally.sent > 3_000 && tally.skipped > 200 && tally.tables > 10, "{tally:?}");
}
