//! What the fast checker proves clean is clean, and both paths leave the same report and batches.
#![no_main]

use libfuzzer_sys::fuzz_target;
use split_events::{Buffer, Code, Fast, Notes, Proved, Severity, Verdict, check};
use split_events_fuzz::Case;
use split_events_fuzz::common::{cuts, reference};

fuzz_target!(|bytes: &[u8]| {
    let Some(case) = Case::of(bytes) else { return };
    let fast = cuts::run(&case.rules, case.caps, case.format, &case.input, &[]);
    let careful = reference::run(&case.rules, case.caps, case.format, &case.input);
    assert_eq!(fast, careful);
    proofs_hold(&case);
});

/// Asks the fast checker at every `{`, which no reader does.
fn proofs_hold(Case { input, rules, .. }: &Case) {
    let mut buffer = Buffer::default();
    buffer.room(input.len()).copy_from_slice(input);
    let mut fast = Fast::default();
    for start in (0..input.len()).filter(|&at| input[at] == b'{').take(64) {
        let Ok(Proved { end, lines, notes }) = fast.prove(&buffer, start, rules) else { continue };
        let proved = &input[start..end];
        let careful = check(proved, rules);
        assert_eq!(careful.verdict, Verdict::Clean);
        assert!(careful.findings.iter().all(|finding| finding.code.severity() == Severity::Note));
        let noted = |code| careful.findings.iter().any(|finding| finding.code == code);
        assert_eq!(notes.has(Notes::VALUE_MISSING), noted(Code::ValueMissing));
        assert_eq!(notes.has(Notes::LONG_NAME), noted(Code::EventTypeIdLong));
        assert_eq!(notes.has(Notes::COLON), noted(Code::EventTypeIdColon));
        assert_eq!(lines as usize, proved.iter().filter(|&&byte| byte == b'\n').count());
    }
}
