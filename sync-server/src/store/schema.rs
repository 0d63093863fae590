//! The tables, and the steps from one version of them to the next. Versions are numbered by
//! `user_version`; a database of a newer program is refused, never guessed at.

use rusqlite::Connection;

use super::StoreError;

/// Each step brings the schema from its index to the next number.
const STEPS: [&str; 19] = [
    V1,
    V2,
    V3,
    V4,
    V5,
    V6,
    V7,
    V8,
    V9,
    V10,
    super::looks::SCHEMA,
    super::contacts::SCHEMA,
    super::sms::SCHEMA,
    super::watches::SCHEMA,
    super::positions::SCHEMA,
    super::duty::SCHEMA,
    super::alarm_tests::SCHEMA,
    super::contacts::READ_TO,
    super::alarm_tests::BY_TIME,
];

/// Brings the database up to date, in one transaction per step.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    let done = usize::try_from(found).map_err(|_| StoreError::Damaged("user_version"))?;
    for (index, step) in STEPS.iter().enumerate().skip(done) {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {step} PRAGMA user_version = {}; COMMIT;",
            index + 1
        ))?;
    }
    Ok(())
}

const V1: &str = "
CREATE TABLE court (
  court TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  root BLOB NOT NULL CHECK (length(root) = 32),
  created_ms INTEGER NOT NULL
) STRICT;

-- Verified certificates, in the order they came. `revoked_ms` is for revocations.
CREATE TABLE certificate (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 32),
  arrival INTEGER NOT NULL,
  kind TEXT NOT NULL,
  person TEXT,
  device TEXT,
  bytes BLOB NOT NULL,
  received_ms INTEGER NOT NULL,
  revoked_ms INTEGER,
  PRIMARY KEY (court, id)
) STRICT;
CREATE UNIQUE INDEX certificate_arrival ON certificate (court, arrival);
CREATE INDEX certificate_person ON certificate (court, person);

-- Statements signed by the server: membership, routing.
CREATE TABLE transition (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 32),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  channel TEXT NOT NULL,
  bytes BLOB NOT NULL,
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (court, id)
) STRICT;
CREATE INDEX transition_subject ON transition (court, kind, subject, channel);

-- Reference data signed by the server, all versions.
CREATE TABLE pack (
  court TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 32),
  bytes BLOB NOT NULL,
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (court, kind, subject, version)
) STRICT;
CREATE UNIQUE INDEX pack_id ON pack (court, id);

-- Files of rulings, by content.
CREATE TABLE ruling (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  name TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (court, hash)
) STRICT;

-- Who may read a channel. One row per stay; `left_seq` is the entry that says so.
CREATE TABLE member (
  court TEXT NOT NULL,
  channel TEXT NOT NULL,
  person TEXT NOT NULL,
  since_seq INTEGER NOT NULL,
  left_seq INTEGER,
  PRIMARY KEY (court, channel, person, since_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_person ON member (court, person, channel);

CREATE TABLE channel (
  court TEXT NOT NULL,
  name TEXT NOT NULL,
  seq INTEGER NOT NULL,
  set_hash BLOB NOT NULL CHECK (length(set_hash) = 32),
  PRIMARY KEY (court, name)
) STRICT, WITHOUT ROWID;

-- kind: 0 change, 1 certificate, 2 transition, 3 pack; id points into that kind's table.
CREATE TABLE feed (
  court TEXT NOT NULL,
  channel TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
  id BLOB NOT NULL CHECK (length(id) = 32),
  set_after BLOB NOT NULL CHECK (length(set_after) = 32),
  PRIMARY KEY (court, channel, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX feed_once ON feed (court, channel, kind, id);

-- The log: every envelope whose signature holds, whatever the verdict.
CREATE TABLE envelope (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 32),
  arrival INTEGER NOT NULL,
  document BLOB NOT NULL CHECK (length(document) = 16),
  change_hash BLOB NOT NULL CHECK (length(change_hash) = 32),
  actor BLOB NOT NULL CHECK (length(actor) = 16),
  certificate BLOB NOT NULL CHECK (length(certificate) = 32),
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  generation INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  verb TEXT NOT NULL,
  body BLOB NOT NULL,
  signature BLOB NOT NULL CHECK (length(signature) = 64),
  change BLOB NOT NULL,
  received_ms INTEGER NOT NULL,
  carrier BLOB NOT NULL CHECK (length(carrier) = 32),
  state TEXT NOT NULL CHECK (state IN ('accepted', 'held', 'quarantined', 'rejected')),
  reason TEXT NOT NULL,
  case_no TEXT,
  actor_seq INTEGER,
  place INTEGER,
  PRIMARY KEY (court, id),
  CHECK ((state = 'accepted') = (place IS NOT NULL AND actor_seq IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX envelope_arrival ON envelope (court, arrival);
CREATE UNIQUE INDEX envelope_actor ON envelope (court, document, actor, actor_seq)
  WHERE state = 'accepted';
CREATE UNIQUE INDEX envelope_place ON envelope (court, document, place) WHERE state = 'accepted';
CREATE INDEX envelope_document ON envelope (court, document, state, arrival);
CREATE INDEX envelope_sequence ON envelope (court, epoch, device, sequence);
CREATE INDEX envelope_waiting ON envelope (court, state, reason, case_no)
  WHERE state IN ('held', 'quarantined', 'rejected');

-- What could not even be stored as an envelope (signature, unknown certificate): bytes and reason,
-- so that nothing disappears unseen. Bounded per carrier.
CREATE TABLE tray (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  carrier BLOB NOT NULL CHECK (length(carrier) = 32),
  certificate BLOB NOT NULL CHECK (length(certificate) = 32),
  reason TEXT NOT NULL,
  body BLOB NOT NULL,
  signature BLOB NOT NULL,
  change BLOB NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (court, hash)
) STRICT;
CREATE INDEX tray_carrier ON tray (court, carrier, received_ms);
CREATE INDEX tray_certificate ON tray (court, certificate, reason);

-- Caches from here on.
CREATE TABLE record (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  case_no TEXT NOT NULL,
  handler TEXT NOT NULL,
  title TEXT NOT NULL,
  station TEXT,
  changes INTEGER NOT NULL,
  heads BLOB NOT NULL,
  state_digest BLOB NOT NULL CHECK (length(state_digest) = 32),
  content_digest BLOB NOT NULL CHECK (length(content_digest) = 32),
  finalised INTEGER NOT NULL,
  conflicts INTEGER NOT NULL,
  late INTEGER NOT NULL,
  facts TEXT NOT NULL,
  first_received_ms INTEGER NOT NULL,
  last_received_ms INTEGER NOT NULL,
  PRIMARY KEY (court, id)
) STRICT;
CREATE INDEX record_case ON record (court, case_no, kind);
CREATE INDEX record_kind ON record (court, kind, last_received_ms);

CREATE TABLE conflict (
  court TEXT NOT NULL,
  document BLOB NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  case_no TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (court, document, kind, target)
) STRICT;
CREATE INDEX conflict_case ON conflict (court, case_no);

CREATE TABLE request (
  court TEXT NOT NULL,
  document BLOB NOT NULL,
  case_no TEXT NOT NULL,
  station TEXT NOT NULL,
  routed_by TEXT NOT NULL,
  state TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (court, document)
) STRICT;
CREATE INDEX request_station ON request (court, station, received_ms);

CREATE TABLE case_file (
  court TEXT NOT NULL,
  case_no TEXT NOT NULL,
  version INTEGER NOT NULL,
  cause TEXT NOT NULL,
  handler TEXT NOT NULL,
  team TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (court, case_no)
) STRICT;

CREATE TABLE party (
  court TEXT NOT NULL,
  case_no TEXT NOT NULL,
  party TEXT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (court, case_no, party)
) STRICT;
CREATE INDEX party_name ON party (court, name);
";

/// What the API needs: operators' tokens, a table that shows whether writing works, and the order in
/// which open requests are listed.
const V2: &str = "
CREATE TABLE token (
  court TEXT NOT NULL,
  id TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  role TEXT NOT NULL,
  label TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER,
  PRIMARY KEY (court, id)
) STRICT;

CREATE TABLE probe (
  court TEXT NOT NULL PRIMARY KEY,
  written_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX request_open ON request (court, state, received_ms, document);
CREATE INDEX envelope_arrival_waiting ON envelope (court, state, arrival)
  WHERE state IN ('held', 'quarantined', 'rejected');
";

/// One-time codes for phones. The secret is kept as a hash only.
const V3: &str = "
CREATE TABLE enrolment (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 5),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  device TEXT,
  protection TEXT,
  valid_ms INTEGER NOT NULL,
  made_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  revoked_ms INTEGER,
  used_ms INTEGER,
  keys_hash BLOB CHECK (length(keys_hash) = 32),
  certificates BLOB,
  PRIMARY KEY (court, id),
  CHECK ((used_ms IS NULL) = (keys_hash IS NULL) AND (used_ms IS NULL) = (certificates IS NULL))
) STRICT;
";

/// The transparency log. Places of entries from before are given when the database is opened.
const V4: &str = "
ALTER TABLE court ADD COLUMN blinding BLOB CHECK (length(blinding) = 32);
ALTER TABLE court ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;
UPDATE court SET blinding = randomblob(32);

ALTER TABLE feed ADD COLUMN log_index INTEGER;
ALTER TABLE feed ADD COLUMN leaf BLOB CHECK (length(leaf) = 32);
CREATE UNIQUE INDEX feed_log ON feed (court, log_index) WHERE log_index IS NOT NULL;
CREATE INDEX feed_thing ON feed (court, kind, id);
CREATE INDEX feed_unlogged ON feed (court, channel, seq) WHERE log_index IS NULL;

-- Hashes of leaves and of completed subtrees, by their position in the order of completion.
CREATE TABLE log_hash (
  court TEXT NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (court, position)
) STRICT, WITHOUT ROWID;

-- Every checkpoint this court signed, those of lost logs among them.
CREATE TABLE checkpoint (
  court TEXT NOT NULL,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  at_ms INTEGER NOT NULL,
  note BLOB NOT NULL,
  PRIMARY KEY (court, origin, size)
) STRICT;

-- Checkpoints that phones handed in and this log does not contain.
CREATE TABLE log_evidence (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  note BLOB NOT NULL,
  carrier BLOB NOT NULL CHECK (length(carrier) = 32),
  finding TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (court, hash)
) STRICT;
";

/// Files of evidence: which are stored, what is on its way, what is wrong with one; and, as a cache, which
/// record names which. `files_listed` says whether that cache was made for records from before it.
const V5: &str = "
ALTER TABLE court ADD COLUMN files_listed INTEGER NOT NULL DEFAULT 0;

CREATE TABLE file (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  stored_ms INTEGER NOT NULL,
  checked_ms INTEGER NOT NULL,
  PRIMARY KEY (court, hash)
) STRICT;
CREATE INDEX file_checked ON file (court, checked_ms, hash);

-- Small pictures of originals; by_court: made here from the verified original.
CREATE TABLE file_derived (
  court TEXT NOT NULL,
  original BLOB NOT NULL CHECK (length(original) = 32),
  kind TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  bytes INTEGER NOT NULL,
  by_court INTEGER NOT NULL,
  PRIMARY KEY (court, original, kind)
) STRICT;

-- Originals to be sent again: what came was another file, or what was stored is damaged or gone.
CREATE TABLE file_trouble (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  code TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (court, hash)
) STRICT;

-- Uploads; arrived: bytes that lie on the disk, synced. A finished one is answered until it expires.
CREATE TABLE upload (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  kind TEXT NOT NULL,
  original BLOB CHECK (length(original) = 32),
  person TEXT NOT NULL,
  certificate BLOB NOT NULL CHECK (length(certificate) = 32),
  bytes INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  done INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (court, id),
  CHECK (arrived BETWEEN 0 AND bytes)
) STRICT;
CREATE UNIQUE INDEX upload_person ON upload (court, person, hash, kind);
CREATE INDEX upload_hash ON upload (court, hash);
CREATE INDEX upload_last ON upload (court, last_ms);

-- A cache.
CREATE TABLE file_use (
  court TEXT NOT NULL,
  document BLOB NOT NULL CHECK (length(document) = 16),
  item TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  channel TEXT NOT NULL,
  envelope BLOB NOT NULL CHECK (length(envelope) = 32),
  person TEXT NOT NULL,
  bytes INTEGER,
  media_type TEXT,
  PRIMARY KEY (court, document, item, hash)
) STRICT;
CREATE INDEX file_use_hash ON file_use (court, hash);
";

/// Whose token it is: what its holder decides over the API is that person's decision. And timestamps of
/// checkpoints by an authority outside the court.
const V6: &str = "
ALTER TABLE token ADD COLUMN person TEXT;

CREATE TABLE checkpoint_timestamp (
  court TEXT NOT NULL,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  authority TEXT NOT NULL,
  token BLOB NOT NULL,
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (court, origin, size, authority)
) STRICT;
";

/// Accounts of people at the console, and the browsers that are signed in.
const V7: &str = "
CREATE TABLE account (
  court TEXT NOT NULL,
  person TEXT NOT NULL,
  password TEXT NOT NULL,
  totp BLOB,
  totp_step INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  PRIMARY KEY (court, person)
) STRICT;

CREATE TABLE session (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  person TEXT NOT NULL,
  begun_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (court, hash)
) STRICT;
CREATE INDEX session_person ON session (court, person);
";

/// Which signed steps concern which request for assistance, in the order in which they were signed.
const V8: &str = "
CREATE TABLE assist (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  court TEXT NOT NULL,
  document BLOB NOT NULL CHECK (length(document) = 16),
  other BLOB CHECK (other IS NULL OR length(other) = 16),
  step BLOB NOT NULL CHECK (length(step) = 32)
) STRICT;
CREATE INDEX assist_document ON assist (court, document, place);
CREATE INDEX assist_other ON assist (court, other, place) WHERE other IS NOT NULL;
";

/// Requests of one case are looked for whenever one arrives: the same event may have been reported already.
const V9: &str = "
CREATE INDEX request_case ON request (court, case_no, received_ms);
";

/// Whether the court made its small pictures of an original, or found that none can be made: a process that ended
/// in between is made good.
const V10: &str = "
ALTER TABLE file ADD COLUMN pictured INTEGER NOT NULL DEFAULT 0;
UPDATE file SET pictured = 1 WHERE EXISTS (SELECT 1 FROM file_derived
  WHERE file_derived.court = file.court AND file_derived.original = file.hash AND by_court = 1);
CREATE INDEX file_unpictured ON file (court, hash) WHERE pictured = 0;
";

#[cfg(test)]
mod tests;
