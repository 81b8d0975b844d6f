//! Writes inputs that are nearly good: a program of bytes picks shapes, fields, values and mistakes.
//!
//! The shapes repeat, as in real files, so that the shape learned from one event is used on the next.

/// A program, which is read byte by byte. Zeros follow its end.
struct Program<'p> {
    bytes: &'p [u8],
}

impl Program<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        first
    }

    fn pick<'t>(&mut self, table: &[&'t str]) -> &'t str {
        table[self.byte() as usize % table.len()]
    }
}

/// The names. Each table begins with a clean choice, for which the end of a program stands, too.
const NAMES: &[&str] = &[
    "eventTypeId",
    "trafficTypeName",
    "key",
    "timestamp",
    "value",
    "properties",
    "environmentName",
    "",
    "keys",
    "Key",
    "event\\u0054ypeId",
    "k\\u0065y",
    "eventTypeI",
    "\\",
    "é",
    "constructor",
    "__proto__",
];
const STRINGS: &[&str] = &[
    "user",
    "page_load",
    "Ava",
    "a",
    "User",
    "7-a_b.c:d",
    "",
    " ",
    " Ava",
    "Ava ",
    "\u{a0}Ava",
    "Ava\u{feff}",
    "Ava\u{85}",
    "user ",
    "us er",
    "\u{200b}user",
    "\u{2060}",
    "A\u{200b}va",
    "A\u{7f}va",
    "A\u{ad}va",
    "null",
    "undefined",
    "#N/A",
    "[object Object]",
    "00000000-0000-0000-0000-000000000000",
    "3e250000-0000-4000-8000-000000000000",
    "42.0",
    "-42.0",
    "12345678901234567.0",
    "636507967185264641",
    "1.23457E+15",
    "1E+15",
    "'00123",
    "=\\\"00123\\\"",
    "='00123",
    "2026-11-26 14:05:00 +0000 UTC",
    "20261126T1405Z",
    "ключ",
    "東京",
    "😀",
    "a\\nb",
    "\\u0041",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00",
    "\\ud83d\\u0041",
    "\\u0000",
    "\\u12",
    "\\x",
    "\\",
    "\\\"",
    "\\/",
    "\u{7f}",
    "\u{80}",
    "\u{2028}",
    "page load",
    "1645557824",
    "1645557824000",
    "2022-02-22T19:23:44Z",
    "1.5",
    "1e400",
    "NaN",
    "a\tb",
    "a\nb",
    "\0",
    "\u{1f}",
    "abcdefg",
    "abcdefgh",
    "abcdefghi",
    "abcdefg\\",
    "abcdefgé",
    "É",
    "Σ",
    "[1,{}]",
    "},{",
    "//",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
];
const SCALARS: &[&str] = &[
    "1645557824000",
    "1.31",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "164555782400",
    "16455578240000",
    "1645557824000000",
    "1645557824000000000",
    "1645557824",
    "01645557824000",
    "1645557824000.5",
    "1645557824000e0",
    "1645557824e3",
    "1.79574E+12",
    "1.795741360000E+12",
    "1.64555782e9",
    "9007199254740991",
    "9007199254740993",
    "636507967185264641",
    "12345678901234567890.5",
    "1.23457E+15",
    "1e21",
    "99999999999",
    "100000000000",
    "99999999999999",
    "100000000000000",
    "-1645557824000",
    "1e400",
    "-1e400",
    "1e-400",
    "123456789012345678901234567890",
    "0.1",
    "1.",
    ".5",
    "00",
    "01",
    "-",
    "+1",
    "1e",
    "1e+",
    "1E5",
    "0x1",
    "NaN",
    "Infinity",
    "tru",
    "nul",
    "fals",
    "nullx",
    "True",
    "{}",
    "[]",
    "[1,2]",
    "{\"a\":1}",
    "[{\"a\":[]}]",
    "1 ",
    "1\u{a0}",
    "\"",
    "'a'",
    "",
    "undefined",
];
const SPACES: &[&str] =
    &["", " ", "\n", "\n  ", "\t", "\r\n", "                ", "\u{a0}", "\u{c}", "\u{b}", "\0", "\u{feff}"];
const BETWEEN: &[&str] = &[
    ",",
    ", ",
    ",\n",
    "\n",
    " ",
    "",
    ",,",
    "\r\n",
    "\n\n",
    "x",
    "]",
    "[",
    "{",
    "}",
    "\u{feff}",
    "\0",
    "\u{1e}",
    "\n\u{1e}",
    "\n\u{feff}",
    "]\n[",
    "][",
    "],[",
    "]\n",
    "\n[",
    "\n,",
    "}{",
    "{\"a\":1,",
    "{\"events\":[",
];

/// Writes the input of a program.
pub fn write(program: &[u8]) -> Vec<u8> {
    let mut program = Program { bytes: program };
    let frame = program.byte();
    let between = program.pick(BETWEEN);
    let mut input = Vec::new();
    if frame & 1 == 0 {
        input.push(b'[');
    }
    let mut shapes = [program.byte(), program.byte()];
    let mut first = true;
    while first || !program.bytes.is_empty() {
        if !first {
            let odd = program.byte();
            let between = if odd < 240 { between } else { program.pick(BETWEEN) };
            input.extend_from_slice(between.as_bytes());
        }
        first = false;
        let choice = program.byte();
        if choice & 0xf0 == 0xf0 {
            shapes[usize::from(choice & 1)] = program.byte();
        }
        let mut event = event(&mut program, shapes[usize::from(choice & 1)]);
        if choice & 0x0c == 0x0c && !event.is_empty() {
            let at = usize::from(program.byte()) % event.len();
            event[at] = program.byte();
        }
        if choice & 0x30 == 0x30 {
            event.truncate(event.len().saturating_sub(usize::from(program.byte() % 32)));
        }
        input.extend_from_slice(&event);
    }
    if frame.is_multiple_of(4) {
        input.push(b']');
    }
    input
}

fn event(program: &mut Program, shape: u8) -> Vec<u8> {
    let odd = shape & 0x40 != 0;
    let space = if shape & 1 != 0 { "\n  " } else { "" };
    let gap = if odd { program.pick(SPACES) } else { space };
    let mut event = format!("{{{gap}");
    let fields = if shape & 2 != 0 { 4..7 } else { 4..4 };
    for (number, name) in NAMES.iter().take(4).chain(&NAMES[fields]).enumerate() {
        if number > 0 {
            event += ",";
            event += space;
        }
        // a clean field costs the program one byte below 128
        let twist = program.byte();
        let name = if twist >= 240 { program.pick(NAMES) } else { name };
        event += &format!("\"{name}\":");
        if shape & 4 != 0 {
            event += " ";
        }
        let name = if twist >= 192 { "" } else { name };
        match name {
            "key" | "eventTypeId" | "trafficTypeName" if twist >= 128 => {
                event += &format!("\"{}\"", program.pick(STRINGS));
            }
            "key" => event += &format!("\"{twist}\""),
            "eventTypeId" => event += ["\"page_load\"", "\"a:b\"", "\"buy\"", "\"x\""][usize::from(twist & 3)],
            "trafficTypeName" => event += ["\"user\"", "\"account\""][usize::from(twist & 1)],
            "timestamp" if twist < 128 => event += &format!("16455578240{twist:02}"),
            "timestamp" | "value" => event += program.pick(SCALARS),
            "properties" => event += &properties(program, shape, twist),
            _ => event += &scalar(program),
        }
        if odd {
            event += program.pick(SPACES);
        }
    }
    event += space;
    event += "}";
    event.into_bytes()
}

fn scalar(program: &mut Program) -> String {
    let kind = program.byte();
    if kind & 1 == 0 { program.pick(SCALARS).to_owned() } else { format!("\"{}\"", program.pick(STRINGS)) }
}

fn properties(program: &mut Program, shape: u8, twist: u8) -> String {
    if twist & 7 == 7 {
        return program.pick(&["null", "{}", "[]", "1", "{ }", "{,}", "{\"a\":1,}", "{\"a\"}"]).to_owned();
    }
    let space = if shape & 8 != 0 { "\n    " } else { "" };
    let members: Vec<String> = (0..twist % 7)
        .map(|number| {
            let name = match program.byte() {
                same @ 224.. => ["a", "b", "\\u0061", ""][usize::from(same & 3)].to_owned(),
                _ => ["a", "b", "c", "country", "d", "e", "f"][usize::from(number)].to_owned(),
            };
            format!("{space}\"{name}\":{}", scalar(program))
        })
        .collect();
    format!("{{{}{space}}}", members.join(","))
}
