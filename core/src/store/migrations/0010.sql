-- Forms begun on a colleague's phone, as it showed them at the last meeting; nobody's record, and never own.
CREATE TABLE mirrored_forms (
    certificate BLOB NOT NULL CHECK (length(certificate) = 32),
    id          TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    channel     TEXT NOT NULL,
    json        TEXT NOT NULL,
    saved_ms    INTEGER NOT NULL,
    taken_over  INTEGER NOT NULL DEFAULT 0 CHECK (taken_over IN (0, 1)),
    PRIMARY KEY (certificate, id)
) STRICT, WITHOUT ROWID;

-- The last exchange of forms with each colleague's phone. `log_end`: the last row of the log then.
CREATE TABLE form_meetings (
    certificate BLOB PRIMARY KEY CHECK (length(certificate) = 32),
    person      TEXT NOT NULL CHECK (length(person) BETWEEN 1 AND 64),
    met_ms      INTEGER NOT NULL,
    log_end     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Own forms that a colleague's phone said it keeps, and as what.
CREATE TABLE form_copies (
    certificate BLOB NOT NULL REFERENCES form_meetings (certificate) ON DELETE CASCADE,
    id          TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (certificate, id)
) STRICT, WITHOUT ROWID;
