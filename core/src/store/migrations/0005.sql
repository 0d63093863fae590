-- The court's transparency log as this phone has verified it.

-- Every checkpoint, in the order in which they were verified.
CREATE TABLE checkpoints (
    local       INTEGER PRIMARY KEY AUTOINCREMENT,
    origin      TEXT NOT NULL CHECK (length(origin) BETWEEN 1 AND 160),
    size        INTEGER NOT NULL CHECK (size >= 0),
    root        BLOB NOT NULL CHECK (length(root) = 32),
    at_ms       INTEGER NOT NULL,
    note        BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    UNIQUE (origin, size)
) STRICT;

-- One proof for all entries of an answer, under one checkpoint.
CREATE TABLE proofs (
    local      INTEGER PRIMARY KEY AUTOINCREMENT,
    checkpoint INTEGER NOT NULL REFERENCES checkpoints (local),
    bytes      BLOB NOT NULL
) STRICT;

-- Where an entry stands in the log, and the proof of it.
ALTER TABLE feed ADD COLUMN log_index INTEGER;
ALTER TABLE feed ADD COLUMN leaf BLOB CHECK (length(leaf) = 32);
ALTER TABLE feed ADD COLUMN proof INTEGER;

-- What was wrong with a log that a server showed. Never deleted.
CREATE TABLE log_alarms (
    local INTEGER PRIMARY KEY AUTOINCREMENT,
    code  TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    held  BLOB, -- the signed checkpoint this phone had verified before
    shown BLOB, -- the signed checkpoint that contradicts it
    at_ms INTEGER NOT NULL,
    UNIQUE (code, shown)
) STRICT;
