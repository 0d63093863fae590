-- Files that leave the folder. A row is written by the transaction that gives the file up and goes once the
-- file is gone, so that a crash in between is made good at the next opening.
CREATE TABLE to_remove (
    path TEXT PRIMARY KEY CHECK (length(path) BETWEEN 1 AND 256)
) STRICT, WITHOUT ROWID;

-- Who captured an original that this person has not named in a record yet. Noted before the file gets
-- its name: a row may be older than the one in blobs.
CREATE TABLE captors (
    hash   BLOB NOT NULL CHECK (length(hash) = 32),
    person TEXT NOT NULL CHECK (length(person) BETWEEN 1 AND 64),
    PRIMARY KEY (hash, person)
) STRICT, WITHOUT ROWID;

-- Small pictures that came from the court instead of being made here; what was never looked at here came.
ALTER TABLE derived ADD COLUMN fetched INTEGER NOT NULL DEFAULT 0 CHECK (fetched IN (0, 1));
UPDATE derived SET fetched = 1 WHERE made_from NOT IN (SELECT hash FROM looks)
    OR made_from IN (SELECT hash FROM blobs WHERE state = 'missing');

-- What a photo says of place and time, as JSON: its questions outlive its release from this phone.
ALTER TABLE looks ADD COLUMN particulars TEXT CHECK (length(particulars) BETWEEN 2 AND 512);
