//! The part of a time's text that is not read yet.

/// What is not read yet. A method that returns `None` may have taken a part of what it looked for.
#[derive(Clone, Copy)]
pub(super) struct Rest<'t>(pub &'t [u8]);

impl Rest<'_> {
    /// Takes the next byte if it is one of these.
    #[inline(never)]
    pub fn take(&mut self, any: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        any.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    /// Takes this text, whatever the case of its letters. Returns whether it was there; otherwise nothing is taken.
    #[inline(never)]
    pub fn word(&mut self, word: &str) -> bool {
        match self.0.split_at_checked(word.len()) {
            Some((first, rest)) if first.eq_ignore_ascii_case(word.as_bytes()) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes one space, also one that does not break.
    #[inline(never)]
    pub fn space(&mut self) -> bool {
        [" ", "\u{a0}", "\u{202f}"].into_iter().any(|space| self.word(space))
    }

    /// Takes at most this many digits. Returns their number and how many there were, at least one.
    #[inline(never)]
    pub fn digits(&mut self, most: usize) -> Option<(i64, usize)> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        (count > 0).then_some((number, count))
    }

    /// Takes a number of exactly this many digits.
    pub fn number(&mut self, digits: usize) -> Option<i64> {
        self.digits(digits).filter(|&(_, count)| count == digits).map(|(number, _)| number)
    }

    /// Takes a word that is one of these names or its beginning of at least three letters. Returns which; if it is none
    /// of them, nothing is taken.
    #[inline(never)]
    pub fn name(&mut self, names: &[&str]) -> Option<i64> {
        let letters = self.0.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.0.split_at_checked(letters)?;
        let is_name = |name: &&str| {
            name.as_bytes().get(..letters).is_some_and(|start| letters >= 3 && start.eq_ignore_ascii_case(word))
        };
        let at = names.iter().position(is_name)?;
        self.0 = rest;
        Some(at as i64)
    }

    /// Takes `+01`, `+0100` or `+01:00`. Returns seconds east of UTC.
    #[inline(never)]
    pub fn offset(&mut self) -> Option<i64> {
        let sign = if self.take(b"+-")? == b'+' { 60 } else { -60 };
        let hours = self.number(2)?;
        let has_minutes = self.take(b":").is_some() || self.0.first().is_some_and(u8::is_ascii_digit);
        let minutes = if has_minutes { self.number(2)? } else { 0 };
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
    }

    /// Takes the zone up to the end of the text: `Z`, `UTC`, `GMT`, or an offset, which may have `GMT` before it and the
    /// zone's name behind it. Returns seconds east of UTC.
    pub fn zone(&mut self) -> Option<i64> {
        self.space();
        let has_name = self.word("UTC") || self.word("GMT");
        let is_utc = if has_name { !matches!(self.0, [b'+' | b'-', ..]) } else { self.word("Z") };
        let offset = if is_utc { 0 } else { self.offset()? };
        let is_named = match self.0 {
            [] | [b'[', .., b']'] | [b' ', b'(', .., b')'] => true,
            b" UTC" | b" GMT" => offset == 0,
            [b' ', name @ ..] => matches!(name.len(), 3..=5) && name.iter().all(u8::is_ascii_uppercase),
            _ => false,
        };
        is_named.then_some(offset)
    }
}
