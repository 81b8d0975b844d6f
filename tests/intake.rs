//! The fast path, in pieces of any size, leaves the same report and batches as the careful path leaves of the whole.

mod common;

use common::{cuts, near_events, reference};
use proptest::prelude::*;
use split_events::{Batcher, Caps, Format, Intake, Rules};

#[allow(clippy::needless_update, reason = "rules that are not varied here keep their defaults")]
fn rules() -> impl Strategy<Value = Rules> {
    any::<[bool; 3]>().prop_map(|[strict, normalize_names, listed]| Rules {
        strict,
        normalize_names,
        traffic_types: listed.then(|| ["user".to_owned()].into()),
        ..Rules::default()
    })
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![3 => Just(Format::Auto), 1 => Just(Format::Json), 1 => Just(Format::Ndjson)]
}

fn caps() -> impl Strategy<Value = Caps> {
    (1_usize..6, prop_oneof![60_usize..400, Just(1_000_000)]).prop_map(|(events, bytes)| Caps { events, bytes })
}

fn program() -> impl Strategy<Value = Vec<u8>> {
    // small bytes stand for clean parts
    proptest::collection::vec(prop_oneof![4 => 0_u8..128, 1 => any::<u8>()], 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_path_leaves_the_same_report_bodies_and_places_as_the_careful_one(
        program in program(), rules in rules(), caps in caps(), format in format(),
    ) {
        let input = near_events::write(&program);
        let fast = cuts::run(&rules, caps, format, &input, &[]);
        let careful = reference::run(&rules, caps, format, &input);
        prop_assert_eq!(fast, careful, "{}", String::from_utf8_lossy(&input));
    }

    #[test]
    fn an_input_is_read_alike_wherever_it_is_cut(
        program in program(), rules in rules(), caps in caps(), format in format(),
        sizes in proptest::collection::vec(0_usize..40, 1..8),
    ) {
        let input = near_events::write(&program);
        let whole = cuts::run(&rules, caps, format, &input, &[]);
        let cut = cuts::run(&rules, caps, format, &input, &sizes);
        prop_assert_eq!(whole, cut, "{}", String::from_utf8_lossy(&input));
    }

    #[test]
    fn a_restarted_intake_leaves_the_same_as_a_new_one(
        before in program(), left_at in proptest::option::of(any::<prop::sample::Index>()), then in program(),
        rules in rules(), caps in caps(), format in format(),
    ) {
        let (before, then) = (near_events::write(&before), near_events::write(&then));
        let mut intake = Intake::new(rules.clone(), Batcher::new(caps, "run".to_owned()));
        let made = if let Some(at) = left_at {
            intake.begin(None, format);
            intake.push(&before[..at.index(before.len() + 1)]);
            intake.next_batch().into_iter().collect()
        } else {
            cuts::through(&mut intake, format, &before, &[]).batches
        };
        intake.restart();
        let mut restarted = cuts::through(&mut intake, format, &then, &[]);
        for batch in &mut restarted.batches {
            batch.number -= made.last().map_or(0, |last| last.number);
            batch.id = format!("run-{}", batch.number);
        }
        prop_assert_eq!(cuts::run(&rules, caps, format, &then, &[]), restarted, "{}", String::from_utf8_lossy(&then));
    }

    #[test]
    fn any_bytes_are_read_the_same_by_both_paths(
        bytes in proptest::collection::vec(any::<u8>(), 0..120), format in format(),
        sizes in proptest::collection::vec(0_usize..20, 1..5),
    ) {
        let rules = Rules::default();
        let careful = reference::run(&rules, Caps::default(), format, &bytes);
        prop_assert_eq!(&careful, &cuts::run(&rules, Caps::default(), format, &bytes, &[]));
        prop_assert_eq!(&careful, &cuts::run(&rules, Caps::default(), format, &bytes, &sizes));
    }
}

#[test]
fn near_events_are_clean_if_the_program_asks_for_no_other_verdict() {
    let run = cuts::run(&Rules::default(), Caps::default(), Format::Auto, &near_events::write(&[0, 0, 0, 2, 0]), &[]);
    assert!(run.report.starts_with(r#"{"events":1,"clean":1,"#), "{}", run.report);
}
