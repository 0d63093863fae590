//! The pictures a paper refers to, by name. Names come from a small fixed set: the typesetter keeps every
//! path it has ever seen.

use std::collections::BTreeMap;

/// Files of one paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Files {
    by_name: BTreeMap<String, Vec<u8>>,
    count: usize,
}

impl Files {
    /// Keeps `bytes` and says under which name: `sign-1.svg`.
    pub(crate) fn add(&mut self, stem: &str, ending: &str, bytes: Vec<u8>) -> String {
        self.count += 1;
        let name = format!("{stem}-{}.{ending}", self.count);
        self.by_name.insert(name.clone(), bytes);
        name
    }

    /// The file of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.by_name.get(name).map(Vec::as_slice)
    }
}
