//! Bounds on the raw bytes of a change, checked before Automerge sees them.
//!
//! Automerge 0.12 inflates deflated columns without limit and walks as many operations as the
//! run-length columns claim: 70 bytes can cost seconds, 500 kB can cost gigabytes. This scan reads
//! only the chunk header and the lengths inside the columns, in one pass over the bytes, and refuses
//! everything that claims more than [`Limits`]. It does not judge what the operations say.
//!
//! Format: <https://automerge.org/automerge-binary-format-spec/>, change chunks.

use crate::id::{ChangeHash, sha256_parts};

/// What one change may claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole chunk.
    pub bytes: usize,
    /// Operations, as claimed by the action column.
    pub operations: u64,
    /// Dependencies, and other actors, each.
    pub references: u64,
}

impl Limits {
    /// The limits of protocol version 1: 256 kB, 5,000 operations, 256 references.
    pub const V1: Self = Self { bytes: 262_144, operations: 5_000, references: 256 };
}

/// Why the bytes of a change were refused unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrescanError {
    /// The chunk is larger than [`Limits::bytes`].
    #[error("change is larger than the limit")]
    TooLarge,
    /// The bytes end early, a number is not a well-formed LEB128, the time is one that no clock shows, or the
    /// dependencies are not in order.
    #[error("change is truncated, has a malformed number or disordered dependencies")]
    Malformed,
    /// Not `85 6f 4a 83`.
    #[error("not an Automerge chunk")]
    Magic,
    /// The chunk is not a plain change (type 1): documents, compressed changes and bundles are not
    /// accepted from devices.
    #[error("chunk is not a plain change")]
    ChunkType,
    /// Bytes before or after the one chunk.
    #[error("bytes left over after the change")]
    Leftover,
    /// The first four bytes of the hash do not match the content.
    #[error("checksum does not match")]
    Checksum,
    /// A column is deflated or of a kind that plain maps and scalars do not use.
    #[error("change uses a column this version does not allow")]
    Column,
    /// The columns claim more operations or references than [`Limits`] allow.
    #[error("change claims more operations than the limit")]
    TooManyOperations,
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const PLAIN_CHANGE: u8 = 1;

/// Column kinds by the low three bits of their specification.
mod kind {
    pub(super) const DELTA: u64 = 3;
    pub(super) const BOOLEAN: u64 = 4;
    pub(super) const STRING: u64 = 5;
    pub(super) const RAW: u64 = 7;
}

/// Every column a change of plain maps and scalars may have: object actor and counter, key text,
/// insert flag, action, value metadata and bytes, predecessor count, actor and counter.
const COLUMNS: [u64; 10] = [0x01, 0x02, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73];
const ACTION_COLUMN: u64 = 0x42;
/// Predecessor columns have one row per alternative replaced, so they may be longer than the
/// operations; nothing honest replaces more than a handful.
const ROWS_PER_OPERATION: u64 = 4;

/// The farthest time from 1970, in seconds, whose milliseconds fit 64 bits: the farthest a clock can be. Automerge
/// 0.12 keeps differences of times and fails for good on a document in which one of them overflows.
const MAX_SECONDS: u64 = i64::MAX.unsigned_abs().div_ceil(1_000);

/// Checks `bytes` against `limits` and returns the change's hash.
pub fn prescan(bytes: &[u8], limits: Limits) -> Result<ChangeHash, PrescanError> {
    if bytes.len() > limits.bytes {
        return Err(PrescanError::TooLarge);
    }
    let mut input = Input(bytes);
    if input.take(4)? != MAGIC {
        return Err(PrescanError::Magic);
    }
    let checksum = input.take(4)?;
    let chunk_type = input.take(1)?;
    if chunk_type != [PLAIN_CHANGE] {
        return Err(PrescanError::ChunkType);
    }
    let before_length = input.0;
    let length = input.unsigned()?;
    let length_bytes = &before_length[..before_length.len() - input.0.len()];
    match length.cmp(&(input.0.len() as u64)) {
        std::cmp::Ordering::Less => return Err(PrescanError::Leftover),
        std::cmp::Ordering::Greater => return Err(PrescanError::Malformed),
        std::cmp::Ordering::Equal => {}
    }
    let hash = sha256_parts(&[chunk_type, length_bytes, input.0]);
    if hash[..4] != *checksum {
        return Err(PrescanError::Checksum);
    }
    scan_body(&mut input, limits)?;
    Ok(ChangeHash(hash))
}

fn scan_body(input: &mut Input<'_>, limits: Limits) -> Result<(), PrescanError> {
    let dependencies = input.unsigned()?;
    if dependencies > limits.references {
        return Err(PrescanError::TooManyOperations);
    }
    let mut previous: &[u8] = &[];
    for _ in 0..dependencies {
        let hash = input.take(32)?;
        // Every implementation writes them sorted; a repeated one would be a second form of the same.
        if hash <= previous {
            return Err(PrescanError::Malformed);
        }
        previous = hash;
    }
    input.prefixed()?; // actor
    input.unsigned()?; // sequence number
    input.unsigned()?; // first operation counter
    if input.signed()?.unsigned_abs() > MAX_SECONDS {
        return Err(PrescanError::Malformed);
    }
    input.prefixed()?; // message
    let actors = input.unsigned()?;
    if actors > limits.references {
        return Err(PrescanError::TooManyOperations);
    }
    for _ in 0..actors {
        input.prefixed()?;
    }
    let count = input.unsigned()?;
    if count > COLUMNS.len() as u64 {
        return Err(PrescanError::Column);
    }
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for _ in 0..count {
        let specification = input.unsigned()?;
        let length = input.unsigned()?;
        if !COLUMNS.contains(&specification) {
            return Err(PrescanError::Column);
        }
        columns.push((specification, length));
    }
    for (specification, length) in columns {
        let data = input.take(usize::try_from(length).map_err(|_| PrescanError::Malformed)?)?;
        let cap = if specification == ACTION_COLUMN {
            limits.operations
        } else {
            limits.operations.saturating_mul(ROWS_PER_OPERATION)
        };
        scan_column(Input(data), specification & 7, cap)?;
    }
    if input.0.is_empty() { Ok(()) } else { Err(PrescanError::Leftover) }
}

/// Walks a column's runs without expanding them and refuses more than `cap` rows.
fn scan_column(mut input: Input<'_>, kind: u64, cap: u64) -> Result<(), PrescanError> {
    if kind == kind::RAW {
        return Ok(());
    }
    let mut rows = 0_u64;
    let mut add = |more: u64| {
        rows = rows.saturating_add(more);
        if rows > cap { Err(PrescanError::TooManyOperations) } else { Ok(()) }
    };
    while !input.0.is_empty() {
        if kind == kind::BOOLEAN {
            add(input.unsigned()?)?;
            continue;
        }
        let run = input.signed()?;
        match run {
            0 => add(input.unsigned()?)?,
            1.. => {
                add(run.unsigned_abs())?;
                input.scalar(kind)?;
            }
            _ => {
                add(run.unsigned_abs())?;
                for _ in 0..run.unsigned_abs() {
                    input.scalar(kind)?;
                }
            }
        }
    }
    Ok(())
}

/// The unread rest of the bytes.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], PrescanError> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(PrescanError::Malformed)?;
        self.0 = rest;
        Ok(head)
    }

    /// Bytes behind their length.
    fn prefixed(&mut self) -> Result<&'a [u8], PrescanError> {
        let length = self.unsigned()?;
        self.take(usize::try_from(length).map_err(|_| PrescanError::Malformed)?)
    }

    fn scalar(&mut self, kind: u64) -> Result<(), PrescanError> {
        match kind {
            kind::STRING => self.prefixed().map(|_| ()),
            kind::DELTA => self.signed().map(|_| ()),
            _ => self.unsigned().map(|_| ()),
        }
    }

    fn unsigned(&mut self) -> Result<u64, PrescanError> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = *self.0.first().ok_or(PrescanError::Malformed)?;
            self.0 = &self.0[1..];
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(PrescanError::Malformed);
            }
            value |= low << shift.min(63);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(PrescanError::Malformed)
    }

    fn signed(&mut self) -> Result<i64, PrescanError> {
        let mut value = 0_i64;
        for shift in (0..70_u32).step_by(7) {
            let byte = *self.0.first().ok_or(PrescanError::Malformed)?;
            self.0 = &self.0[1..];
            if shift == 63 && !matches!(byte, 0x00 | 0x7f) {
                return Err(PrescanError::Malformed);
            }
            value |= i64::from(byte & 0x7f) << shift.min(63);
            if byte & 0x80 == 0 {
                if shift < 57 && byte & 0x40 != 0 {
                    value |= -1_i64 << (shift + 7);
                }
                return Ok(value);
            }
        }
        Err(PrescanError::Malformed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{AutoCommit, ObjType, ROOT};

    use super::*;

    fn honest() -> Vec<u8> {
        let mut document = AutoCommit::new();
        document.put(ROOT, "kind", "seizure").unwrap();
        let head = document.put_object(ROOT, "head", ObjType::Map).unwrap();
        document.put(&head, "quantity", 2_i64).unwrap();
        document.put(&head, "exempt", true).unwrap();
        document.commit();
        document.put(&head, "quantity", -3_i64).unwrap();
        document.commit();
        document.get_last_local_change().unwrap().raw_bytes().to_vec()
    }

    fn remake(data: &[u8], chunk_type: u8) -> Vec<u8> {
        let mut length = Vec::new();
        let mut rest = data.len();
        loop {
            let byte = u8::try_from(rest & 0x7f).unwrap();
            rest >>= 7;
            length.push(if rest > 0 { byte | 0x80 } else { byte });
            if rest == 0 {
                break;
            }
        }
        let hash = sha256_parts(&[&[chunk_type], &length, data]);
        [&MAGIC[..], &hash[..4], &[chunk_type], &length, data].concat()
    }

    #[test]
    fn an_honest_change_passes_with_automerges_own_hash() {
        let bytes = honest();
        let change = automerge::Change::from_bytes(bytes.clone()).unwrap();
        assert_eq!(prescan(&bytes, Limits::V1).unwrap().0, change.hash().0);
        assert_eq!(remake(&bytes[10..], 1), bytes);
    }

    #[test]
    fn every_truncation_and_every_extra_byte_is_refused() {
        let bytes = honest();
        for end in 0..bytes.len() {
            assert!(prescan(&bytes[..end], Limits::V1).is_err(), "{end} bytes");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(prescan(&longer, Limits::V1), Err(PrescanError::Leftover));
        assert_eq!(
            prescan(&remake(&[&bytes[10..], &[0]].concat(), 1), Limits::V1),
            Err(PrescanError::Leftover)
        );
    }

    #[test]
    fn other_chunk_types_and_checksums_are_refused() {
        let bytes = honest();
        for chunk_type in [0, 2, 3, 9] {
            assert_eq!(
                prescan(&remake(&bytes[10..], chunk_type), Limits::V1),
                Err(PrescanError::ChunkType)
            );
        }
        let mut broken = bytes.clone();
        let last = broken.len() - 1;
        broken[last] ^= 1;
        assert_eq!(prescan(&broken, Limits::V1), Err(PrescanError::Checksum));
        assert_eq!(
            prescan(&bytes, Limits { bytes: 10, ..Limits::V1 }),
            Err(PrescanError::TooLarge)
        );
    }

    #[test]
    fn claimed_operations_are_counted_without_expanding_them() {
        // No dependencies, actor 01, seq 1, start 1, time 0, no message, no other actors,
        // one action column: a run of ten million.
        let run = [0x80, 0xad, 0xe2, 0x04, 0x01];
        let body = [&[0, 1, 1, 1, 1, 0, 0, 0, 1, 0x42, 5][..], &run].concat();
        assert_eq!(prescan(&remake(&body, 1), Limits::V1), Err(PrescanError::TooManyOperations));
        let nulls = [0x00, 0x80, 0xad, 0xe2, 0x04];
        let body = [&[0, 1, 1, 1, 1, 0, 0, 0, 1, 0x56, 5][..], &nulls].concat();
        assert_eq!(prescan(&remake(&body, 1), Limits::V1), Err(PrescanError::TooManyOperations));
    }

    #[test]
    fn a_time_that_no_clock_shows_is_refused() {
        let at = |seconds: i64| {
            let mut document = AutoCommit::new();
            document.put(ROOT, "kind", "seizure").unwrap();
            document.commit_with(CommitOptions::default().with_time(seconds));
            let bytes = document.get_last_local_change().unwrap().raw_bytes().to_vec();
            prescan(&bytes, Limits::V1).map(|_| ())
        };
        for honest in [0, i64::MAX.div_euclid(1_000), i64::MIN.div_euclid(1_000)] {
            assert_eq!(at(honest), Ok(()));
        }
        for hostile in [i64::MAX, i64::MIN, i64::MAX / 999] {
            assert_eq!(at(hostile), Err(PrescanError::Malformed));
        }
    }

    #[test]
    fn deflated_and_unknown_columns_are_refused() {
        for specification in [0x4a, 0x60, 0x94] {
            let body = [0, 1, 1, 1, 1, 0, 0, 0, 1, specification, 1, 0];
            let length = body.len();
            let _ = length;
            let mut body = body.to_vec();
            if specification >= 0x80 {
                body = vec![0, 1, 1, 1, 1, 0, 0, 0, 1, 0x94, 0x01, 1, 0];
            }
            assert_eq!(prescan(&remake(&body, 1), Limits::V1), Err(PrescanError::Column));
        }
    }
}
