//! Every code is triggered by its example, and the page of codes agrees with the source.

mod examples;
mod page;
mod run;

use split_events::Code;

#[test]
fn every_code_has_one_example_in_the_order_of_the_table() {
    let named: Vec<Code> = examples::all().iter().map(|example| example.code).collect();
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !named.contains(code)).collect();
    assert!(missing.is_empty(), "tests/codes/examples.rs has no example of {missing:?}");
    assert_eq!(named, Code::ALL);
}

#[test]
fn every_code_is_triggered_by_its_example_and_no_other_is() {
    for example in examples::all() {
        let intake = example.intake();
        let counts = &intake.report().issue_counts;
        let found: Vec<_> = Code::ALL.iter().filter(|&&code| counts.of(code) > 0).collect();
        let expected = match example.code {
            Code::KeyIntegerLarge => vec![&Code::KeyNumber, &Code::KeyIntegerLarge], // which is a number
            ref code => vec![code],
        };
        assert_eq!(found, expected);
        assert_eq!(counts.of(example.code), 1);
    }
}

#[test]
fn docs_codes_md_is_up_to_date() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CODES.md")).unwrap_or_default();
    // without a diff of hundreds of lines
    assert!(kept == page::page(&examples::all()), "docs/CODES.md is out of date: run `npm run codes`");
}
