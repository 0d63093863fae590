//! How papers look: Typst sources by name. A court may replace any of them; a name that is not one of ours
//! is refused, so that a misspelt file does not go unnoticed.

use std::collections::BTreeMap;

use crate::PaperError;

/// The sources this version brings along.
const OWN: [(&str, &str); 7] = [
    ("paper.typ", include_str!("../templates/paper.typ")),
    ("F-01.typ", include_str!("../templates/F-01.typ")),
    ("F-03.typ", include_str!("../templates/F-03.typ")),
    ("F-04.typ", include_str!("../templates/F-04.typ")),
    ("F-05.typ", include_str!("../templates/F-05.typ")),
    ("F-06.typ", include_str!("../templates/F-06.typ")),
    ("F-12.typ", include_str!("../templates/F-12.typ")),
];

/// Longest source, bytes.
const MAX_BYTES: usize = 256 << 10;

/// A set of templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates(BTreeMap<String, String>);

impl Default for Templates {
    fn default() -> Self {
        Self(OWN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }
}

impl Templates {
    /// The names of all sources.
    pub fn names() -> impl Iterator<Item = &'static str> {
        OWN.iter().map(|(name, _)| *name)
    }

    /// Puts a court's own source in the place of `name`.
    pub fn replace(&mut self, name: &str, text: String) -> Result<(), PaperError> {
        if text.len() > MAX_BYTES {
            return Err(PaperError::Template(format!("{name}: the file is too long")));
        }
        match self.0.get_mut(name) {
            Some(known) => *known = text,
            None => return Err(PaperError::Template(format!("{name}: no template has this name"))),
        }
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
