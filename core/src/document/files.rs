//! Which files of evidence a record names: originals and the strokes of signatures, each with the signed
//! change that named it. What counts as a file's name is the descriptor's to say; where the bytes are is the
//! store's knowledge on either side.

use super::Document;
use super::state::{Item, RecordState};
use crate::id::{BlobHash, EnvelopeId};
use crate::value::Value;

/// A file that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// The item that names it, `photos/01J...`.
    pub item: String,
    /// The signed change that added the item.
    pub envelope: EnvelopeId,
    /// Who made that change.
    pub person: String,
    /// Its length in bytes as the record says; strokes have none.
    pub bytes: Option<u64>,
    /// Its media type as the record says: a claim, nothing is decided by it.
    pub mime: Option<String>,
}

impl Document {
    /// Every file that any change of this document names, late ones included; by item.
    pub fn files(&self) -> Vec<NamedFile> {
        let history = self.history();
        let state = RecordState::at(history, &history.all());
        let mut files = Vec::new();
        for collection in self.kind().collections {
            for field in collection.fields.iter().filter(|field| field.names_file()) {
                for item in state.items(collection.name) {
                    let Some(node) = history.node(item.added_by) else { continue };
                    let named = item.fields.get(field.name).into_iter();
                    let hashes = named
                        .flat_map(|register| &register.alternatives)
                        .filter_map(|one| BlobHash::try_from(one.value.as_bytes()?).ok());
                    files.extend(hashes.map(|hash| NamedFile {
                        hash,
                        item: format!("{}/{}", collection.name, item.id),
                        envelope: node.provenance.envelope,
                        person: node.provenance.person.clone(),
                        bytes: length(item),
                        mime: item.text("mime").map(str::to_owned),
                    }));
                }
            }
        }
        files
    }
}

fn length(item: &Item) -> Option<u64> {
    match item.fields.get("bytes")?.single()? {
        Value::Int(bytes) => u64::try_from(*bytes).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::records::{FieldType, builtin};

    #[test]
    fn files_are_told_from_digests() {
        let (mut files, mut digests) = (BTreeSet::new(), BTreeSet::new());
        for kind in builtin().iter() {
            for collection in kind.collections {
                let hashes = [FieldType::Hash, FieldType::File];
                for field in collection.fields.iter().filter(|field| hashes.contains(&field.ty)) {
                    let set = if field.names_file() { &mut files } else { &mut digests };
                    set.insert((collection.name, field.name));
                }
            }
            assert!(!kind.head.iter().any(|field| field.names_file()), "only items name files");
        }
        let named = [("photos", "hash"), ("proofs", "hash"), ("signatures", "stroke")];
        assert_eq!(files, BTreeSet::from(named));
        assert!(digests.contains(&("signatures", "content")), "{digests:?}");
        assert!(
            digests.iter().all(|(_, field)| ["content", "digest"].contains(field)),
            "{digests:?}"
        );
    }
}
