//! Objects that were written as JSON together, asked again for what JSON cannot say: it writes NaN as `null`.

/// Who wrote the objects. They are known by their number, from 0.
pub trait Objects {
    /// Those of these in which a number may hide behind a `null`, in their order.
    fn hiding(&mut self, objects: &[u32]) -> Vec<u32>;
    /// The text of one of them with such numbers named, or why there is none.
    fn named(&mut self, object: u32) -> Result<String, String>;
}

/// Objects whose events are being read.
pub(crate) struct Asked {
    objects: Box<dyn Objects>,
    /// The index of the first object's event.
    first: u64,
    hiding: Vec<u32>,
    /// All objects before this one were asked about, as far as there is a `null` in them.
    known: u32,
}

impl Asked {
    pub fn new(objects: Box<dyn Objects>, first: u64) -> Self {
        Asked { objects, first, hiding: Vec::new(), known: 0 }
    }

    /// What is to be checked in place of the event with this index, in whose text is a `null`. Of those that follow it
    /// `nulls` says which have one as well, so that all are asked about at once.
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

/// Whether the text may have a `null` that is one.
pub(crate) fn may_hold_null(text: &[u8]) -> bool {
    text.windows(4).any(|word| word == b"null")
}
