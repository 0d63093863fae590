//! Where a character stands: lines and characters from 1, as a text editor counts them.

/// Line and column right behind `text`, that is, of the character that would come next.
pub fn end_of(text: &str) -> (usize, usize) {
    let line = 1 + text.bytes().filter(|b| *b == b'\n').count();
    let last = text.rsplit('\n').next().unwrap_or("");
    (line, 1 + last.chars().count())
}

/// Line starts of a text, so that many places can be looked up.
#[derive(Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Finds the lines.
    pub fn of(text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(starts).collect())
    }

    /// Line and column of the character at byte `at`.
    pub fn locate(&self, text: &str, at: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= at);
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = text.get(start..at).map_or(0, |part| part.chars().count());
        (line.max(1), 1 + before)
    }

    /// Line and character column of a line and byte column (from 1) as `serde_json` says them.
    pub fn from_byte_column(&self, text: &str, line: usize, column: usize) -> (usize, usize) {
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let mut at = start.saturating_add(column.saturating_sub(1)).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        self.locate(text, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        let text = "案号,当事人\n粤0605,罗";
        let lines = Lines::of(text);
        assert_eq!(lines.locate(text, 0), (1, 1));
        assert_eq!(lines.locate(text, text.find('人').unwrap_or(0)), (1, 6));
        assert_eq!(lines.locate(text, text.find('罗').unwrap_or(0)), (2, 7));
        assert_eq!(end_of(text), (2, 8));
        assert_eq!(lines.from_byte_column(text, 2, 4), (2, 2));
        let _no_panic = lines.from_byte_column(text, 99, 99);
    }
}
