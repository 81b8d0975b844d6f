//! Traffic types and environments with white space or characters of no width, around and inside.

use split_events::{Batcher, Buffer, Caps, Code, Fast, Format, Intake, Rules, Verdict, check};

use super::{clean, codes, event, refused, repaired, repaired_under, told};

/// All characters that are trimmed: those that ECMAScript trims, and those of no width.
const BLANK: &str = "\u{9}\u{b}\u{c}\u{a}\u{d} \u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}\u{200b}\u{200c}\u{200d}\u{2060}";

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

const NAMES: [(&str, [Code; 3]); 2] = [
    ("trafficTypeName", [Code::TrafficTypeNameTrimmed, Code::TrafficTypeNameEmpty, Code::TrafficTypeNameSpace]),
    ("environmentName", [Code::EnvironmentNameTrimmed, Code::EnvironmentNameEmpty, Code::EnvironmentNameSpace]),
];

#[test]
fn a_name_is_trimmed_of_white_space_and_characters_of_no_width() {
    for (field, [trimmed, ..]) in NAMES {
        for blank in BLANK.chars() {
            repaired(field, &quoted(&format!("{blank}prod")), r#""prod""#, &[trimmed]);
            repaired(field, &quoted(&format!("prod{blank}{blank}")), r#""prod""#, &[trimmed]);
        }
        repaired(field, &quoted(&format!("{BLANK}prod{BLANK}")), r#""prod""#, &[trimmed]);
    }
}

#[test]
fn a_name_that_is_empty_after_trimming_is_refused() {
    for (field, [_, empty, _]) in NAMES {
        for text in ["", " ", "   ", "\u{200b}", BLANK] {
            refused(field, &quoted(text), empty);
        }
    }
}

#[test]
fn white_space_inside_of_a_name_gets_a_warning_and_is_sent() {
    for (field, [.., space]) in NAMES {
        for blank in BLANK.chars() {
            told(&[(field, &quoted(&format!("pro{blank}d")))], &[space]);
        }
        for other in ["p-r_o.d:1", "ünit", "\u{85}", "\u{ad}", "a\u{200e}b"] {
            clean(&[(field, &quoted(other))]);
        }
    }
}

#[test]
fn a_name_may_be_trimmed_and_lowered_and_get_a_warning() {
    use Code::{EnvironmentNameSpace, EnvironmentNameTrimmed};
    use Code::{TrafficTypeNameLowercased, TrafficTypeNameSpace, TrafficTypeNameTrimmed};
    let both = [TrafficTypeNameLowercased, TrafficTypeNameTrimmed];
    repaired("trafficTypeName", r#"" User ""#, r#""user""#, &both);
    let all = [TrafficTypeNameLowercased, TrafficTypeNameTrimmed, TrafficTypeNameSpace];
    repaired("trafficTypeName", r#"" Us er""#, r#""us er""#, &all);
    repaired("environmentName", r#""My Prod ""#, r#""My Prod""#, &[EnvironmentNameSpace, EnvironmentNameTrimmed]);
}

#[test]
fn a_traffic_type_is_looked_up_in_the_users_list_as_it_is_sent() {
    let rules = Rules { traffic_types: Some(vec!["user".to_owned()]), ..Rules::default() };
    let both = [Code::TrafficTypeNameLowercased, Code::TrafficTypeNameTrimmed];
    repaired_under(&rules, "trafficTypeName", "\"\u{200b}USER \"", r#""user""#, &both);
    let (verdict, codes) = codes(&event(&[("trafficTypeName", r#""us er""#)]), &rules);
    assert_eq!((verdict, codes), (Verdict::Refused, vec![Code::TrafficTypeNameUnknown]));
}

#[test]
fn no_name_with_an_issue_is_proved_clean_even_if_it_was_seen_before() {
    for field in ["trafficTypeName", "environmentName"] {
        let mut fast = Fast::default();
        let mut proved = |text: &str| {
            let record = event(&[(field, text)]);
            let mut buffer = Buffer::default();
            buffer.room(record.len()).copy_from_slice(record.as_bytes());
            fast.prove(&buffer, 0, &Rules::default()).is_ok()
        };
        for _ in 0..3 {
            assert!(proved(r#""prod""#));
            for text in [r#""prod ""#, r#""pro d""#, "\"\u{2060}prod\"", r#""pr\u200bod""#, r#"" ""#, r#""""#] {
                assert!(!proved(text), "{field}: {text}");
            }
        }
    }
}

#[test]
fn traffic_types_with_white_space_are_trimmed_refused_or_get_a_warning_in_a_file() {
    let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".to_owned()));
    intake.begin(None, Format::Auto);
    for name in [" user", "user ", "   ", "us er"] {
        intake.push(format!("{}\n", event(&[("trafficTypeName", &quoted(name))])).as_bytes());
    }
    intake.end();
    while intake.next_batch().is_some() {}
    let report = intake.report();
    assert_eq!((report.events, report.repaired, report.refused, report.clean), (4, 2, 1, 1));
    assert_eq!(report.issue_counts.of(Code::TrafficTypeNameTrimmed), 2);
    assert_eq!(report.issue_counts.of(Code::TrafficTypeNameEmpty), 1);
    assert_eq!(report.issue_counts.of(Code::TrafficTypeNameSpace), 1);
}

#[test]
fn a_null_or_missing_environment_has_no_issue() {
    clean(&[("environmentName", "null")]);
    assert_eq!(check(event(&[]).as_bytes(), &Rules::default()).verdict, Verdict::Clean);
}
