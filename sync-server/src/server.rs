//! One court's server without its network: the database, the keys, what is kept in memory, and the one
//! way in for changes ([`Server::ingest`]).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lastmile_core::document::Hold;
use lastmile_core::id::{CertificateId, ServerEpoch};
use lastmile_core::identity::Directory;
use lastmile_core::pack::area::AreaPack;
use lastmile_core::pack::payload::Payload;
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::{KindSet, builtin};
use lastmile_core::sync::channel::CASE;
use lastmile_core::time::{Clock, Entropy, Moment, SystemClock, SystemEntropy};

use crate::acting::Hands;
use crate::assistance::DISPATCH;
use crate::assistance::positions::Positions;
use crate::assistance::presence::Presence;
use crate::assistance::units::UnitFixes;
use crate::courier::Opener;
use crate::files::incoming::{Disk, RealDisk};
use crate::files::{ConfigError, Files};
use crate::ingest::{Hot, Ingest, IngestError, Ingested};
use crate::issuer::Issuer;
use crate::keys::{KeyError, Keyring, Loose, Passphrase, PassphraseError};
use crate::publish::{PublishError, Published, Publisher};
use crate::routing::Stations;
use crate::sequencer::Sequencer;
use crate::store::{Reading, Store, StoreError};
use crate::sync::answered::Answered;
use crate::sync::contacts::Contacts;
use crate::trust::Trust;
use crate::waiters::{ACTS, Waiters};

/// File of the database in the data directory.
pub const DATABASE: &str = "server.db";

/// Records looked at again when a server opens, those that came last first.
const MAX_LOOKED_AGAIN: usize = 10_000;

/// How to open a server.
#[derive(Clone)]
pub struct Options {
    /// Record kinds.
    pub kinds: KindSet,
    /// The server's clock; tests move their own.
    pub clock: Arc<dyn Clock>,
    /// Randomness for nonces and epochs.
    pub entropy: Arc<dyn Entropy>,
    /// Opens the key files.
    pub passphrase: Passphrase,
    /// The disk under arriving files; tests put one here that is full.
    pub disk: Arc<dyn Disk>,
    /// Where phones find this service, `https://...`; unknown when nobody said.
    pub public_url: Option<String>,
}

/// Opens courts of the demo and tests; no other court has their passphrase.
impl Default for Options {
    fn default() -> Self {
        let entropy = SystemEntropy;
        Self {
            kinds: builtin(),
            clock: Arc::new(SystemClock::new(&entropy)),
            entropy: Arc::new(entropy),
            passphrase: Passphrase::demo(),
            disk: Arc::new(RealDisk),
            public_url: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Options")
    }
}

/// The server cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The files of evidence.
    #[error(transparent)]
    Files(#[from] ConfigError),
    /// The list of which record names which file.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

impl OpenError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Ingest(error) => error.code(),
        }
    }
}

impl From<PassphraseError> for OpenError {
    fn from(error: PassphraseError) -> Self {
        Self::Key(error.into())
    }
}

/// One court's server.
pub struct Server {
    dir: PathBuf,
    store: Store,
    options: Options,
    trust: Trust,
    keys: Keyring,
    issuer: Issuer,
    sequencer: Sequencer,
    /// Documents in memory; whoever holds this is the one who changes documents.
    hot: Mutex<Hot>,
    stations: Mutex<Cached<Stations>>,
    waiters: Waiters,
    presence: Presence,
    hands: Hands,
    positions: Positions,
    unit_fixes: UnitFixes,
    contacts: Contacts,
    answered: Answered,
    opener: Opener,
    files: Files,
}

/// Something made from packs, and the versions it was made from.
type Cached<T> = ((u64, u64), Arc<T>);

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// Whether something of a case has changed beside requests for assistance: a record of another kind, the word of
/// the court about a file, a case pack.
fn of_acts(done: &Ingested) -> bool {
    let mut records = done.documents.iter();
    let told = if done.documents.is_empty() {
        // A step that was taken about a request stands in the case's channel, too.
        !done.channels.contains(DISPATCH)
    } else {
        records.any(|document| !document.kind().envelope.to_station)
    };
    told && done.channels.iter().any(|name| name.starts_with(CASE))
}

impl Server {
    /// Opens the server whose data is in `dir`.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        if !dir.join(DATABASE).exists() {
            // Says what is missing before it asks for keys of nothing.
            Store::open(&dir.join(DATABASE))?;
        }
        let keys = Loose::read(dir, &options.passphrase)?;
        let store = Store::open(&dir.join(DATABASE))?;
        let root = store.court().root;
        let trust = store.read::<_, StoreError>(|reading| Trust::open(reading, root))?;
        let directory = store.read::<_, StoreError>(|reading| trust.refresh(reading))?;
        let keys = keys.held(dir, &directory)?;
        let issuer = Issuer {
            court: store.court().court.clone(),
            certificate: keys.server.certificate,
            signer: Arc::clone(&keys.server.signer),
            entropy: Arc::clone(&options.entropy),
        };
        let (court, epoch) = (&store.court().court, store.court().epoch);
        let sequencer = Sequencer::new(court, epoch, keys.checkpoint.clone());
        let files = Files::open(dir, Arc::clone(&options.disk))?;
        let fixes = store.read::<_, StoreError>(|reading| reading.crew_fixes())?;
        let positions = Positions::recalled(fixes);
        let server = Self {
            dir: dir.to_owned(),
            store,
            options,
            trust,
            keys,
            issuer,
            sequencer,
            hot: Mutex::new(Hot::default()),
            stations: Mutex::new(((0, 0), Arc::new(Stations::default()))),
            waiters: Waiters::default(),
            presence: Presence::default(),
            hands: Hands::default(),
            positions,
            unit_fixes: UnitFixes::default(),
            contacts: Contacts::default(),
            answered: Answered::default(),
            opener: Opener::default(),
            files,
        };
        server.catch_up()?;
        server.list_files(&directory)?;
        server.look_again(&directory)?;
        Ok(server)
    }

    /// Brings into the log what the founding of the court or an older program left out of it.
    fn catch_up(&self) -> Result<(), StoreError> {
        if self.store.read(|reading| self.sequencer.behind(reading))? {
            self.store.write::<_, StoreError>(|writing| {
                writing.log_again()?;
                self.sequencer.seal(writing, self.now_ms())
            })?;
        }
        Ok(())
    }

    /// Lists the files that records from before there was such a list name.
    fn list_files(&self, directory: &Directory) -> Result<(), IngestError> {
        if self.store.read::<_, StoreError>(|reading| reading.files_listed())? {
            return Ok(());
        }
        self.ingest(directory, |ingest| {
            for id in ingest.writing.documents()? {
                let document = ingest.from_log(id)?;
                ingest.list_files(&document)?;
            }
            ingest.writing.set_files_listed()?;
            Ok(Ingested::default())
        })?;
        Ok(())
    }

    /// Judges once more what was held because it follows a later version than this program's was: it
    /// may be that version now. A record that fails is left as it is; the others go on.
    fn look_again(&self, directory: &Directory) -> Result<(), StoreError> {
        let codes = [Hold::UnknownKind, Hold::UnknownVerb, Hold::NewerSchema].map(Hold::code);
        let documents = self
            .store
            .read::<_, StoreError>(|reading| reading.documents_held(&codes, MAX_LOOKED_AGAIN))?;
        let entered = BTreeSet::new();
        for document in documents {
            // One transaction each: however many there are, nobody waits for all of them.
            if let Err(error) =
                self.ingest(directory, |ingest| ingest.rejudge(&[document], &entered))
            {
                tracing::warn!(code = error.code(), %document, "held changes were not judged again");
            }
        }
        Ok(())
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Court code.
    pub fn court(&self) -> &str {
        &self.store.court().court
    }

    /// The database's life.
    pub fn epoch(&self) -> ServerEpoch {
        self.store.court().epoch
    }

    /// The pinned root.
    pub fn root(&self) -> CertificateId {
        self.store.court().root
    }

    /// Where phones find this service, when somebody said.
    pub fn public_url(&self) -> Option<&str> {
        self.options.public_url.as_deref()
    }

    /// Record kinds.
    pub fn kinds(&self) -> &KindSet {
        &self.options.kinds
    }

    /// The court's keys that this machine holds.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// The server's voice.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The voice of the court's log.
    pub fn sequencer(&self) -> &Sequencer {
        &self.sequencer
    }

    /// Which desks have somebody at a console.
    pub fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Keys of people at consoles, while they are signed in.
    pub fn hands(&self) -> &Hands {
        &self.hands
    }

    /// Where crews are.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// Where units of the police were last.
    pub fn unit_fixes(&self) -> &UnitFixes {
        &self.unit_fixes
    }

    /// Which phones were heard of.
    pub fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    /// Who waits for news.
    pub fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// What opens couriers' bundles.
    pub fn opener(&self) -> &Opener {
        &self.opener
    }

    /// The files of evidence.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        self.options.entropy.as_ref()
    }

    /// What opens the court's key files.
    pub(crate) fn passphrase(&self) -> &Passphrase {
        &self.options.passphrase
    }

    /// Tokens of requests that were let in.
    pub fn answered(&self) -> &Answered {
        &self.answered
    }

    /// Now, by this machine.
    pub fn moment(&self) -> Moment {
        self.options.clock.now()
    }

    /// Server clock, milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.options.clock.now().device_ms
    }

    /// The court's certificates as they stand in the database now.
    pub fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        self.store.read(|reading| self.trust.refresh(reading))
    }

    /// Publishes reference data: all of it, or nothing.
    pub fn publish(
        &self,
        work: impl FnOnce(&mut Publisher<'_, '_>) -> Result<(), PublishError>,
    ) -> Result<Published, PublishError> {
        let directory = self.directory()?;
        let mut published = Published::default();
        self.ingest_as(&directory, |ingest| {
            let mut publisher = Publisher::new(ingest);
            work(&mut publisher)?;
            published = publisher.done;
            Ok::<_, PublishError>(publisher.ingested)
        })?;
        Ok(published)
    }

    /// Changes documents: one transaction, after which whoever waits is woken. After an error nothing
    /// has changed.
    pub fn ingest(
        &self,
        directory: &Directory,
        work: impl FnOnce(&mut Ingest<'_>) -> Result<Ingested, IngestError>,
    ) -> Result<Ingested, IngestError> {
        self.ingest_as(directory, work)
    }

    pub(crate) fn ingest_as<E: From<StoreError>>(
        &self,
        directory: &Directory,
        work: impl FnOnce(&mut Ingest<'_>) -> Result<Ingested, E>,
    ) -> Result<Ingested, E> {
        let stations = self.store.read::<_, StoreError>(|reading| self.stations(reading))?;
        let mut hot = self.hot.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = self.now_ms();
        let done = self.store.write(|writing| {
            let done = work(&mut Ingest {
                writing,
                kinds: &self.options.kinds,
                directory,
                issuer: &self.issuer,
                stations: &stations,
                now_ms,
                hot: &mut hot,
            })?;
            self.sequencer.seal(writing, now_ms)?;
            Ok::<_, E>(done)
        });
        let mut done = match done {
            Ok(done) => done,
            Err(error) => {
                hot.clear();
                return Err(error);
            }
        };
        let acts = of_acts(&done);
        for document in done.documents.drain(..) {
            hot.put(document);
        }
        drop(hot);
        self.waiters.wake(&done.channels);
        if acts {
            self.waiters.wake([&ACTS.to_owned()]);
        }
        Ok(done)
    }

    /// Stations and areas of the newest packs.
    fn stations(&self, reading: &Reading<'_>) -> Result<Arc<Stations>, StoreError> {
        const DAMAGED: StoreError = StoreError::Damaged("station or area pack");
        let court = self.court();
        let versions = (
            reading.pack_version(StationPack::KIND, court)?,
            reading.pack_version(AreaPack::KIND, court)?,
        );
        let mut cached = self.stations.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.0 != versions {
            let stations =
                crate::publish::stored::<StationPack>(reading, court).map_err(|_| DAMAGED)?;
            let areas = crate::publish::stored::<AreaPack>(reading, court).map_err(|_| DAMAGED)?;
            let built =
                stations.map(|pack| Stations::new(&pack, areas.as_ref())).unwrap_or_default();
            *cached = (versions, Arc::new(built));
        }
        Ok(Arc::clone(&cached.1))
    }
}
