//! Runs the examples of docs/MAPPING.md.

use serde_json::Value;
use split_events::map::Mapping;
use split_events::{Batcher, Caps, Format, Intake, Rules};

/// Returns the blocks of a page: what stands behind the three backquotes, and the text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = page.split("```").collect();
    parts.iter().skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect()
}

fn events(mapping: &str, format: Format, input: &str) -> Vec<Value> {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.map(Mapping::parse(mapping).unwrap());
    intake.begin(None, format);
    intake.push(input.as_bytes());
    intake.end();
    assert!(intake.next_batch().is_none());
    let body = intake.last_batch().expect("a batch").body;
    assert_eq!(intake.report().refused, 0, "{:?}", intake.report().issues);
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn every_example_makes_its_events() {
    let page = std::fs::read_to_string("docs/MAPPING.md").unwrap();
    let blocks = blocks(&page);
    let mut examples = 0;
    for at in 0..blocks.len() {
        let ("json mapping", mapping) = blocks[at] else { continue };
        let ((kind, input), ("json events", expected)) = (blocks[at + 1], blocks[at + 2]) else {
            panic!("the mapping {mapping} has no input and events behind it");
        };
        let expected: Vec<Value> = serde_json::from_str(expected).unwrap();
        assert_eq!(events(mapping, Format::named(kind).unwrap(), input), expected, "{mapping}");
        examples += 1;
    }
    assert_eq!(examples, 4);
}

#[test]
fn every_member_of_the_file_is_named() {
    let page = std::fs::read_to_string("docs/MAPPING.md").unwrap();
    for text in [
        "{\"x\":1}",
        "{\"events\":[{\"x\":1}]}",
        "{\"events\":[{\"key\":{\"x\":1}}]}",
        "{\"events\":[{\"timestamp\":{\"x\":1}}]}",
        "{\"events\":[{\"value\":{\"x\":1}}]}",
        "{\"events\":[{\"when\":[{\"x\":1}]}]}",
        "{\"events\":[{\"properties\":{\"x\":1}}]}",
    ] {
        let error = Mapping::parse(text).unwrap_err().text();
        let members = error.split_once(" is none of ").unwrap().1;
        for member in members.split(", ") {
            assert!(page.contains(&format!("`{member}`")), "{member} of {text}");
        }
    }
}
