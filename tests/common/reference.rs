//! Does the work of an `Intake` with the reader, the careful checker and the batcher alone. With the fast checker the
//! result must be the same.

use split_events::map::{Cell, EventMapping, Made, Record};
use split_events::{
    Batcher, Caps, Checked, Code, Context, Fault, Finding, Format, Frame, Mapped, Place, Reader, Report, Rules,
    Verdict, check_made,
};

use super::cuts::Run;

/// Reads the whole input at once.
pub fn run(rules: &Rules, caps: Caps, format: Format, bytes: &[u8]) -> Run {
    let mut reader = Reader::new(format);
    let entry = EventMapping::own();
    let mut filling = Batcher::new(caps, "run".to_owned());
    let mut report = Report::new(rules.strict, rules.known_keys.clone());
    let mut batches = Vec::new();
    reader.push(bytes);
    reader.end();
    while let Some(frame) = reader.next_frame() {
        let place = |line, offset| Place { index: report.events, source: 0, text: Some((line, offset)) };
        match frame.clone() {
            Frame::Trouble(Fault { code, line, offset, got }) => report.trouble(code, line, offset, &got, None),
            Frame::Refused(Fault { code, line, offset, got }) => {
                let context = Context {
                    place: place(line, offset),
                    record: got.as_bytes(),
                    mapped: None,
                    encoding: split_events::Encoding::Utf8,
                    file: None,
                };
                report.add_unread(&[Finding::of_record(code, &got)], context);
            }
            Frame::Wrapped(Fault { code, line, offset, got }, member) => {
                let context = Context {
                    place: place(line, offset),
                    record: got.as_bytes(),
                    mapped: None,
                    encoding: split_events::Encoding::Utf8,
                    file: None,
                };
                let finding = Finding { path: member.into(), ..Finding::of_record(code, &got) };
                report.add_unread(&[finding], context);
            }
            Frame::Broken { code, span, line, offset, at } => {
                let row = &reader.bytes()[span];
                let text = String::from_utf8_lossy(&row[at..]).into_owned();
                let mut finding = Finding::of_record(code, text.lines().next().unwrap_or_default());
                finding.at = at;
                let context = Context {
                    place: place(line, offset),
                    record: row,
                    mapped: None,
                    encoding: split_events::Encoding::Utf8,
                    file: None,
                };
                report.add_unread(&[finding], context);
            }
            Frame::Clean { .. } => panic!("nobody proves anything"),
            Frame::Record { span, line, offset } | Frame::Row { span, line, offset } => {
                let bytes = reader.bytes()[span].to_vec();
                let source = String::from_utf8_lossy(&bytes).into_owned();
                let mut made = Made::default();
                let row = if let Frame::Row { .. } = frame {
                    Some(make(&mut reader, &source, rules, &mut made))
                } else {
                    None
                };
                let mapped = row.as_ref().map(|(names, cells)| Mapped {
                    source: &source,
                    origins: &made.origins,
                    number: None,
                    entry: &entry,
                    columns: Some((names, cells)),
                });
                let record = if row.is_some() { made.text.data() } else { &bytes };
                let found = &made.findings;
                let place = place(line, offset);
                let Checked { mut verdict, mut findings, subject } = check_made(record, found.clone(), rules);
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
                report.add(
                    &verdict,
                    &findings,
                    Context { place, record, mapped, encoding: split_events::Encoding::Utf8, file: None },
                );
                match &verdict {
                    Verdict::Refused => {}
                    Verdict::Repaired(text) => batches.extend(filling.add(text.as_bytes(), place, &[])),
                    Verdict::Clean => batches.extend(filling.add(record, place, &[])),
                }
            }
        }
    }
    batches.extend(filling.take(&[]));
    report.say_key_hint();
    Run::of(&report, batches)
}

/// Makes the event of the row that was read last. Returns the names of its columns and its cells.
fn make(reader: &mut Reader, text: &str, rules: &Rules, made: &mut Made) -> (Vec<String>, Vec<Cell>) {
    let (cells, columns, found, tallies) = reader.row_record().unwrap();
    let texts: Vec<_> =
        columns.inside.iter().filter_map(|&column| Some((column, cells.get(column)?.text(text)))).collect();
    let inside = Record::inside_of(&texts);
    let record = Record::Row { text, cells, inside: &inside };
    let planned = columns.mapping.plan(&record);
    columns.mapping.make(&record, &planned[0], found, tallies, rules.host, made);
    (columns.names.to_vec(), cells.to_vec())
}
