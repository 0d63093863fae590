-- The court takes back that it holds a file.

-- Its signed words that it no longer has one; they count while the feed has them.
CREATE TABLE lost (
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    transition BLOB NOT NULL CHECK (length(transition) = 32),
    PRIMARY KEY (hash, transition)
) STRICT, WITHOUT ROWID;

-- Every word about a file that the feed has. `log_index` is its place in the log that this phone follows now;
-- none while no receipt covers it, and none for a place in a log that a restored court no longer has.
CREATE VIEW words AS
  SELECT word.hash, word.holds, feed.channel, feed.seq,
    (SELECT feed.log_index FROM proofs JOIN checkpoints ON checkpoints.local = proofs.checkpoint
     WHERE proofs.local = feed.proof AND checkpoints.origin =
       (SELECT newest.origin FROM checkpoints AS newest ORDER BY newest.local DESC LIMIT 1)) AS log_index
  FROM (SELECT hash, transition, 1 AS holds FROM stored
        UNION ALL SELECT hash, transition, 0 FROM lost) AS word
  JOIN feed ON feed.ref_id = word.transition AND feed.kind = 'transition';

-- Words `stored` that no later word `lost` takes back. Within a channel the feed says which is later, between
-- channels the log; where neither does, the file counts as lost.
CREATE VIEW standing AS
  SELECT word.hash, word.channel, word.log_index FROM words AS word
  WHERE word.holds AND NOT EXISTS (
    SELECT 1 FROM words AS later WHERE later.hash = word.hash AND NOT later.holds
      AND CASE WHEN later.channel = word.channel THEN later.seq > word.seq
               ELSE coalesce(later.log_index > word.log_index, 1) END);
