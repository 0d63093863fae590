//! What a record's files mean for its case: which it names, that the court has one, that it lost one.

use std::collections::BTreeSet;

use lastmile_core::document::Document;
use lastmile_core::id::{BlobHash, CertificateId};
use lastmile_core::identity::CertificateKind;
use lastmile_core::identity::certificate::protection;
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::sync::channel;

use super::{Ingest, IngestError};
use crate::files::access::hears_of;
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
                && self.say_stored(&row, &case)?
            {
                told.insert(case.clone());
            }
        }
        Ok(told)
    }

    /// Says in a channel, a case's or a phone's own, that the court has a file, unless that is the last word about
    /// it there. Whether it was said now.
    pub fn say_stored(&self, row: &FileRow, name: &str) -> Result<bool, IngestError> {
        if self.writing.last_file_word(row.hash, name)?.is_some_and(|word| word.holds) {
            return Ok(false);
        }
        let kind = TransitionKind::Stored { hash: row.hash, bytes: row.bytes };
        self.say_of_file(row.hash, kind, name)?;
        Ok(true)
    }

    /// Takes back that the court has a file: in every channel whose last word says so, and in the own channel of
    /// each phone that may have it and does not read that; gives the channels that have news.
    pub fn say_lost(&self, hash: BlobHash, reason: &str) -> Result<BTreeSet<String>, IngestError> {
        let kind = TransitionKind::Lost { hash, reason: reason.to_owned() };
        let mut told: BTreeSet<String> =
            self.writing.channels_promised(hash)?.into_iter().collect();
        for name in &told {
            self.say_of_file(hash, kind.clone(), name)?;
        }
        for certificate in self.shut_out(hash)? {
            let name = channel::of_device(certificate);
            let said = self.writing.last_file_word(hash, &name)?;
            if said.is_none_or(|word| word.holds) {
                self.say_of_file(hash, kind.clone(), &name)?;
                told.insert(name);
            }
        }
        Ok(told)
    }

    /// Phones of people who could read a record that names the file, and do not read the last word about it: they
    /// were withdrawn, or their person left the case.
    fn shut_out(&self, hash: BlobHash) -> Result<Vec<CertificateId>, StoreError> {
        let mut people = BTreeSet::new();
        for named in self.writing.uses_of_file(hash)? {
            for (name, seq) in self.writing.places_of(named.envelope)? {
                people.extend(self.writing.readers_of(&name, seq)?);
            }
        }
        let mut phones = Vec::new();
        for (id, verified) in self.directory.certificates() {
            let body = verified.payload();
            if body.kind != CertificateKind::Person || body.protection == protection::COURT {
                continue;
            }
            let Some(person) = body.person.as_deref().filter(|person| people.contains(*person))
            else {
                continue;
            };
            if !hears_of(self.writing, self.directory, id, person, hash, self.now_ms)? {
                phones.push(id);
            }
        }
        Ok(phones)
    }

    fn say_of_file(
        &self,
        hash: BlobHash,
        kind: TransitionKind,
        name: &str,
    ) -> Result<(), IngestError> {
        let subject = hash.to_hex();
        let thing = self.issuer.transition(self.writing, name, kind, &subject, self.now_ms)?;
        if name.starts_with(channel::DEVICE) {
            self.append_for_device(name, thing)?;
        } else {
            self.writing.append(name, &[thing])?;
        }
        Ok(())
    }
}
