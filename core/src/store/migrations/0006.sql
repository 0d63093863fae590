-- Files of evidence beside the store: what is made from them, what they look like, what the court
-- has said it holds.

-- Why an upload does not go on, a code; shown with the file.
ALTER TABLE blobs ADD COLUMN trouble TEXT CHECK (length(trouble) BETWEEN 1 AND 64);

-- Small pictures made from originals. They travel before them and need no receipt: they can be made again.
CREATE TABLE derived (
    made_from  BLOB NOT NULL CHECK (length(made_from) = 32),
    kind       TEXT NOT NULL CHECK (kind IN ('thumbnail', 'preview')),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    path       TEXT NOT NULL UNIQUE,
    bytes      INTEGER NOT NULL CHECK (bytes > 0),
    with_court INTEGER NOT NULL CHECK (with_court IN (0, 1)),
    PRIMARY KEY (made_from, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX derived_open ON derived (kind, bytes, hash) WHERE with_court = 0;

-- Originals that were looked at, and what they look like when there is something to see.
CREATE TABLE looks (
    hash        BLOB PRIMARY KEY CHECK (length(hash) = 32),
    fingerprint BLOB CHECK (fingerprint IS NULL OR length(fingerprint) = 16)
) STRICT, WITHOUT ROWID;

-- The court's signed words that it holds a file; they count while the feed has them.
CREATE TABLE stored (
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    transition BLOB NOT NULL CHECK (length(transition) = 32),
    PRIMARY KEY (hash, transition)
) STRICT, WITHOUT ROWID;
