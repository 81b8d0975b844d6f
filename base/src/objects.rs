//! Asks again for objects that were written as JSON: JSON writes NaN as `null`.

/// The owner of the objects. They are known by their number, from 0.
pub trait Objects {
    /// Returns which of these objects may have a number that was written as `null`, in their order.
    fn hiding(&mut self, objects: &[u32]) -> Vec<u32>;
    /// Returns the text of an object with such numbers named, or why there is none.
    fn named(&mut self, object: u32) -> Result<String, String>;
}

/// Objects whose events are being read.
pub struct Asked {
    objects: Box<dyn Objects>,
    /// The index of the first object's event.
    first: u64,
    hiding: Vec<u32>,
    /// The first object that was not asked about.
    known: u32,
}

impl Asked {
    /// Returns the first of these objects as the next; `first` is its index in the input.
    pub fn new(objects: Box<dyn Objects>, first: u64) -> Self {
        Asked { objects, first, hiding: Vec::new(), known: 0 }
    }

    /// Returns what is checked in place of the event with this index, in whose text a `null` stands; `None` if that
    /// text is right. `nulls` says which of the events behind it have a `null`, so that all are asked about at once.
    pub fn instead(&mut self, index: u64, nulls: impl Iterator<Item = bool>) -> Option<Result<String, String>> {
        let object = index.checked_sub(self.first)? as u32;
        if object >= self.known {
            let mut asked = vec![object];
            self.known = object + 1;
            for null in nulls {
                if null {
                    asked.push(self.known);
                }
                self.known += 1;
            }
            self.hiding = self.objects.hiding(&asked);
        }
        self.hiding.contains(&object).then(|| self.objects.named(object))
    }
}

/// Returns whether the text has `null` in it, be it only in a string.
pub fn may_hold_null(text: &[u8]) -> bool {
    text.windows(4).any(|word| word == b"null")
}
