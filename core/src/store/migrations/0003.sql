-- PINs of the people who share this phone: what checks them, and how long a wrong one makes them wait.
-- Waiting is counted by the phone's monotonic clock only: nobody shortens it by setting the time.
CREATE TABLE pins (
    person      TEXT PRIMARY KEY CHECK (length(person) BETWEEN 1 AND 64),
    certificate BLOB NOT NULL CHECK (length(certificate) = 32),
    finalising  BLOB CHECK (length(finalising) = 32),
    salt        BLOB NOT NULL CHECK (length(salt) = 16),
    iterations  INTEGER NOT NULL CHECK (iterations >= 1),
    verifier    BLOB NOT NULL CHECK (length(verifier) = 32),
    failures    INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failed_boot BLOB CHECK (length(failed_boot) = 8),
    failed_mono INTEGER NOT NULL DEFAULT 0 CHECK (failed_mono >= 0)
) STRICT, WITHOUT ROWID;
