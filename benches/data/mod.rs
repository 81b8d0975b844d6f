//! Events for the benchmarks, the same in every run.

use std::fmt::Write;

/// The kinds of events that are measured.
#[derive(Debug, Clone, Copy)]
pub enum Case {
    P4,
    P20,
    Unicode,
    Pretty,
    Ndjson,
    Varied,
    Dirty,
}

impl Case {
    pub const ALL: [Case; 7] =
        [Case::P4, Case::P20, Case::Unicode, Case::Pretty, Case::Ndjson, Case::Varied, Case::Dirty];

    /// Writes the text of events, of about this number of bytes.
    pub fn text(self, bytes: usize) -> Vec<u8> {
        let records = self.records(bytes);
        match self {
            Case::Ndjson => records.iter().flat_map(|record| [record, "\n"]).collect::<String>(),
            _ => format!("[{}]", records.join(",")),
        }
        .into_bytes()
    }

    /// Writes the text of each event, of about this number of bytes together.
    pub fn records(self, bytes: usize) -> Vec<String> {
        let mut random = Random(20_200_229);
        let mut sum = 0;
        std::iter::from_fn(|| {
            let record = (sum < bytes).then(|| self.record(&mut random))?;
            sum += record.len() + 1;
            Some(record)
        })
        .collect()
    }

    fn record(self, random: &mut Random) -> String {
        let dirt = if matches!(self, Case::Dirty) { random.below(100) } else { 100 };
        let event_type = if dirt == 0 { "page load" } else { random.pick(&["page_load", "cart.add", "order-paid"]) };
        let traffic_type = if (1..6).contains(&dirt) { "User" } else { random.pick(&["user", "account"]) };
        let timestamp = if (6..11).contains(&dirt) { 1_645_557_824 } else { 1_645_557_824_000 } + random.below(86_400);
        let (line, space) = if matches!(self, Case::Pretty) { ("\n    ", " ") } else { ("", "") };
        let mut text = format!(
            r#"{{{line}"eventTypeId":{space}"{event_type}",{line}"trafficTypeName":{space}"{traffic_type}",{line}"key":{space}"{:08x}-{:012x}",{line}"timestamp":{space}{timestamp},{line}"value":{space}{}.{},{line}"properties":{space}{{"#,
            random.below(1 << 32),
            random.below(1 << 48),
            random.below(1000),
            random.below(100),
        );
        for (at, name) in self.names(random).enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let value = self.property(at, random);
            write!(text, "{comma}{line}{space}{space}\"attribute_{name}\":{space}{value}").expect("a String takes all");
        }
        text + line + "}" + line.trim_end_matches(' ') + "}"
    }

    fn names(self, random: &mut Random) -> impl Iterator<Item = u64> + use<> {
        let (count, first, step) = match self {
            Case::P20 => (20, 1, 1),
            Case::Varied => (2 + random.below(12), random.below(500), 1 + random.below(30)),
            _ => (4, 1, 1),
        };
        (0..count).map(move |at| (first + at * step) % 500)
    }

    fn property(self, at: usize, random: &mut Random) -> String {
        match at % 4 {
            1 => format!("{}.5", random.below(1000)),
            3 => (random.below(2) == 0).to_string(),
            _ if matches!(self, Case::Unicode) && random.below(10) < 6 => {
                format!("\"{}\"", random.pick(&["Österreich", "日本語のページ", "naïve 😀"]))
            }
            _ => format!("\"{}\"", random.pick(&["France", "home page", "enterprise", "pro"])),
        }
    }
}

/// The random numbers of xorshift64*, from a seed that is not zero.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % end
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len() as u64) as usize]
    }
}
