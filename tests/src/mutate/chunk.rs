//! Automerge's chunk and the parts of a change, read and written back without judging them: a mutation must be able to
//! write nonsense. Format: <https://automerge.org/automerge-binary-format-spec/>.

use ring::digest::{Context, SHA256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// The chunk type of a document.
pub const DOCUMENT: u8 = 0;
/// The chunk type of a plain change.
pub const CHANGE: u8 = 1;
/// The chunk type of a deflated change.
pub const COMPRESSED: u8 = 2;
/// The bit of a column specification that says the column is deflated.
pub const DEFLATED: u64 = 0x08;

/// A chunk without its header: type and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The type byte.
    pub kind: u8,
    /// What follows the header.
    pub data: Vec<u8>,
}

impl Chunk {
    /// Reads one whole chunk; the checksum is not looked at.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut input = Input(bytes.strip_prefix(&MAGIC)?);
        input.take(4)?;
        let kind = *input.take(1)?.first()?;
        let length = input.unsigned()?;
        (length == input.0.len() as u64).then(|| Self { kind, data: input.0.to_vec() })
    }

    /// The hash that names the chunk: SHA-256 over type, length and data.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Context::new(&SHA256);
        hash.update(&self.hashed_header());
        hash.update(&self.data);
        hash.finish().as_ref().try_into().unwrap_or_default()
    }

    /// The chunk with a valid header: magic, checksum, type, length.
    pub fn seal(&self) -> Vec<u8> {
        [&MAGIC[..], &self.hash()[..4], &self.hashed_header(), &self.data].concat()
    }

    fn hashed_header(&self) -> Vec<u8> {
        let mut header = vec![self.kind];
        unsigned(&mut header, self.data.len() as u64);
        header
    }
}

/// What a change chunk holds, in the order it holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Hashes of the changes it depends on.
    pub dependencies: Vec<[u8; 32]>,
    /// Who made it.
    pub actor: Vec<u8>,
    /// Which of the actor's changes it is, from 1.
    pub sequence: u64,
    /// Counter of its first operation.
    pub start_op: u64,
    /// Seconds since 1970.
    pub time: i64,
    /// Free text.
    pub message: Vec<u8>,
    /// Other actors its operations name.
    pub other_actors: Vec<Vec<u8>>,
    /// Column specification and content.
    pub columns: Vec<(u64, Vec<u8>)>,
    /// What newer versions may add.
    pub extra: Vec<u8>,
}

impl Parts {
    /// Reads the data of a change chunk.
    pub fn read(data: &[u8]) -> Option<Self> {
        let mut input = Input(data);
        let dependencies =
            input.list(|input| input.take(32).and_then(|hash| <[u8; 32]>::try_from(hash).ok()))?;
        let actor = input.prefixed()?;
        let (sequence, start_op, time) = (input.unsigned()?, input.unsigned()?, input.signed()?);
        let message = input.prefixed()?;
        let other_actors = input.list(Input::prefixed)?;
        let lengths = input.list(|input| Some((input.unsigned()?, input.unsigned()?)))?;
        let mut columns = Vec::new();
        for (specification, length) in lengths {
            columns.push((specification, input.take(usize::try_from(length).ok()?)?.to_vec()));
        }
        let extra = input.0.to_vec();
        Some(Self {
            dependencies,
            actor,
            sequence,
            start_op,
            time,
            message,
            other_actors,
            columns,
            extra,
        })
    }

    /// The data of a change chunk with these parts.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        unsigned(&mut out, self.dependencies.len() as u64);
        out.extend(self.dependencies.concat());
        prefixed(&mut out, &self.actor);
        unsigned(&mut out, self.sequence);
        unsigned(&mut out, self.start_op);
        signed(&mut out, self.time);
        prefixed(&mut out, &self.message);
        unsigned(&mut out, self.other_actors.len() as u64);
        for actor in &self.other_actors {
            prefixed(&mut out, actor);
        }
        unsigned(&mut out, self.columns.len() as u64);
        for (specification, content) in &self.columns {
            unsigned(&mut out, *specification);
            unsigned(&mut out, content.len() as u64);
        }
        for (_, content) in &self.columns {
            out.extend(content);
        }
        out.extend(&self.extra);
        out
    }

    /// The sealed change.
    pub fn seal(&self) -> Vec<u8> {
        Chunk { kind: CHANGE, data: self.write() }.seal()
    }
}

/// Appends an unsigned LEB128.
pub fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Appends a signed LEB128.
pub fn signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == -i64::from(byte & 0x40 != 0) {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

fn prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    unsigned(out, bytes.len() as u64);
    out.extend(bytes);
}

/// Where each LEB128 begins and ends if `bytes` are a row of them; a text inside shows as many short ones.
pub fn numbers(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte & 0x80 == 0 {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    found
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn leb(&mut self) -> Option<(u64, u32, u8)> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some((value, shift, byte));
            }
        }
    }

    fn unsigned(&mut self) -> Option<u64> {
        self.leb().map(|(value, _, _)| value)
    }

    fn signed(&mut self) -> Option<i64> {
        let (value, shift, last) = self.leb()?;
        let sign = if last & 0x40 != 0 && shift < 64 { u64::MAX << shift } else { 0 };
        Some((value | sign).cast_signed())
    }

    fn prefixed(&mut self) -> Option<Vec<u8>> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        self.take(length).map(<[u8]>::to_vec)
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.unsigned()?;
        (0..count).map(|_| item(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for value in [0, 1, 63, 64, 127, 128, 300, u64::MAX / 2, u64::MAX] {
            let mut bytes = Vec::new();
            unsigned(&mut bytes, value);
            assert_eq!(Input(&bytes).unsigned(), Some(value));
            for value in [value.cast_signed(), value.cast_signed().wrapping_neg()] {
                let mut bytes = Vec::new();
                signed(&mut bytes, value);
                assert_eq!(Input(&bytes).signed(), Some(value), "{bytes:02x?}");
            }
        }
        assert_eq!(numbers(&[0x81, 0x01, 0x05, 0xff]), [0..2, 2..3]);
    }
}
