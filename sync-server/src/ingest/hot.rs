//! Documents in memory, so that the usual change does not rebuild its record from the log. Bounded;
//! what was touched longest ago goes first. Nothing here is truth: after any error it is emptied.

use std::collections::HashMap;

use lastmile_core::document::Document;
use lastmile_core::id::DocumentId;

/// Documents kept. A loaded record of usual size takes about 60 kB with its history.
const MAX: usize = 1_024;

/// The cache.
#[derive(Debug, Default)]
pub struct Hot {
    documents: HashMap<DocumentId, (Document, u64)>,
    tick: u64,
}

impl Hot {
    /// A document, taken out: it comes back by [`Self::put`] when its change succeeded.
    pub fn take(&mut self, id: DocumentId) -> Option<Document> {
        self.documents.remove(&id).map(|(document, _)| document)
    }

    /// Keeps a document.
    pub fn put(&mut self, document: Document) {
        self.tick += 1;
        if self.documents.len() >= MAX {
            let oldest =
                self.documents.iter().min_by_key(|(_, (_, tick))| *tick).map(|(id, _)| *id);
            oldest.map(|id| self.documents.remove(&id));
        }
        self.documents.insert(document.id(), (document, self.tick));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.documents.clear();
    }
}
