//! Does the work of an `Intake` with the reader, the careful checker and the batcher alone. With the fast checker the
//! result must be the same.

use split_events::{
    Batcher, Caps, Checked, Code, Context, Fault, Finding, Format, Frame, Place, Reader, Report, Rules, Verdict,
    check_made,
};

use super::cuts::Run;

/// Reads the whole input at once.
pub fn run(rules: &Rules, caps: Caps, format: Format, bytes: &[u8]) -> Run {
    let mut source = Reader::new(format);
    let mut filling = Batcher::new(caps, "run".to_owned());
    let mut report = Report::new(rules.strict, rules.known_keys.clone());
    let mut batches = Vec::new();
    source.push(bytes);
    source.end();
    while let Some(frame) = source.next_frame() {
        let place = |line, offset| Place { index: report.events, source: 0, text: Some((line, offset)) };
        match frame.clone() {
            Frame::Trouble(Fault { code, line, offset, got }) => report.trouble(code, line, offset, &got, None),
            Frame::Refused(Fault { code, line, offset, got }) => {
                let context = Context { place: place(line, offset), record: got.as_bytes(), origins: &[], file: None };
                report.add_unread(&[Finding::of_record(code, &got)], context);
            }
            Frame::Wrapped(Fault { code, line, offset, got }, member) => {
                let context = Context { place: place(line, offset), record: got.as_bytes(), origins: &[], file: None };
                let finding = Finding { path: member.into(), ..Finding::of_record(code, &got) };
                report.add_unread(&[finding], context);
            }
            Frame::Broken { code, span, line, offset, at } => {
                let row = &source.bytes()[span];
                let text = String::from_utf8_lossy(&row[at..]).into_owned();
                let mut finding = Finding::of_record(code, text.lines().next().unwrap_or_default());
                finding.at = at;
                let context = Context { place: place(line, offset), record: row, origins: &[], file: None };
                report.add_unread(&[finding], context);
            }
            Frame::Clean { .. } => panic!("nobody proves anything"),
            Frame::Record { line, offset, .. } | Frame::Made { line, offset } => {
                let (record, origins, found) = match (&frame, source.made()) {
                    (Frame::Record { span, .. }, _) => (&source.bytes()[span.clone()], &[][..], &[][..]),
                    (_, Some(made)) => (made.text.data(), &made.origins[..], &made.findings[..]),
                    (_, None) => panic!("nothing was made"),
                };
                let place = place(line, offset);
                let Checked { mut verdict, mut findings, subject } = check_made(record, found.to_vec(), rules);
                let sent = match &verdict {
                    Verdict::Repaired(text) => text.as_bytes(),
                    _ => record,
                };
                if verdict != Verdict::Refused && !filling.fits(sent.len()) {
                    findings.push(Finding::of_record(Code::EventOverMaxBytes, &String::from_utf8_lossy(record)));
                    verdict = Verdict::Refused;
                }
                if let Some(subject) = subject.filter(|_| verdict != Verdict::Refused) {
                    report.add_key(&subject.key, &subject.traffic_type, rules.host);
                }
                report.add(&verdict, &findings, Context { place, record, origins, file: None });
                match &verdict {
                    Verdict::Refused => {}
                    Verdict::Repaired(text) => batches.extend(filling.add(text.as_bytes(), place, &[])),
                    Verdict::Clean => batches.extend(filling.add(record, place, &[])),
                }
            }
        }
    }
    batches.extend(filling.take(&[]));
    Run::of(&report, batches)
}
