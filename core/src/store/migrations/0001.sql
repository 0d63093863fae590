-- The phone's store, version 1. Released migrations are never edited; a change is a new file.
-- Times are milliseconds since 1970-01-01T00:00:00Z as the phone's clock showed them.

-- Who this installation is. One row.
CREATE TABLE meta (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    epoch         BLOB NOT NULL CHECK (length(epoch) = 16),
    installation  BLOB NOT NULL CHECK (length(installation) = 16),
    generation    INTEGER NOT NULL DEFAULT 0 CHECK (generation >= 0),
    next_sequence INTEGER NOT NULL DEFAULT 1 CHECK (next_sequence >= 1)
) STRICT;

-- What the facade wants to remember and the store has no opinion about.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
    id    BLOB PRIMARY KEY CHECK (length(id) = 32),
    bytes BLOB NOT NULL,
    mine  TEXT -- label of the private key in the phone's key store, for own certificates
) STRICT;
CREATE INDEX certificates_mine ON certificates (mine) WHERE mine IS NOT NULL;

-- The truth: signed changes, and own changes that wait for their signature.
CREATE TABLE log (
    local         INTEGER PRIMARY KEY AUTOINCREMENT,
    id            BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    document      BLOB NOT NULL CHECK (length(document) = 16),
    channel       TEXT NOT NULL CHECK (length(channel) BETWEEN 1 AND 128),
    change_hash   BLOB NOT NULL CHECK (length(change_hash) = 32),
    actor         BLOB NOT NULL CHECK (length(actor) = 16),
    actor_seq     INTEGER NOT NULL CHECK (actor_seq >= 1),
    certificate   BLOB NOT NULL CHECK (length(certificate) = 32),
    epoch         BLOB NOT NULL CHECK (length(epoch) = 16),
    generation    INTEGER NOT NULL CHECK (generation >= 0),
    sequence      INTEGER NOT NULL CHECK (sequence >= 0),
    verb          TEXT NOT NULL CHECK (length(verb) BETWEEN 1 AND 64),
    body          BLOB NOT NULL,
    signature     BLOB,
    change        BLOB NOT NULL,
    origin        TEXT NOT NULL CHECK (origin IN ('own', 'server', 'peer')),
    state         TEXT NOT NULL
                  CHECK (state IN ('unsigned', 'signed', 'accepted', 'receipted', 'held', 'quarantined')),
    reason        TEXT CHECK (length(reason) BETWEEN 1 AND 64),
    -- The server is known to have these bytes durably, whatever its verdict.
    on_server     INTEGER NOT NULL CHECK (on_server IN (0, 1)),
    -- 0 goes first.
    priority      INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    device_ms     INTEGER NOT NULL,
    monotonic_ms  INTEGER NOT NULL,
    boot          BLOB NOT NULL CHECK (length(boot) = 8),
    stored_ms     INTEGER NOT NULL,
    CHECK ((state = 'unsigned') = (signature IS NULL)),
    CHECK (state <> 'unsigned' OR origin = 'own'),
    CHECK ((state IN ('held', 'quarantined')) = (reason IS NOT NULL)),
    CHECK (state NOT IN ('accepted', 'receipted') OR on_server = 1)
) STRICT;
CREATE UNIQUE INDEX log_change ON log (document, change_hash);
-- One actor has one history: of two changes with one number, a clone wrote the second.
CREATE UNIQUE INDEX log_actor ON log (document, actor, actor_seq) WHERE state <> 'quarantined';
CREATE UNIQUE INDEX log_own ON log (epoch, sequence) WHERE origin = 'own';
CREATE INDEX log_document ON log (document, local);
CREATE INDEX log_channel ON log (channel, id);
CREATE INDEX log_unsigned ON log (local) WHERE state = 'unsigned';
CREATE INDEX log_pending ON log (priority, local) WHERE on_server = 0 AND state IN ('signed', 'held');
CREATE INDEX log_unsent ON log (channel) WHERE on_server = 0 AND state IN ('unsigned', 'signed', 'held');
CREATE INDEX log_attention ON log (document, local) WHERE state IN ('held', 'quarantined');

-- Which change builds on which.
CREATE TABLE edges (
    document BLOB NOT NULL,
    change   BLOB NOT NULL,
    needs    BLOB NOT NULL CHECK (length(needs) = 32),
    PRIMARY KEY (document, change, needs),
    FOREIGN KEY (document, change) REFERENCES log (document, change_hash) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX edges_needs ON edges (document, needs);

-- The server's receipts. A restored server gives new ones; the old ones stay, as evidence.
CREATE TABLE receipts (
    id          BLOB NOT NULL CHECK (length(id) = 32),
    bytes       BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    UNIQUE (id, bytes)
) STRICT;

-- Input that could not be accepted. Kept until a person or the facade says what became of it; never deleted.
CREATE TABLE tray (
    local         INTEGER PRIMARY KEY AUTOINCREMENT,
    refused_ms    INTEGER NOT NULL,
    refused_by    TEXT NOT NULL CHECK (refused_by IN ('phone', 'server')),
    reason        TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 64),
    outcome       TEXT NOT NULL CHECK (outcome IN ('open', 'replaced', 'requeued', 'seen')),
    replaced_by   BLOB CHECK (replaced_by IS NULL OR length(replaced_by) = 32),
    -- The envelope as it stood in the log; all NULL for bytes that were no envelope.
    id            BLOB,
    document      BLOB,
    channel       TEXT,
    change_hash   BLOB,
    actor         BLOB,
    actor_seq     INTEGER,
    certificate   BLOB,
    epoch         BLOB,
    generation    INTEGER,
    sequence      INTEGER,
    verb          TEXT,
    body          BLOB NOT NULL,
    signature     BLOB,
    change        BLOB NOT NULL,
    needs         BLOB NOT NULL, -- dependencies, 32 bytes each
    origin        TEXT NOT NULL CHECK (origin IN ('own', 'server', 'peer')),
    on_server     INTEGER NOT NULL CHECK (on_server IN (0, 1)),
    priority      INTEGER NOT NULL,
    device_ms     INTEGER,
    monotonic_ms  INTEGER,
    boot          BLOB,
    stored_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX tray_id ON tray (id) WHERE id IS NOT NULL;
CREATE INDEX tray_open ON tray (local, document) WHERE outcome = 'open';
CREATE INDEX tray_foreign ON tray (local) WHERE origin <> 'own';
CREATE INDEX tray_own ON tray (epoch, document, sequence) WHERE origin = 'own';

-- What the person wished, so that a rebase can wish it again.
CREATE TABLE intents (
    id   BLOB PRIMARY KEY CHECK (length(id) = 32),
    json TEXT NOT NULL
) STRICT;

-- A cache over the log, except kind, case and channel.
CREATE TABLE documents (
    id        BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind      TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    case_no   TEXT,
    channel   TEXT NOT NULL CHECK (length(channel) BETWEEN 1 AND 128),
    snapshot  BLOB,
    digest    BLOB CHECK (digest IS NULL OR length(digest) = 32),
    heads     BLOB NOT NULL DEFAULT x'' CHECK (length(heads) % 32 = 0),
    title     TEXT NOT NULL DEFAULT '',
    finalised INTEGER NOT NULL DEFAULT 0 CHECK (finalised IN (0, 1)),
    conflicts INTEGER NOT NULL DEFAULT 0 CHECK (conflicts >= 0),
    updated   INTEGER NOT NULL
) STRICT;
CREATE INDEX documents_recent ON documents (updated, id);
CREATE INDEX documents_case ON documents (case_no, updated, id) WHERE case_no IS NOT NULL;
CREATE INDEX documents_kind ON documents (kind, updated, id);
CREATE INDEX documents_channel ON documents (channel, id);
CREATE INDEX documents_conflicts ON documents (id) WHERE conflicts > 0;
CREATE INDEX documents_uncached ON documents (id) WHERE snapshot IS NULL;

CREATE TABLE channels (
    channel      TEXT PRIMARY KEY CHECK (length(channel) BETWEEN 1 AND 128),
    server_epoch BLOB NOT NULL CHECK (length(server_epoch) = 16),
    cursor       INTEGER NOT NULL CHECK (cursor >= 0),
    count        INTEGER NOT NULL CHECK (count >= 0),
    set_hash     BLOB NOT NULL CHECK (length(set_hash) = 32),
    member       TEXT NOT NULL CHECK (member IN ('member', 'leaving', 'left'))
) STRICT, WITHOUT ROWID;

-- What the server sequenced, and the channel's count and set hash after each entry.
CREATE TABLE feed (
    channel    TEXT NOT NULL REFERENCES channels (channel) ON DELETE CASCADE,
    seq        INTEGER NOT NULL CHECK (seq >= 1),
    entry_hash BLOB NOT NULL CHECK (length(entry_hash) = 32),
    kind       TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    ref_id     BLOB NOT NULL CHECK (length(ref_id) <= 64),
    bytes      BLOB, -- the entry itself, where the log does not hold it (signed transitions)
    count      INTEGER NOT NULL,
    set_hash   BLOB NOT NULL CHECK (length(set_hash) = 32),
    PRIMARY KEY (channel, seq)
) STRICT;
CREATE INDEX feed_ref ON feed (ref_id);

-- Server-signed reference data.
CREATE TABLE packs (
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    id          TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
    version     INTEGER NOT NULL CHECK (version >= 0),
    channel     TEXT,
    bytes       BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX packs_channel ON packs (channel) WHERE channel IS NOT NULL;

-- Forms that autosave before they are acts.
CREATE TABLE drafts (
    id         TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    kind       TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    case_no    TEXT,
    json       TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_case ON drafts (case_no) WHERE case_no IS NOT NULL;

-- Photos and files; the bytes lie beside the store.
CREATE TABLE blobs (
    hash     BLOB PRIMARY KEY CHECK (length(hash) = 32),
    path     TEXT NOT NULL UNIQUE,
    bytes    INTEGER NOT NULL CHECK (bytes >= 0),
    mime     TEXT NOT NULL,
    state    TEXT NOT NULL
             CHECK (state IN ('local', 'uploading', 'verified', 'receipted', 'missing', 'differs')),
    upload   TEXT,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    released INTEGER NOT NULL DEFAULT 0 CHECK (released IN (0, 1)),
    CHECK (released = 0 OR state = 'receipted')
) STRICT;
CREATE INDEX blobs_open ON blobs (priority, bytes, hash) WHERE state IN ('local', 'uploading', 'differs');
CREATE TABLE blob_uses (
    document BLOB NOT NULL CHECK (length(document) = 16),
    item     TEXT NOT NULL CHECK (length(item) <= 64),
    hash     BLOB NOT NULL REFERENCES blobs (hash) ON DELETE CASCADE,
    PRIMARY KEY (document, item, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_uses_hash ON blob_uses (hash);

-- Signed membership transitions, in the order of their channel.
CREATE TABLE members (
    channel    TEXT NOT NULL,
    position   INTEGER NOT NULL CHECK (position >= 1),
    person     TEXT NOT NULL CHECK (length(person) BETWEEN 1 AND 64),
    transition BLOB NOT NULL,
    PRIMARY KEY (channel, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_person ON members (channel, person, position);

-- Search: what can be found, and the index over it (see store/search.rs for its tokens).
CREATE TABLE findable (
    row     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    target  BLOB NOT NULL CHECK (length(target) BETWEEN 1 AND 128),
    channel TEXT,
    folded  TEXT NOT NULL,
    UNIQUE (kind, target)
) STRICT;
CREATE INDEX findable_channel ON findable (channel) WHERE channel IS NOT NULL;
CREATE VIRTUAL TABLE found USING fts5(
    tokens, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
