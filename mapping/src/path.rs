//! Names of the parts of a record: columns, top-level members, and JSON Pointers.

use split_events_base::text::replace;

/// The segment that stands for each item of a list.
pub const EACH: &str = "*";

/// The name of a part of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The name as it is written in the mapping.
    pub text: String,
    /// The names of the members that lead to the part, the outermost first. A name without a slash in front has one.
    pub segments: Vec<String>,
    /// The number of the column that the first of them is, once the mapping is bound to a table.
    pub column: Option<usize>,
}

impl Path {
    /// Reads a JSON Pointer (RFC 6901), or the name of a column or of a top-level member. `/` alone is a pointer to the
    /// member with the empty name. Returns `None` for an empty name, and for a pointer with a `~` that is neither `~0`
    /// nor `~1`.
    pub fn new(text: &str) -> Option<Path> {
        if text.is_empty() {
            return None;
        }
        let segments = match text.strip_prefix('/') {
            None => vec![text.to_owned()],
            Some(rest) => rest.split('/').map(unescaped).collect::<Option<_>>()?,
        };
        Some(Path { text: text.to_owned(), segments, column: None })
    }

    /// Returns the name of the column or top-level member that the path begins at.
    pub fn first(&self) -> &str {
        self.segments.first().map_or("", String::as_str)
    }

    /// Returns the path of a column.
    pub fn of_column(name: &str, column: usize) -> Path {
        Path { text: name.to_owned(), segments: vec![name.to_owned()], column: Some(column) }
    }

    /// Returns the path of a member of the value at this path.
    pub fn member(&self, name: &str) -> Path {
        let mut path = Path { text: [&self.text, "/", name].concat(), ..self.clone() };
        path.segments.push(name.to_owned());
        path
    }

    /// Returns the path of the list if the last segment stands for each item of one.
    pub fn list(&self) -> Path {
        let mut list = self.clone();
        list.segments.pop_if(|last| last == EACH);
        list
    }

    /// Returns the segments behind those of the path of a list whose items are records, if this path begins with them.
    pub fn within(&self, each: &Path) -> Option<&[String]> {
        self.segments.strip_prefix(&*each.segments)
    }
}

fn unescaped(segment: &str) -> Option<String> {
    let is_escape = |rest: &str| rest.starts_with(['0', '1']);
    if !segment.split('~').skip(1).all(is_escape) {
        return None;
    }
    Some(replace(&replace(segment, "~1", "/"), "~0", "~"))
}

#[cfg(test)]
mod tests {
    use super::Path;

    fn segments(text: &str) -> Option<Vec<String>> {
        Path::new(text).map(|path| path.segments)
    }

    #[test]
    fn a_name_with_a_slash_in_front_is_a_json_pointer_and_any_other_one_name() {
        let names = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect());
        assert_eq!(segments("event"), names(&["event"]));
        assert_eq!(segments("a/b~1"), names(&["a/b~1"]));
        assert_eq!(segments("/a/b"), names(&["a", "b"]));
        assert_eq!(segments("/a~1b/~01"), names(&["a/b", "~1"]));
        assert_eq!(segments("/"), names(&[""]));
        assert_eq!((segments(""), segments("/a~2"), segments("/a~")), (None, None, None));
    }

    #[test]
    fn a_path_into_the_items_of_a_list_goes_on_behind_it() {
        let [each, price, other] = ["/items/*", "/items/*/price", "/event"].map(|text| Path::new(text).unwrap());
        assert_eq!(price.within(&each), Some(&["price".to_owned()][..]));
        assert_eq!(other.within(&each), None);
    }
}
