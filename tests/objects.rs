//! Objects written as JSON: their owner is asked what each `null` was.

use std::cell::RefCell;
use std::rc::Rc;

use split_events::map::Mapping;
use split_events::{Batcher, Caps, Intake, Objects, Report, Rules};

const CLEAN: &str = r#"{"eventTypeId":"a","trafficTypeName":"user","key":"k","timestamp":1700000000000,"value":1}"#;

fn with(rest: &str) -> String {
    CLEAN.replace(r#""value":1"#, rest)
}

/// The questions that were asked.
type Asked = Rc<RefCell<Vec<Vec<u32>>>>;

struct Owner {
    asked: Asked,
    named: Vec<(u32, Result<String, String>)>,
}

impl Objects for Owner {
    fn hiding(&mut self, objects: &[u32]) -> Vec<u32> {
        self.asked.borrow_mut().push(objects.to_vec());
        self.named.iter().map(|(object, _)| *object).filter(|object| objects.contains(object)).collect()
    }

    fn named(&mut self, object: u32) -> Result<String, String> {
        self.named.iter().find(|(named, _)| *named == object).unwrap().1.clone()
    }
}

/// Texts that are written together, and the answers about the objects that are asked for.
type Group = (Vec<String>, Vec<(u32, Result<String, String>)>);

/// Reads groups of objects with their owner's answers. Returns the report and the bodies.
fn read(groups: Vec<Group>, asked: &Asked) -> (Report, String) {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps { events: 4, bytes: 9_999 }, "run".to_owned()));
    let mut bodies = String::new();
    intake.begin_objects();
    for (texts, named) in groups {
        intake.ask(Box::new(Owner { asked: asked.clone(), named }));
        for text in [texts.join(","), ",".to_owned()] {
            intake.push(text.as_bytes());
            while let Some(batch) = intake.next_batch() {
                bodies.push_str(std::str::from_utf8(&batch.body).unwrap());
            }
        }
    }
    intake.end();
    assert_eq!(intake.next_batch(), None);
    bodies.extend(intake.last_batch().map(|batch| String::from_utf8(batch.body).unwrap()));
    (intake.report().clone(), bodies)
}

#[test]
fn only_objects_with_a_null_are_asked_about_and_neighbours_at_once() {
    let asked = Asked::default();
    let texts = [
        CLEAN.to_owned(),
        with(r#""value":null"#),
        CLEAN.replace("\"k\"", "\"null-1\""),
        with(r#""value":1,"properties":null"#),
        with(r#""value":1,"properties":{"a":1,"b":null}"#),
        with(r#""value":1,"environmentName":null"#),
    ];
    let (report, _) = read(vec![(texts.to_vec(), Vec::new()), (texts.to_vec(), Vec::new())], &asked);
    assert_eq!((report.events, report.clean), (12, 12));
    assert_eq!(*asked.borrow(), [[1, 3, 4, 5], [1, 3, 4, 5]]);
}

#[test]
fn no_object_without_a_null_in_its_text_is_asked_about() {
    let asked = Asked::default();
    let unusual = CLEAN.replace("1700000000000", "1700000000");
    let (report, _) = read(vec![(vec![CLEAN.to_owned(), unusual, with(r#""x":1"#)], Vec::new())], &asked);
    assert_eq!((report.clean, report.repaired), (1, 2));
    assert!(asked.borrow().is_empty());
}

#[test]
fn events_that_are_not_clean_are_asked_about_one_by_one() {
    let asked = Asked::default();
    let named = vec![(1, Ok(with(r#""value":1,"x":["NaN"]"#))), (3, Ok(with(r#""value":"NaN""#)))];
    let (report, _) = read(
        vec![(
            vec![with(r#""value":null"#), with(r#""value":1,"x":null"#), CLEAN.to_owned(), with(r#""value":null"#)],
            named,
        )],
        &asked,
    );
    assert_eq!(*asked.borrow(), [[0], [1], [3]]);
    let found: Vec<_> = report.issues.iter().map(|issue| (issue.index, issue.code, &*issue.got)).collect();
    assert!(found.contains(&(Some(1), "unknown_field", r#"["NaN"]"#)), "{found:?}");
    assert!(found.contains(&(Some(3), "value_not_number", r#""NaN""#)), "{found:?}");
}

#[test]
fn an_answer_is_checked_in_place_of_its_object_and_every_event_is_counted_once() {
    let key = |key: &str, rest: &str| with(rest).replace("\"k\"", &format!("\"{key}\""));
    let texts: Vec<_> = (0..9).map(|n| key(&n.to_string(), r#""value":1,"properties":{"a":null}"#)).collect();
    let named = vec![
        (1, Ok(key("1", r#""value":1,"properties":{"a":["NaN"]}"#))),
        (2, Err("a getter threw".to_owned())),
        (7, Ok(key("7", r#""value":"NaN","properties":{"a":null}"#))),
        (8, Ok(key("8", r#""value":1,"properties":{"a":null}"#))),
    ];
    let (report, bodies) = read(vec![(texts.clone(), named.clone()), (texts, named)], &Asked::default());
    assert_eq!((report.events, report.clean, report.repaired, report.refused), (18, 12, 2, 4));
    let found: Vec<_> = report.issues.iter().map(|issue| (issue.index.unwrap(), issue.code)).collect();
    let codes = [(1, "property_not_scalar"), (2, "not_serializable"), (7, "value_not_number")];
    assert_eq!(found, [codes, codes.map(|(index, code)| (index + 9, code))].concat());
    let keys: String = bodies.split("\"key\":\"").skip(1).map(|rest| &rest[..1]).collect();
    assert_eq!(keys, "01345680134568");
}

#[test]
fn an_object_that_a_mapping_makes_several_events_of_is_asked_about_once_a_batch_and_by_its_own_number() {
    let asked = Asked::default();
    let mapping = r#"{"events":[{"each":"/items/*","eventTypeId":{"value":"a"},"trafficTypeName":{"value":"user"},
        "key":{"from":"k"},"timestamp":{"value":1700000000000},"value":{"from":"/items/*/n","default":"NaN"}}]}"#;
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps { events: 1, bytes: 9_999 }, "run".to_owned()));
    intake.map(Mapping::parse(mapping).unwrap());
    intake.begin_objects();
    let named = vec![(1, Ok(r#"{"k":"b","items":[{"n":"NaN"},{"n":7},{"n":8}]}"#.to_owned()))];
    intake.ask(Box::new(Owner { asked: asked.clone(), named }));
    intake.push(br#"{"k":"a","items":[]},{"k":"b","items":[{"n":null},{"n":7},{"n":8}]},{"k":"c","items":[{"n":9}]},"#);
    let mut sent = std::iter::from_fn(|| intake.next_batch()).count();
    intake.end();
    sent += std::iter::from_fn(|| intake.next_batch()).count() + intake.last_batch().iter().len();
    assert_eq!(sent, 3);
    let report = intake.report();
    assert_eq!((report.records(), report.skipped, report.events, report.refused), (3, 1, 4, 1));
    assert_eq!(report.issues[0].code, "value_not_number");
    assert!(asked.borrow().iter().all(|objects| objects == &[1]), "{:?}", asked.borrow());
}
