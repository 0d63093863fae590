//! `GET devices`: phones, whose they are, whether they stand, when they were last heard of. A phone is a person's
//! certificates for one device: the everyday key's, and the one for finalising.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use lastmile_core::id::CertificateId;
use lastmile_core::identity::certificate::{protection, purpose};
use lastmile_core::identity::{Certificate, CertificateKind, Directory};
use serde::Serialize;
use utoipa::ToSchema;

use super::roster::Names;
use super::{DEVICES, may};
use crate::http::AppState;
use crate::http::api::input::{Asked, CourtPath, PageQuery, limit, place_after};
use crate::http::api::moment;
use crate::http::api::shown::Page;
use crate::http::incident_view::PersonRef;
use crate::http::problem::Problem;
use crate::http::session::Console;
use crate::server::Server;
use crate::store::{Contact, Reading, StoreError};
use crate::sync::access::reach;

/// A phone of somebody's.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names)] // their names everywhere in the API
pub(super) struct Device {
    /// Its newest certificate for everyday changes, 64 hexadecimal digits.
    pub certificate: String,
    /// Device id, as certificates say.
    pub device: String,
    /// What it is called: as the administrator said in the invitation, else the id.
    pub device_name: String,
    /// Whose it is.
    pub person: PersonRef,
    /// Role codes of the certificate.
    pub roles: Vec<String>,
    /// When the certificate runs out, RFC 3339.
    pub valid_until: String,
    /// When it was withdrawn.
    pub withdrawn: Option<String>,
    /// When it last asked for news itself, to the minute; what came by courier does not count.
    pub last_contact: Option<String>,
    /// Version of its app: phones do not tell yet.
    pub app_version: Option<String>,
    /// Changes recorded on it that are held or in quarantine here.
    pub waiting: u64,
    /// Entries that it may read and had not when it was last heard of; absent when nobody knows: it never asked
    /// itself, or may read nothing.
    pub behind: Option<u64>,
}

/// Person and device id: a phone.
pub(super) type Key = (String, String);

/// The certificates of every phone.
pub(super) fn phones(directory: &Directory) -> BTreeMap<Key, Vec<CertificateId>> {
    let mut phones: BTreeMap<Key, Vec<CertificateId>> = BTreeMap::new();
    for (id, verified) in directory.certificates() {
        if let Some(key) = key_of(verified.payload()) {
            phones.entry(key).or_default().push(id);
        }
    }
    phones
}

/// The phone of a person's certificate; a key that the court keeps for the console is on none.
pub(super) fn key_of(body: &Certificate) -> Option<Key> {
    (body.kind == CertificateKind::Person && body.protection != protection::COURT)
        .then(|| Some((body.person.clone()?, body.device.clone()?)))
        .flatten()
}

/// Phones, by person and device id
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/devices",
    tag = "console",
    params(CourtPath, PageQuery),
    responses((status = 200, description = "A page of phones", body = Page<Device>))
)]
pub(super) async fn devices(
    State(state): State<AppState>,
    console: Console,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Device>>, Problem> {
    may(&console, DEVICES)?;
    let limit = limit(asked.limit)?;
    let after: Key = place_after(asked.after.as_deref())?.unwrap_or_default();
    let devices = state
        .run(move |server| {
            let directory = server.directory()?;
            server.store().read::<_, StoreError>(|reading| {
                let shelf = Shelf::new(server, reading, &directory)?;
                let phones = phones(&directory).into_iter().filter(|(key, _)| *key > after);
                let rows =
                    phones.filter_map(|(_, certificates)| shelf.device(&certificates).transpose());
                rows.take(limit + 1).collect()
            })
        })
        .await??;
    let key = |device: &Device| (device.person.person.clone(), device.device.clone());
    Ok(Json(Page::of(devices, limit, key, |device| device)))
}

/// What is known of phones beside their certificates.
pub(super) struct Shelf<'a> {
    reading: &'a Reading<'a>,
    directory: &'a Directory,
    now_ms: i64,
    names: Names,
    labels: BTreeMap<Key, String>,
    contacts: BTreeMap<CertificateId, Contact>,
    waiting: BTreeMap<CertificateId, u64>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(
        server: &Server,
        reading: &'a Reading<'a>,
        directory: &'a Directory,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            reading,
            directory,
            now_ms: server.now_ms(),
            names: Names::read(reading, directory)?,
            labels: labels(reading, directory)?,
            contacts: server.contacts().all(reading)?,
            waiting: reading.waiting_by_certificate()?,
        })
    }

    /// The phone that has these certificates.
    pub(super) fn device(
        &self,
        certificates: &[CertificateId],
    ) -> Result<Option<Device>, StoreError> {
        let body = |id: &CertificateId| self.directory.get(id).map(|found| found.payload());
        let newest = |id: &&CertificateId| {
            let stands = self.directory.findings(id, self.now_ms).is_empty();
            (stands, body(id).map(|body| body.serial))
        };
        let everyday = |id: &&CertificateId| body(id).is_some_and(|b| b.serves(purpose::RECORD));
        let id = certificates.iter().filter(everyday).max_by_key(newest);
        let Some((id, shown)) = id.and_then(|id| Some((id, body(id)?))) else { return Ok(None) };
        let Some(key) = key_of(shown) else { return Ok(None) };
        let contacts = certificates.iter().filter_map(|id| self.contacts.get(id));
        let contact = contacts.max_by_key(|contact| contact.at_ms);
        let waiting = certificates.iter().filter_map(|id| self.waiting.get(id)).sum();
        let behind = match contact.and_then(|contact| contact.read_to.as_ref()) {
            Some(read_to) => self.behind(*id, &key.0, read_to)?,
            None => None,
        };
        Ok(Some(Device {
            certificate: id.to_hex(),
            device_name: self.labels.get(&key).unwrap_or(&key.1).clone(),
            device: key.1,
            person: self.names.person(&key.0),
            roles: shown.roles.clone(),
            valid_until: moment(shown.not_after_ms),
            withdrawn: self.directory.withdrawn(id).map(|since| moment(since.at_ms)),
            last_contact: contact.map(|contact| moment(contact.at_ms)),
            app_version: None,
            waiting,
            behind,
        }))
    }

    /// Entries beyond `read_to` of what the holder of a certificate may read; nothing for whoever may not read.
    fn behind(
        &self,
        certificate: CertificateId,
        person: &str,
        read_to: &BTreeMap<String, u64>,
    ) -> Result<Option<u64>, StoreError> {
        let reach = reach(self.reading, self.directory, certificate, person, self.now_ms)?;
        let Some(reach) = reach else { return Ok(None) };
        let mut behind = 0;
        for access in reach {
            let Some(head) = self.reading.channel_head(&access.channel)? else { continue };
            let end = access.until.map_or(head.seq, |until| head.seq.min(until));
            let read = read_to.get(&access.channel).copied().unwrap_or_default();
            behind += end.saturating_sub(read);
        }
        Ok(Some(behind))
    }
}

/// What administrators called the phones they invited.
fn labels(
    reading: &Reading<'_>,
    directory: &Directory,
) -> Result<BTreeMap<Key, String>, StoreError> {
    let mut labels = BTreeMap::new();
    for row in reading.enrolments()? {
        let Some(label) = row.label else { continue };
        for id in row.certificates {
            if let Some(key) = directory.get(&id).and_then(|found| key_of(found.payload())) {
                labels.insert(key, label.clone());
            }
        }
    }
    Ok(labels)
}
