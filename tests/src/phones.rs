//! Phones of the test court over any store, short words for what a person does with them, and
//! [`findings`]: whether what a store holds is whole. Neither crashes nor kills anything.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use automerge::Automerge;
use lastmile_core::document::{Document, Fields, Intent, Provenance};
use lastmile_core::envelope::{RawChange, UnverifiedChange};
use lastmile_core::id::DocumentId;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::identity::{Directory, Signer};
use lastmile_core::phone::{NewRecord, Phone, PhoneError, PhoneOptions, Saved};
use lastmile_core::records::builtin;
use lastmile_core::store::{LogRow, LogState, Origin, ReadTx, StoreOptions};
use lastmile_core::time::{Clock, Entropy, SystemClock, SystemEntropy};
use lastmile_core::value::Value;

/// The case everything belongs to.
pub const CASE: &str = "(2026)粤0605执1101号";

/// Where a phone lies: a store on a SQLite VFS, or a file.
pub fn store_at(path: impl Into<PathBuf>, vfs: Option<&str>) -> StoreOptions {
    StoreOptions {
        path: path.into(),
        vfs: vfs.map(ToOwned::to_owned),
        key: None,
        readers: 1,
        installation: [1; 16],
    }
}

/// The phone of `person`, signed in.
pub fn open(court: &TestCourt, store: StoreOptions, person: &str) -> Result<Phone, PhoneError> {
    let clock = Arc::new(SystemClock::new(&SystemEntropy));
    open_with(court, store, person, clock, Arc::new(SystemEntropy))
}

/// [`open`] with clocks and randomness of the caller's choice.
pub fn open_with(
    court: &TestCourt,
    store: StoreOptions,
    person: &str,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Phone, PhoneError> {
    let root = court.root.certificate.to_bytes();
    let phone =
        Phone::open(PhoneOptions { store, kinds: builtin(), clock, entropy, files: None, root })?;
    let identity = court.person(person);
    phone.trust(&[
        court.issuing.certificate.to_bytes(),
        court.server.certificate.to_bytes(),
        identity.certificate.to_bytes(),
    ])?;
    phone.sign_in(identity.id, Arc::clone(&identity.signer) as Arc<dyn Signer>)?;
    Ok(phone)
}

/// Fields by name.
pub fn fields(values: &[(&str, Value)]) -> Fields {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Begins a seizure list.
pub fn begin(phone: &Phone) -> Result<Saved, PhoneError> {
    phone.create(NewRecord {
        kind: "seizure".into(),
        case: CASE.into(),
        handler: String::new(),
        head: fields(&[("location", "九江镇测试工业区1号".into())]),
        items: Vec::new(),
    })
}

/// The wish for one more line called `name`.
pub fn line(phone: &Phone, name: &str) -> (String, Intent) {
    let item = phone.new_item();
    let fields = fields(&[("name", name.into()), ("quantity", Value::Int(1))]);
    (item.clone(), Intent::Add { verb: "add_line".into(), item, fields })
}

/// The wish that a line says another quantity.
pub fn quantity(item: &str, quantity: i64) -> Intent {
    let fields = fields(&[("quantity", Value::Int(quantity))]);
    Intent::Edit { verb: "edit_line".into(), item: item.into(), fields }
}

/// All rows of the log.
pub fn log(phone: &Phone) -> Vec<LogRow> {
    phone.store().read::<_, PhoneError>(|tx| Ok(tx.log_after(0, u32::MAX)?)).unwrap()
}

/// Everything about this phone's store that is not as it must be at every moment; empty is good. The
/// log is held to itself, the caches to the log. `directory` has the certificates of all authors.
pub fn findings(phone: &Phone, directory: &Directory) -> Vec<String> {
    let mut found = Vec::new();
    phone
        .store()
        .read::<_, PhoneError>(|tx| {
            found.extend(tx.check()?);
            let rows = tx.log_after(0, u32::MAX)?;
            own_sequence(tx, &rows, &mut found)?;
            for row in &rows {
                change(tx, row, directory, &mut found)?;
            }
            let logged: BTreeSet<DocumentId> = rows.iter().map(|row| row.row.document).collect();
            let listed: BTreeSet<DocumentId> =
                tx.documents(None, u32::MAX)?.iter().map(|row| row.id).collect();
            if logged != listed {
                found.push(format!("{} records in the log, {} listed", logged.len(), listed.len()));
            }
            for id in logged {
                record(tx, id, &rows, &mut found)?;
            }
            Ok(())
        })
        .unwrap();
    for row in phone.records_of_case(CASE).unwrap() {
        if Some(phone.digest(row.id).unwrap()) != row.digest {
            found.push(format!("{}: the phone shows another state than it lists", row.id.to_hex()));
        }
    }
    found
}

/// Own changes are numbered 1, 2, 3… in the order they were made, and the next number follows.
fn own_sequence(
    tx: &ReadTx<'_>,
    rows: &[LogRow],
    found: &mut Vec<String>,
) -> Result<(), PhoneError> {
    let Some(identity) = tx.identity()? else { return Ok(()) };
    let own =
        rows.iter().filter(|row| row.row.origin == Origin::Own && row.row.epoch == identity.epoch);
    let given: Vec<u64> = own.map(|row| row.row.sequence).collect();
    if !given.iter().copied().eq(1..identity.next_sequence) {
        found.push(format!("sequences {given:?}, next {}", identity.next_sequence));
    }
    Ok(())
}

fn change(
    tx: &ReadTx<'_>,
    LogRow { row, .. }: &LogRow,
    directory: &Directory,
    found: &mut Vec<String>,
) -> Result<(), PhoneError> {
    let mut say = |what: &str| found.push(format!("change {}: {what}", row.sequence));
    if row.origin == Origin::Own {
        match tx.intent(row.id)?.map(|json| serde_json::from_str::<Intent>(&json)) {
            Some(Ok(_)) => {}
            Some(Err(_)) => say("its intent cannot be read"),
            None => say("without intent"),
        }
    }
    if (row.state == LogState::Unsigned) != row.signature.is_none() {
        say("state and signature contradict each other");
    }
    if let Some(signature) = &row.signature {
        let raw = RawChange { body: &row.body, signature, change: &row.change };
        let holds = UnverifiedChange::from_raw_parts(raw)
            .and_then(|change| change.verify(directory, directory.court()))
            .is_ok_and(|verified| verified.id() == row.id);
        if !holds {
            say("its signature does not hold");
        }
    }
    Ok(())
}

fn record(
    tx: &ReadTx<'_>,
    id: DocumentId,
    rows: &[LogRow],
    found: &mut Vec<String>,
) -> Result<(), PhoneError> {
    let mut say = |what: &str| found.push(format!("record {}: {what}", id.to_hex()));
    let log = rows.iter().map(|row| &row.row).filter(|row| row.document == id).map(|row| {
        let provenance = Provenance {
            envelope: row.id,
            person: String::new(),
            roles: Vec::new(),
            verb: row.verb.clone(),
            device_ms: row.captured.moment.device_ms,
        };
        (row.change.as_slice(), provenance)
    });
    let Ok(document) = Document::from_log(&builtin(), id, log, None) else {
        say("its log makes no document");
        return Ok(());
    };
    let Some(row) = tx.document(id)? else {
        say("not listed");
        return Ok(());
    };
    let view = document.view();
    if row.digest != Some(document.state_digest()) || row.heads != document.history().heads() {
        say("listed with another state than its log says");
    }
    if row.title != view.title().chars().take(200).collect::<String>() {
        say("listed under another title than its log says");
    }
    let loaded = row.snapshot.as_deref().and_then(|bytes| Automerge::load(bytes).ok());
    let heads = loaded.map(|loaded| loaded.get_heads().iter().map(|hash| hash.0).collect());
    if heads != Some(row.heads.iter().map(|hash| hash.0).collect::<Vec<_>>()) {
        say("its snapshot is not of the same changes");
    }
    // The search entry is of the newest state: the name of the newest line finds the record.
    let name = view.state.collections.get("lines").and_then(|lines| lines.last());
    let name = name.and_then(|line| line.fields.get("name")).and_then(|name| name.single());
    if let Some(name) = name.and_then(Value::as_text) {
        let found_by_name = tx.search(name, 100_000)?;
        if !found_by_name.hits.iter().any(|hit| hit.target == id.as_bytes()) {
            say("not found by its newest line");
        }
    }
    Ok(())
}
