//! A text is JSON if serde_json takes it, and a repair changes only what it reports.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use split_events::{Code, Finding, Rules, Severity, Verdict, check};
use split_events_fuzz::Case;

fuzz_target!(|bytes: &[u8]| {
    let Some(Case { input, rules, .. }) = Case::of(bytes) else { return };
    // the name by which serde_json marks a number inside a Value
    if input.windows(12).any(|word| word == b"$serde_json:") {
        return;
    }
    let checked = check(&input, &rules);
    let found = |code| checked.findings.iter().any(|finding| finding.code == code);
    let not_utf8 = std::str::from_utf8(&input).is_err();
    assert!(not_utf8 || !found(Code::NotUtf8));
    // a character that breaks off, and half of a surrogate pair in bytes, have codes of their own
    assert!(!not_utf8 || [Code::NotUtf8, Code::RecordCutOff, Code::LoneSurrogate].into_iter().any(found));
    if not_utf8 || found(Code::TooDeep) {
        assert_eq!(checked.verdict, Verdict::Refused);
        return;
    }
    let theirs = serde_json::from_slice::<Value>(&input);
    // a lone surrogate is JSON by the grammar, but no text: neither of the two takes it
    let refused = found(Code::NotJson) || found(Code::RecordCutOff) || found(Code::LoneSurrogate);
    assert_eq!(!refused, theirs.is_ok(), "{:?} {theirs:?}", checked.findings);
    if let (Ok(before), Verdict::Repaired(sent)) = (theirs, &checked.verdict) {
        let after: Value = serde_json::from_str(sent).expect("what is sent is JSON");
        only_what_is_reported(&before, &after, &checked.findings);
        let again = check(sent.as_bytes(), &Rules { strict: true, ..rules });
        assert_eq!(again.verdict, Verdict::Clean, "{sent}");
    }
});

fn only_what_is_reported(before: &Value, after: &Value, findings: &[Finding]) {
    let repairs: Vec<&Finding> =
        findings.iter().filter(|finding| finding.code.severity() == Severity::Repair).collect();
    let repaired = |path: &str| repairs.iter().any(|finding| finding.path == path);
    let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
    assert!(after.keys().all(|name| before.contains_key(name)));
    for (name, value) in before {
        match after.get(name) {
            Some(sent) if sent == value => {}
            Some(Value::Object(sent)) if name == "properties" => {
                let given = value.as_object().unwrap();
                assert_eq!(given.len(), sent.len());
                for (name, value) in given {
                    let kept = &sent[name] == value;
                    assert!(kept || (sent[name].is_null() && repaired(&format!("properties.{name}"))), "{name}");
                }
            }
            _ => assert!(repaired(name), "{name}"),
        }
    }
}
