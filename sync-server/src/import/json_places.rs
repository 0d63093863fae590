//! Where the value of a path stands in a JSON text that serde_json has already accepted. A scanner
//! that only counts brackets and strings; it never builds a tree.

/// Byte offset of the value at `path` (`[3].parties[1].id_no`), or of the deepest value on the way
/// that exists.
pub fn locate(text: &str, path: &str) -> usize {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.space();
    let mut found = scan.at;
    for segment in segments(path) {
        if !scan.enter(&segment) {
            break;
        }
        found = scan.at;
    }
    found
}

#[derive(Debug, PartialEq)]
enum Segment {
    Key(String),
    Index(usize),
}

fn segments(path: &str) -> Vec<Segment> {
    let mut out = Vec::new();
    for part in path.split('.') {
        let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if !key.is_empty() {
            out.push(Segment::Key(key.to_owned()));
        }
        while let Some((index, after)) =
            rest.strip_prefix('[').and_then(|inner| inner.split_once(']'))
        {
            match index.parse() {
                Ok(index) => out.push(Segment::Index(index)),
                Err(_) => return out,
            }
            rest = after;
        }
    }
    out
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Moves to the child `segment` of the value here; false (and stays) when there is none.
    fn enter(&mut self, segment: &Segment) -> bool {
        let start = self.at;
        let found = match segment {
            Segment::Key(key) if self.peek() == b'{' => self.enter_key(key),
            Segment::Index(index) if self.peek() == b'[' => self.enter_index(*index),
            _ => false,
        };
        if !found {
            self.at = start;
        }
        found
    }

    fn enter_key(&mut self, key: &str) -> bool {
        self.at += 1;
        loop {
            self.space();
            if self.peek() != b'"' {
                return false;
            }
            let start = self.at;
            self.skip();
            let name = self
                .bytes
                .get(start..self.at)
                .and_then(|raw| serde_json::from_slice::<String>(raw).ok());
            self.space();
            self.at += 1; // the colon
            self.space();
            if name.as_deref() == Some(key) {
                return true;
            }
            self.skip();
            self.space();
            if self.peek() != b',' {
                return false;
            }
            self.at += 1;
        }
    }

    fn enter_index(&mut self, index: usize) -> bool {
        self.at += 1;
        for _ in 0..index {
            self.space();
            self.skip();
            self.space();
            if self.peek() != b',' {
                return false;
            }
            self.at += 1;
        }
        self.space();
        !matches!(self.peek(), b']' | 0)
    }

    /// Skips one value.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    while !matches!(self.peek(), b'"' | 0) {
                        self.at += if self.peek() == b'\\' { 2 } else { 1 };
                    }
                    self.at += 1;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                0 | b',' | b':' => return,
                _ => {
                    while !matches!(
                        self.peek(),
                        b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r' | 0
                    ) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
            self.space();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"[ {"a": 1}, {"note": "a \"quoted\", [text]", "parties": [{"id": "x"}, {"id": "y", "n": [1, [2, 3]]}]} ]"#;

    fn rest(path: &str) -> &str {
        TEXT.get(locate(TEXT, path)..).unwrap_or("")
    }

    #[test]
    fn values_are_found_by_path() {
        assert!(rest("").starts_with("[ {"));
        assert!(rest("[1]").starts_with(r#"{"note""#));
        assert!(rest("[1].parties[1].id").starts_with(r#""y""#));
        assert!(rest("[1].parties[1].n[1][0]").starts_with("2, 3"));
    }

    #[test]
    fn what_is_missing_gives_its_parent() {
        assert!(rest("[1].parties[7].id").starts_with(r#"[{"id": "x"}"#));
        assert!(rest("[1].parties[0].phone").starts_with(r#"{"id": "x"}"#));
        assert!(rest("[0].a.b").starts_with("1}"));
        assert_eq!(locate("", "a.b"), 0);
        assert_eq!(locate("{", "a"), 0);
    }
}
