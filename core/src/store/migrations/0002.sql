-- Originals so small that they are kept with the change that names them: strokes of signatures. The row
-- in blobs says the same of them as of a photo; `path` is the name a copy on disk would get.
CREATE TABLE evidence (
    hash  BLOB PRIMARY KEY REFERENCES blobs (hash) ON DELETE CASCADE,
    bytes BLOB NOT NULL CHECK (length(bytes) <= 65536)
) STRICT, WITHOUT ROWID;
