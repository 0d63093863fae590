-- That the log grew from an earlier checkpoint, this phone's own or one that an author named, to one that
-- this phone verified; as the court proved it. With it the phone proves it to others.
CREATE TABLE growths (
    origin      TEXT NOT NULL CHECK (length(origin) BETWEEN 1 AND 160),
    before_size INTEGER NOT NULL CHECK (before_size > 0),
    before_root BLOB NOT NULL CHECK (length(before_root) = 32),
    checkpoint  INTEGER NOT NULL REFERENCES checkpoints (local),
    proof       BLOB NOT NULL CHECK (length(proof) % 32 = 0),
    PRIMARY KEY (origin, before_size, before_root)
) STRICT, WITHOUT ROWID;
