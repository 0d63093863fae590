//! What the court says in one phone's own channel. A withdrawn phone reads nothing else, so what verifies
//! the words stands beside them.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::CertificateKind;
use lastmile_core::sync::channel::EntryKind;

use super::Ingest;
use crate::store::StoreError;

impl Ingest<'_> {
    /// Puts `thing` into the device channel `name`, behind the certificates that verify it and the log's
    /// checkpoints, whatever keys were replaced since the phone's last contact.
    pub fn append_for_device(
        &self,
        name: &str,
        thing: (EntryKind, [u8; 32]),
    ) -> Result<(), StoreError> {
        let mut things = Vec::new();
        for id in self.verifying() {
            let told = things.contains(&(EntryKind::Certificate, id.0));
            if !told && !self.writing.is_in_feed(name, EntryKind::Certificate, &id.0)? {
                things.push((EntryKind::Certificate, id.0));
            }
        }
        things.push(thing);
        self.writing.append(name, &things)?;
        Ok(())
    }

    /// What verifies the court's words and the log they stand in, issuers first: this server's
    /// certificate, those of checkpoints, and all above them without the first root, which every phone pins.
    fn verifying(&self) -> Vec<CertificateId> {
        let checkpoints = self
            .directory
            .certificates()
            .filter(|(_, verified)| verified.payload().kind == CertificateKind::Checkpoint)
            .map(|(id, _)| id);
        let mut all = Vec::new();
        for leaf in std::iter::once(self.issuer.certificate).chain(checkpoints) {
            let mut chain = Vec::new();
            let mut next = Some(leaf);
            while let Some(id) = next {
                next = self.directory.get(&id).and_then(|found| found.payload().issuer);
                if next.is_some() {
                    chain.push(id);
                }
            }
            all.extend(chain.into_iter().rev());
        }
        all
    }
}
