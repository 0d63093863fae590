-- The courier's bag: own bundles with what opens their receipts, bundles of others carried for them,
-- receipts on their way back.
CREATE TABLE courier (
    id       BLOB NOT NULL CHECK (length(id) = 16),
    kind     TEXT NOT NULL CHECK (kind IN ('own', 'carried', 'receipt')),
    bytes    BLOB NOT NULL,
    secret   BLOB CHECK (length(secret) = 32),
    offered  BLOB CHECK (length(offered) % 32 = 0),
    refused  TEXT CHECK (length(refused) BETWEEN 1 AND 64),
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, id),
    CHECK ((kind = 'own') = (secret IS NOT NULL AND offered IS NOT NULL))
) STRICT;
