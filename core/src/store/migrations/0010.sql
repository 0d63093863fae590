-- Forms begun on a colleague's phone, as it showed them at the last meeting; nobody's record, and never own.
-- `log_end`: the last row of the log when the form came as it is. `taken`: gone on with here, as it is (1) or as it
-- was before (2).
CREATE TABLE mirrored_forms (
    phone       BLOB NOT NULL REFERENCES form_meetings (phone) ON DELETE CASCADE,
    id          TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    channel     TEXT NOT NULL,
    json        TEXT NOT NULL,
    saved_ms    INTEGER NOT NULL,
    log_end     INTEGER NOT NULL,
    taken       INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1, 2)),
    PRIMARY KEY (phone, id)
) STRICT, WITHOUT ROWID;

-- The last exchange of forms with each colleague's phone, and who was signed in there.
CREATE TABLE form_meetings (
    phone       BLOB PRIMARY KEY CHECK (length(phone) = 16),
    certificate BLOB NOT NULL CHECK (length(certificate) = 32),
    person      TEXT NOT NULL CHECK (length(person) BETWEEN 1 AND 64),
    met_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Own forms that a colleague's phone said it keeps, as what, and whether somebody there has gone on with them.
CREATE TABLE form_copies (
    phone       BLOB NOT NULL REFERENCES form_meetings (phone) ON DELETE CASCADE,
    id          TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    taken       INTEGER NOT NULL CHECK (taken IN (0, 1)),
    PRIMARY KEY (phone, id)
) STRICT, WITHOUT ROWID;
