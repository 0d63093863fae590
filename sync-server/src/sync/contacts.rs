//! When phones were last heard of and how far they had read then. Noted in memory with each request and written
//! down every few seconds together with all others, so that ten thousand phones that wait for news cost the disk
//! one transaction and not ten thousand. A crash forgets the last seconds; the next request says it all again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lastmile_core::id::{CertificateId, ServerEpoch};
use lastmile_core::sync::request::SyncRequest;

use crate::server::Server;
use crate::store::{Contact, Reading, StoreError};

/// What was not written down yet.
#[derive(Debug, Default)]
pub struct Contacts(Mutex<HashMap<CertificateId, Contact>>);

impl Contacts {
    fn held(&self) -> MutexGuard<'_, HashMap<CertificateId, Contact>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A phone asked for news itself. Places of another life of the server, before a restore, say nothing here.
    pub(super) fn heard(
        &self,
        certificate: CertificateId,
        request: &SyncRequest,
        life: ServerEpoch,
        at_ms: i64,
    ) {
        let read = request.cursors.iter().map(|cursor| (cursor.channel.clone(), cursor.seq));
        let same = request.server_epoch.is_none_or(|theirs| theirs == life);
        let contact = Contact { at_ms, read_to: same.then(|| read.collect()) };
        self.held().insert(certificate, contact);
    }

    /// The newest contact of every certificate that was ever heard of.
    pub fn all(
        &self,
        reading: &Reading<'_>,
    ) -> Result<BTreeMap<CertificateId, Contact>, StoreError> {
        let mut contacts = reading.contacts()?;
        contacts.extend(self.held().iter().map(|(id, contact)| (*id, contact.clone())));
        Ok(contacts)
    }
}

/// Writes down who was heard of since the last time.
pub fn write_down(server: &Server) -> Result<(), StoreError> {
    let fresh = std::mem::take(&mut *server.contacts().held());
    if fresh.is_empty() {
        return Ok(());
    }
    let written = server.store().write::<_, StoreError>(|writing| {
        fresh.iter().try_for_each(|(id, contact)| writing.put_contact(*id, contact))
    });
    if written.is_err() {
        // For the next time, unless newer ones came meanwhile.
        let mut held = server.contacts().held();
        for (id, contact) in fresh {
            held.entry(id).or_insert(contact);
        }
    }
    written
}
