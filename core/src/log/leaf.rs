//! One leaf: which entry of which chain. A chain is a feed under a name that says nothing: outsiders who
//! mirror the log see that chains exist and grow, and neither cases nor stations.

use crate::id::sha256_parts;
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::sync::channel::EntryKind;

/// The secret that hides the name of one feed. Whoever may read the feed is given it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Blind(pub [u8; 16]);

impl Blind {
    /// The feed's secret, from the court's.
    pub fn derive(secret: &[u8; 32], channel: &str) -> Self {
        let hash = sha256_parts(&[b"lastmile-blind-v1", secret, channel.as_bytes()]);
        let mut out = [0; 16];
        out.copy_from_slice(&hash[..16]);
        Self(out)
    }

    /// The chain that stands for `channel`.
    pub fn chain(&self, channel: &str) -> [u8; 32] {
        sha256_parts(&[b"lastmile-chain-v1", &self.0, channel.as_bytes()])
    }
}

impl std::fmt::Debug for Blind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blind")
    }
}

/// What a leaf commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// The blinded feed, [`Blind::chain`].
    pub chain: [u8; 32],
    /// Number of the entry in its feed, from 1.
    pub sequence: u64,
    /// Hash of the leaf before it in the chain; `None` for the first.
    pub previous: Option<[u8; 32]>,
    /// What the entry carries.
    pub kind: EntryKind,
    /// Identity of what it carries.
    pub id: [u8; 32],
}

impl Leaf {
    /// RFC 6962 leaf hash: SHA-256(0x00 || encoding).
    pub fn hash(&self) -> [u8; 32] {
        sha256_parts(&[&[0], &self.encode()])
    }
}

impl Canonical for Leaf {
    const TAG: &'static str = "lastmile-leaf";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 5;
    const MAX_LEN: usize = 160;

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.chain);
        out.uint(self.sequence);
        out.optional(self.previous, |out, hash| out.bytes(&hash));
        out.uint(u64::from(self.kind.code()));
        out.bytes(&self.id);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            chain: input.fixed("chain")?,
            sequence: input.uint()?,
            previous: input.optional(|input| input.fixed("previous"))?,
            kind: u8::try_from(input.uint()?)
                .ok()
                .and_then(EntryKind::from_code)
                .ok_or(CanonicalError::Bound { field: "kind" })?,
            id: input.fixed("id")?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::count(self.sequence, "sequence")?;
        if self.sequence == 0 || (self.sequence == 1) != self.previous.is_none() {
            return Err(CanonicalError::Bound { field: "sequence" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn leaf() -> Leaf {
        Leaf {
            chain: Blind([7; 16]).chain("case:(2026)粤0605执1101号"),
            sequence: 2,
            previous: Some([1; 32]),
            kind: EntryKind::Change,
            id: [2; 32],
        }
    }

    #[test]
    fn a_leaf_has_one_encoding_and_every_field_counts() {
        assert_eq!(Leaf::decode(&leaf().encode()), Ok(leaf()));
        let others = [
            Leaf { chain: [0; 32], ..leaf() },
            Leaf { sequence: 3, ..leaf() },
            Leaf { previous: Some([9; 32]), ..leaf() },
            Leaf { kind: EntryKind::Pack, ..leaf() },
            Leaf { id: [3; 32], ..leaf() },
        ];
        for other in others {
            assert_ne!(other.hash(), leaf().hash());
        }
        for bad in [
            Leaf { sequence: 0, previous: None, ..leaf() },
            Leaf { sequence: 1, ..leaf() },
            Leaf { previous: None, ..leaf() },
        ] {
            assert!(Leaf::decode(&bad.encode()).is_err());
        }
    }

    #[test]
    fn chains_hide_their_feeds() {
        let secret = [3; 32];
        let [one, two] = ["case:a", "case:b"].map(|channel| Blind::derive(&secret, channel));
        assert_ne!(one, two);
        assert_ne!(one.chain("case:a"), two.chain("case:a"));
        assert_ne!(one.chain("case:a"), one.chain("case:b"));
    }
}
