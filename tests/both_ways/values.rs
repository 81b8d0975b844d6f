//! Values of fields and properties, most of them good.

use serde_json::Value;

use crate::random::Random;

/// The clock of the rules, where they have one.
pub const NOW: u64 = 1_764_000_000_000;

/// What a part of a record is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Role {
    Name,
    TrafficType,
    Key,
    Time,
    Amount,
    Environment,
    Property,
    /// A value that a condition compares with: one of these JSON texts, or another.
    OneOf(Vec<String>),
    /// An event in its own shape, or its text.
    Event,
    Unwanted,
}

/// A value, before it is written as JSON or as a cell.
pub enum Made {
    Text(String),
    Json(String),
}

/// How the values of one input are written.
#[derive(Debug)]
pub struct Style {
    /// The ways in which times are written: one or all.
    time: Vec<usize>,
    amount: usize,
    /// Names have characters that an event type may not have.
    odd_names: bool,
    /// The share of values that are odd.
    pub odd: f64,
}

impl Style {
    /// The ways in which times are written, those more often that need no option.
    const TIMES: [usize; 24] = [0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 7, 8, 8, 8, 8, 9, 9, 10, 11, 12, 13, 14];

    /// Returns a style that mostly fits a mapping file.
    pub fn random(mapping: Option<&Value>, random: &mut Random) -> Self {
        let entry = mapping.map(|mapping| &mapping["events"][0]);
        let time = entry.map(|entry| &entry["timestamp"]);
        let fitting = time.and_then(|time| match (time["unit"].as_str(), time["format"].as_str()) {
            (Some("s"), _) => Some(9),
            (Some("ms"), _) => Some(8),
            (Some("us"), _) => Some(10),
            (_, Some("dmy")) => Some(6),
            (_, Some("mdy")) => Some(7),
            (_, Some("serial")) => Some(12),
            (_, Some("iso")) => Some(if time["zone"].is_null() { 0 } else { 2 }),
            _ => None,
        });
        let decimal = entry.and_then(|entry| entry["value"]["decimal"].as_str());
        let is_cleaned = entry.is_some_and(|entry| entry["eventTypeId"]["clean"] == true);
        Style {
            time: match fitting {
                Some(way) if random.chance(0.7) => vec![way],
                _ if random.chance(0.05) => Style::TIMES.to_vec(),
                _ => vec![random.pick(&Style::TIMES)],
            },
            amount: match decimal {
                Some("comma") => 4,
                Some(_) => random.pick(&[0, 1, 3, 5]),
                None => random.pick(&[0, 0, 1, 1, 1, 3, 4, 5]),
            },
            odd_names: random.chance(if is_cleaned { 0.6 } else { 0.1 }),
            odd: random.pick(&[0.0, 0.0, 0.0, 0.0, 0.002, 0.002, 0.01, 0.01, 0.05, 0.3]),
        }
    }

    pub fn value(&self, role: &Role, random: &mut Random) -> Made {
        if random.chance(self.odd) {
            return odd(random);
        }
        match role {
            Role::OneOf(values) if random.chance(0.8) => match &*random.pick(values) {
                text if text.starts_with('"') => Made::Text(serde_json::from_str(text).unwrap()),
                json => Made::Json(json.to_owned()),
            },
            Role::Name | Role::OneOf(_) => Made::Text(self.name(random)),
            Role::TrafficType => Made::Text(random.pick(&["user", "account", "anonymous"]).to_owned()),
            Role::Key => key(random),
            Role::Time => self.time(random),
            Role::Amount => self.amount(random),
            Role::Environment => Made::Text(random.pick(&["prod", "stage"]).to_owned()),
            Role::Property | Role::Unwanted => property(random),
            Role::Event => {
                let (name, time) = (self.name(random), NOW - random.below(1_000_000_000) as u64);
                let json = format!(
                    r#"{{"eventTypeId":{},"trafficTypeName":"user","key":"k-{}","timestamp":{time}}}"#,
                    quoted(&name),
                    random.below(1_000)
                );
                if random.chance(0.2) { Made::Text(json) } else { Made::Json(json) }
            }
        }
    }

    fn name(&self, random: &mut Random) -> String {
        let names = [
            "signup",
            "checkout.done",
            "a-name-of-more-than-sixteen-bytes",
            "x",
            "a:b",
            "Order Completed",
            "[Amplitude] Page Viewed",
            "Produkt gesehen ü",
            "$identify",
            "_",
        ];
        let known = if !self.odd_names {
            4
        } else if random.chance(0.1) {
            names.len()
        } else {
            7
        };
        random.pick(&names[..known]).to_owned()
    }

    fn time(&self, random: &mut Random) -> Made {
        let way = random.pick(&self.time);
        let span = if random.chance(0.02) { 300 } else { 80 } * 86_400_000;
        let at = NOW - random.next() % span + if random.chance(0.01) { 2 * 86_400_000 } else { 0 };
        let (seconds, ms) = (at / 1_000, at % 1_000);
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        let date = format!("{year}-{month:02}-{day:02}");
        let clock = format!("{hour:02}:{minute:02}:{second:02}");
        Made::Text(match way {
            0 => format!("{date}T{clock}.{ms:03}Z"),
            1 => format!("{date}T{clock}Z"),
            2 => format!("{date} {clock}.{ms:03}{:03}", random.below(1_000)),
            3 => format!("{date}T{clock}.{ms:03}+02:00"),
            4 => format!("{date} {clock} UTC"),
            5 => format!("{date} {clock}+0{}", random.below(6)),
            6 => format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}"),
            7 => {
                let (twelfth, half) = ((hour + 11) % 12 + 1, if hour < 12 { "AM" } else { "PM" });
                format!("{month}/{day}/{year} {twelfth}:{minute:02} {half}")
            }
            8 => return Made::Json(at.to_string()),
            9 => return Made::Json(seconds.to_string()),
            10 => return Made::Json(format!("{at}{:03}", random.below(1_000))),
            11 => return Made::Json(format!("{seconds}.{ms:03}")),
            12 => return Made::Json(format!("{:.4}", at as f64 / 86_400_000.0 + 25_569.0)),
            13 => at.to_string(),
            _ => date,
        })
    }

    fn amount(&self, random: &mut Random) -> Made {
        let (whole, cents) = (random.below(5_000), random.below(100));
        match self.amount {
            0 => Made::Json(whole.to_string()),
            1 | 2 => Made::Json(format!("{whole}.{cents:02}").trim_end_matches('0').trim_end_matches('.').to_owned()),
            3 => Made::Text(format!("{whole}.{cents:02}")),
            4 => Made::Text(format!("{}{},{cents:02}", random.pick(&["", "€ ", "1."]), whole % 1_000)),
            _ => Made::Text(format!("{}{}.{cents:02}", random.pick(&["", "$", "1,"]), whole % 1_000)),
        }
    }
}

/// Returns year, month and day of a day since 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

fn key(random: &mut Random) -> Made {
    Made::Text(match random.below(20) {
        0..11 => format!("user-{}", random.below(1_000_000)),
        11..16 => {
            format!("{}-{}-4{}-8{}-{}", random.hex(8), random.hex(4), random.hex(3), random.hex(3), random.hex(12))
        }
        16 => random.below(1_000_000_000).to_string(),
        17 if random.chance(0.2) => return Made::Json(random.below(1_000_000_000).to_string()),
        17 => format!("{}@example.com", random.hex(6)),
        18 => format!("k{}", random.text("abcdefghij0123456789._-", 60)),
        _ if random.chance(0.6) => random.below(1_000).to_string(),
        _ => random.pick(&["null", "N/A", "1.0", " a", "é", "Größe", "AB"]).to_owned(),
    })
}

fn property(random: &mut Random) -> Made {
    match random.below(16) {
        0..6 => Made::Text(random.text("abcdefghijklmnop ABC", 24)),
        6 => Made::Text(random.text("abc é東😀/:._\\-\"\n\t", 40)),
        7 => Made::Text(format!("{} ", random.text("abc", 3))),
        8 => Made::Text("x".repeat(230 + random.below(50))),
        9 | 10 => Made::Json(random.below(100_000).to_string()),
        11 => Made::Json(format!("-{}.{}", random.below(1_000), random.below(99) + 1)),
        12 => Made::Json(random.pick(&["true", "false"]).to_owned()),
        13 => Made::Text(random.pick(&["007", "1.10", "12", "true", "2026-11-20", ""]).to_owned()),
        14 => Made::Json(random.pick(&["null", "0", "1e5", "0.1", "-0"]).to_owned()),
        _ => Made::Text(random.text("абвгдежз ", 20)),
    }
}

fn odd(random: &mut Random) -> Made {
    let json = [
        "null",
        "true",
        "7",
        "-0",
        "1e5",
        "1E400",
        "12345678901234567890",
        "{}",
        "[]",
        r#"[1,{"a":[]}]"#,
        r#"{"a":{"b":"c"}}"#,
        r#""\u00e9\/""#,
        r#""\ud800""#,
        "01",
        "tru",
        "nul",
        "[}",
        "\"a\tb\"",
    ];
    let texts = ["", " ", " x ", "a\"b", "Größe", "k\u{a0}", "'1", "\u{feff}a", "USER", "yesterday", "-", "#N/A", "\0"];
    match random.below(10) {
        0..5 => Made::Json(random.pick(&json).to_owned()),
        5..9 => Made::Text(random.pick(&texts).to_owned()),
        _ => Made::Text("k".repeat(245 + random.below(12))),
    }
}

/// Writes a text as JSON.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
