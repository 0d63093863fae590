//! What a record's files mean for its case: which it names, and that the court has one.

use std::collections::BTreeSet;

use lastmile_core::document::Document;
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::sync::channel;

use super::{Ingest, IngestError};
use crate::store::{FileRow, StoreError};

impl Ingest<'_> {
    /// Writes down which files a document names.
    pub fn list_files(&self, document: &Document) -> Result<(), StoreError> {
        let case = channel::of_case(document.case());
        self.writing.put_files_named(document.id(), &case, &document.files())
    }

    /// Tells the document's case of files that it names and the court has already, because of another
    /// case; gives the channels that have news.
    pub(super) fn tell_of_files(
        &self,
        document: &Document,
    ) -> Result<BTreeSet<String>, IngestError> {
        let case = channel::of_case(document.case());
        let mut told = BTreeSet::new();
        for named in document.files() {
            if let Some(row) = self.writing.file(named.hash)?
                && self.say_stored(&row, &case, false)?
            {
                told.insert(case.clone());
            }
        }
        Ok(told)
    }

    /// Says in a channel, a case's or a phone's own, that the court has a file; once, unless `again`. Whether
    /// it was said now.
    pub fn say_stored(&self, row: &FileRow, name: &str, again: bool) -> Result<bool, IngestError> {
        let kind = TransitionKind::Stored { hash: row.hash, bytes: row.bytes };
        let subject = row.hash.to_hex();
        let said = self.writing.last_transition(kind.code(), &subject, name)?.is_some();
        if said && !again {
            return Ok(false);
        }
        let thing = self.issuer.transition(self.writing, name, kind, &subject, self.now_ms)?;
        if name.starts_with(channel::DEVICE) {
            self.append_for_device(name, thing)?;
        } else {
            self.writing.append(name, &[thing])?;
        }
        Ok(true)
    }
}
