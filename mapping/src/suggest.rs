//! Proposes a mapping for records that no preset is for, by the names of their parts and by what the values look like.

use split_events_base::amount;
use split_events_base::codes::Code;
use split_events_base::decimal::{Decimal, DecimalSign};
use split_events_base::host::Host;
use split_events_base::json::{Kind, Value};
use split_events_base::text::{is_white_space, replace};
use split_events_base::time::{self, Order, OrderProof, Time, TimeFormat};

/// The most values of a part that are shown.
const SAMPLES: usize = 3;
/// The longest value that is shown, in characters.
const SAMPLE_CHARS: usize = 60;
/// The most parts that are looked at.
const PARTS: usize = 400;
/// The longest text, in bytes, that is taken for a name or an id.
const NAME_MAX: usize = 80;
/// How deep members of JSON are looked at.
const DEPTH: usize = 3;
/// By how many names a part deeper inside stands behind one further outside.
const DEPTH_COST: usize = 6;

/// What other systems and people call a field, the likeliest first, in small letters and digits alone, with spaces between.
const NAMES: [(&str, &str); 6] = [
    (
        TIMESTAMP,
        "timestamp eventtimestamp eventtime originaltimestamp occurredat time datetime date \
         createdat ts at zeitpunkt zeitstempel datum zeit horodatage fecha hora",
    ),
    (
        EVENT_TYPE,
        "eventtypeid eventtype eventname event ereignis ereignisname evenement evento aktion action \
         activity name type",
    ),
    ("trafficTypeName", "traffictypename traffictype"),
    (
        KEY,
        "key userid distinctid user customerid customer memberid accountid nutzerid nutzer \
         benutzerid benutzer kundennummer kundenid kunde clientid visitorid anonymousid anonid \
         deviceid uid utilisateur usuario email",
    ),
    (
        VALUE,
        "value amount revenue price total sum betrag wert preis umsatz summe montant prix importe \
         valor duration delay",
    ),
    ("environmentName", "environmentname"),
];
const TIMESTAMP: &str = "timestamp";
const EVENT_TYPE: &str = "eventTypeId";
const KEY: &str = "key";
const VALUE: &str = "value";

/// What members that hold the properties are called.
const PROPERTIES: [&str; 6] = ["properties", "eventproperties", "props", "attributes", "params", "data"];

/// A column of a table, or a path in JSON, and what its values look like.
#[derive(Debug, Default)]
pub struct Part {
    /// The name of the column, or the JSON Pointer.
    pub name: String,
    /// The first values that differ.
    pub samples: Vec<String>,
    /// The letters and digits of the whole name, and of its last segment.
    letters: [String; 2],
    depth: usize,
    values: u32,
    numbers: u32,
    /// The amounts with a point, and those with a comma before the decimals.
    amounts: [u32; 2],
    times: u32,
    dates: u32,
    /// The dates without a zone.
    local: u32,
    /// The dates that may begin with the day or with the month.
    untold: u32,
    /// The dates that must begin with the day, and those that must begin with the month.
    orders: [u32; 2],
    /// The texts that an event type may be.
    names: u32,
    /// The texts without white space that have digits and letters, or an `@`.
    ids: u32,
}

/// Looks at records, and proposes how events are made of them.
#[derive(Debug, Default)]
pub struct Suggester {
    parts: Vec<Part>,
    /// The paths of the objects that are members of a record.
    objects: Vec<String>,
    is_table: bool,
}

/// A proposal: which part becomes which field. Other parts become properties.
#[derive(Debug)]
pub struct Suggestion {
    /// The fields that were found.
    pub fields: Vec<Choice>,
    /// The path of the object that holds the properties, if there is one.
    pub properties: Option<String>,
    /// Whether members of a record are objects.
    pub is_nested: bool,
    /// What the records consist of.
    pub parts: Vec<Part>,
    /// Whether times name no zone.
    pub asks_zone: bool,
    /// Whether dates may begin with the day or with the month.
    pub asks_order: bool,
}

/// The part that becomes a field, and how it is read.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// The name of the field.
    pub field: &'static str,
    /// The name of the part.
    pub from: String,
    /// The member of the mapping that says how it is read, and its value; both empty if none is needed.
    pub reading: (&'static str, &'static str),
}

impl Suggester {
    /// Looks at a JSON record.
    pub fn see_record(&mut self, record: &Value, host: &dyn Host) {
        self.walk("", record, 1, host);
    }

    fn walk(&mut self, path: &str, value: &Value, depth: usize, host: &dyn Host) {
        let Kind::Object(members) = &value.kind else { return };
        for member in members {
            let path = [path, "/", &replace(&replace(&member.name, "~", "~0"), "/", "~1")].concat();
            match &member.value.kind {
                Kind::Object(_) => {
                    if depth == 1 && !self.objects.contains(&path) {
                        self.objects.push(path.clone());
                    }
                    if depth < DEPTH {
                        self.walk(&path, &member.value, depth + 1, host);
                    }
                }
                Kind::Array | Kind::Null => {}
                Kind::String(text) => self.see(&path, depth, text, host),
                _ => self.see(&path, depth, member.value.raw, host),
            }
        }
    }

    /// Looks at a cell of the column with this name.
    pub fn see_cell(&mut self, column: &str, text: &str, host: &dyn Host) {
        self.is_table = true;
        self.see(column, 1, text, host);
    }

    fn see(&mut self, name: &str, depth: usize, text: &str, host: &dyn Host) {
        let at = match self.parts.iter().position(|part| part.name == name) {
            Some(at) => at,
            None if self.parts.len() < PARTS => {
                let last = name.rsplit('/').next().unwrap_or_default();
                let letters = [letters(name), letters(if depth > 1 { last } else { name })];
                self.parts.push(Part { name: name.to_owned(), letters, depth, ..Part::default() });
                self.parts.len() - 1
            }
            None => return,
        };
        self.parts[at].see(text.trim_matches(is_white_space), host);
    }

    /// Proposes which part becomes which field: by names, and if there is none, by values.
    pub fn suggest(self) -> Suggestion {
        let Suggester { parts, objects, is_table } = self;
        let mut taken = [usize::MAX; NAMES.len()];
        for by_value in [false, true] {
            for (number, (field, names)) in NAMES.iter().enumerate() {
                if taken[number] != usize::MAX {
                    continue;
                }
                let (mut best, mut best_at) = (usize::MAX, usize::MAX);
                for (at, part) in parts.iter().enumerate() {
                    let score = if by_value { part.score(field, is_table) } else { part.rank(field, names) };
                    if score < best && !taken.contains(&at) {
                        (best, best_at) = (score, at);
                    }
                }
                taken[number] = best_at;
            }
        }
        let (mut fields, mut asks_zone, mut asks_order) = (Vec::new(), false, false);
        for (&at, (field, _)) in taken.iter().zip(&NAMES) {
            let Some(part) = parts.get(at) else { continue };
            if *field == TIMESTAMP {
                asks_zone = part.local > 0;
                asks_order = part.untold > 0 && part.orders == [0, 0];
            }
            fields.push(Choice { field, from: part.name.clone(), reading: part.reading(field) });
        }
        let is_nested = !objects.is_empty();
        let properties = objects.into_iter().find(|path| PROPERTIES.contains(&&*letters(path)));
        Suggestion { fields, properties, is_nested, parts, asks_zone, asks_order }
    }
}

impl Part {
    fn see(&mut self, text: &str, host: &dyn Host) {
        if text.is_empty() {
            return;
        }
        self.values += 1;
        if self.samples.len() < SAMPLES {
            let sample: String = text.chars().take(SAMPLE_CHARS).collect();
            if !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
        let is_number = Decimal::parse(text).is_some();
        self.numbers += u32::from(is_number);
        for (count, sign) in self.amounts.iter_mut().zip([DecimalSign::Point, DecimalSign::Comma]) {
            *count += u32::from(is_number || amount::read(text, sign).is_some());
        }
        let time = time::read(text, &TimeFormat::default(), host);
        let is_untold = time == Err(Code::TimestampOrderUnknown);
        let is_local = is_untold || time == Err(Code::TimestampZoneMissing);
        let is_date = is_local || matches!(time, Ok(Time::Date(_)));
        self.times += u32::from(is_date || time.is_ok());
        self.dates += u32::from(is_date);
        self.local += u32::from(is_local);
        self.untold += u32::from(is_untold);
        let mut proof = OrderProof::default();
        proof.see(text);
        self.orders[0] += u32::from(proof.order() == Some(Order::Dmy));
        self.orders[1] += u32::from(proof.order() == Some(Order::Mdy));

        let (mut is_name, mut has_digit, mut has_letter) = (text.len() <= NAME_MAX, false, false);
        for byte in text.bytes() {
            has_digit |= byte.is_ascii_digit();
            has_letter |= byte.is_ascii_alphabetic();
            let is_sign = matches!(byte, b'-' | b'_' | b'.' | b':' | b'@');
            is_name &= byte.is_ascii_alphanumeric() || (is_sign && (has_digit || has_letter));
        }
        let is_id = is_name && !is_number && !is_date && has_letter && (has_digit || text.contains('@'));
        self.ids += u32::from(is_id);
        let is_boolean = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
        self.names += u32::from(is_name && !is_boolean && !text.contains('@'));
    }

    /// Returns how the part has to be read as the field.
    fn reading(&self, field: &str) -> (&'static str, &'static str) {
        let [point, comma] = self.amounts;
        match field {
            TIMESTAMP => match self.orders {
                [0, 0] => ("format", "auto"),
                [day, month] => ("format", if day > month { "dmy" } else { "mdy" }),
            },
            EVENT_TYPE if self.names < self.values => ("clean", "true"),
            VALUE if self.numbers < point.max(comma) => ("decimal", if comma > point { "comma" } else { "point" }),
            _ => ("", ""),
        }
    }

    /// Returns how far behind in the list of names the part's name is; the largest number if it is not among them, or
    /// its values cannot be those of the field.
    #[inline(never)]
    fn rank(&self, field: &str, names: &str) -> usize {
        let fits = match field {
            TIMESTAMP => self.mostly(self.times),
            VALUE => self.are_amounts(),
            KEY => self.dates == 0,
            _ => self.numbers < self.values || self.values == 0,
        };
        let [whole, last] = &self.letters;
        let most = if self.depth == 1 { usize::MAX } else { DEPTH_COST };
        let is_name = |(rank, name): (usize, &str)| whole == name || (rank < most && last == name);
        match names.split(' ').enumerate().position(is_name) {
            Some(rank) if fits => rank + (self.depth - 1) * DEPTH_COST,
            _ => usize::MAX,
        }
    }

    /// Returns how little the values look like those of the field; the largest number if they do not at all.
    fn score(&self, field: &str, is_table: bool) -> usize {
        match field {
            TIMESTAMP if self.values > 0 && self.mostly(self.dates) => self.depth,
            KEY if self.values > 0 && self.mostly(self.ids) => self.depth,
            KEY if is_table && self.values > 0 && self.mostly(self.names) && self.numbers + self.times == 0 => 100,
            VALUE if self.values > self.numbers && self.times == 0 && self.are_amounts() => self.depth,
            _ => usize::MAX,
        }
    }

    fn are_amounts(&self) -> bool {
        self.amounts.iter().any(|&amounts| self.mostly(amounts))
    }

    /// Returns whether this number of values is most of them. A few wrong rows must not hide what the others are.
    fn mostly(&self, count: u32) -> bool {
        count * 4 >= self.values * 3
    }
}

/// Returns the letters and digits of a name in lower case.
fn letters(name: &str) -> String {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase() as char).collect()
}

#[cfg(test)]
mod tests {
    use super::{Choice, Suggester, Suggestion};
    use split_events_base::json;
    use split_events_base::native::Native;

    /// Returns which part becomes which field and how it is read, and what the values do not tell.
    fn told(suggestion: &Suggestion) -> (Vec<String>, bool, bool) {
        let told =
            |Choice { field, from, reading }: &Choice| [field, "=", from, " ", reading.0, " ", reading.1].concat();
        let fields = suggestion.fields.iter().map(told).map(|text| text.trim().to_owned()).collect();
        (fields, suggestion.asks_zone, suggestion.asks_order)
    }

    fn table(rows: &[&[&str]]) -> (Vec<String>, bool, bool) {
        let mut suggester = Suggester::default();
        let (names, rows) = rows.split_first().unwrap();
        for row in rows {
            for (name, cell) in names.iter().zip(*row) {
                suggester.see_cell(name, cell, &Native);
            }
        }
        told(&suggester.suggest())
    }

    fn record(record: &str) -> (Vec<String>, Option<String>) {
        let mut suggester = Suggester::default();
        suggester.see_record(&json::parse(record).unwrap(), &Native);
        let suggestion = suggester.suggest();
        let properties = suggestion.properties.clone();
        (told(&suggestion).0, properties)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn columns_are_found_by_their_names_in_other_languages_and_by_what_their_values_look_like() {
        let german: &[&[&str]] = &[
            &["Ereignis", "Nutzer", "Zeitpunkt", "Betrag", "Land"],
            &["Bestellung abgeschlossen", "u-1", "20.11.2026 09:15:30", "1.234,50 €", "DE"],
            &["Seite gesehen", "u-2", "21.11.2026 10:00:00", "", "AT"],
        ];
        let fields = [
            "timestamp=Zeitpunkt format dmy",
            "eventTypeId=Ereignis clean true",
            "key=Nutzer",
            "value=Betrag decimal comma",
        ];
        assert_eq!(table(german), (texts(&fields), true, false));

        let flights: &[&[&str]] = &[
            &["date", "delay", "distance", "origin", "destination"],
            &["2026/11/20 06:55", "-19", "1797", "LAX", "BNA"],
        ];
        let fields = ["timestamp=date format auto", "key=origin", "value=delay"];
        assert_eq!(table(flights), (texts(&fields), true, false));

        let untold: &[&[&str]] = &[&["when", "id", "what"], &["11/12/2026 8:00", "a1", "x y"]];
        assert_eq!(table(untold), (texts(&["timestamp=when format auto", "key=id"]), true, true));
    }

    #[test]
    fn paths_are_found_however_deep_they_stand_and_an_object_of_properties_is_kept_as_such() {
        let action = r#"{"action":"Signed Up","user":{"id":"u-1"},"ts":1795162530,"attributes":{"plan":"a","time":5}}"#;
        let fields = ["timestamp=/ts format auto", "eventTypeId=/action clean true", "key=/user/id"];
        assert_eq!(record(action), (texts(&fields), Some("/attributes".to_owned())));

        let event = r#"{"event":"a","properties":{"time":1795162530,"distinct_id":"u","plan":"b"}}"#;
        let fields = ["timestamp=/properties/time format auto", "eventTypeId=/event", "key=/properties/distinct_id"];
        assert_eq!(record(event), (texts(&fields), Some("/properties".to_owned())));

        let name = r#"{"name":"a","uid":7,"a/b":{"at":"2026-11-20T08:00:00Z"},"n":1}"#;
        let fields = ["timestamp=/a~1b/at format auto", "eventTypeId=/name", "key=/uid"];
        assert_eq!(record(name), (texts(&fields), None));
    }
}
