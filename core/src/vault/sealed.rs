//! One sealed file: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) over
//! XChaCha20-Poly1305 in segments of 64 KiB, so that any place can be read without the rest, and a file
//! that was cut, reordered or changed is noticed. `docs/protocol/vault.md` has the layout and a vector.

use std::io::{self, Read, Seek, SeekFrom, Write};

use aead_stream::{NewStream, Nonce, StreamBE32, StreamPrimitive};
use chacha20poly1305::XChaCha20Poly1305;

use super::KEY_LEN;
use super::folder::NewFile;
use crate::time::Entropy;

/// First bytes of a sealed file; the last of them is the version.
const MAGIC: &[u8; 8] = b"lmvault\x01";
const NONCE: usize = 19;
const HEADER: u64 = (MAGIC.len() + NONCE) as u64;
/// Bytes of a segment before and after sealing.
const PLAIN: usize = 64 << 10;
const TAG: usize = 16;
const SEALED: usize = PLAIN + TAG;
/// Segments are numbered with 32 bits; far beyond the largest original.
type Stream = StreamBE32<XChaCha20Poly1305>;

fn stream(key: &[u8; KEY_LEN], nonce: &[u8; NONCE]) -> Stream {
    let nonce: Nonce<XChaCha20Poly1305, Stream> = (*nonce).into();
    Stream::new(&(*key).into(), &nonce)
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Seals what is written to it.
pub struct SealedWriter {
    file: Box<dyn NewFile>,
    stream: Stream,
    segment: Vec<u8>,
    number: u32,
}

impl std::fmt::Debug for SealedWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedWriter")
    }
}

impl SealedWriter {
    /// Begins a file under a fresh nonce.
    pub fn begin(
        mut file: Box<dyn NewFile>,
        key: &[u8; KEY_LEN],
        entropy: &dyn Entropy,
    ) -> io::Result<Self> {
        let mut nonce = [0_u8; NONCE];
        entropy.fill(&mut nonce);
        file.write_all(MAGIC)?;
        file.write_all(&nonce)?;
        let segment = Vec::with_capacity(SEALED);
        Ok(Self { file, stream: stream(key, &nonce), segment, number: 0 })
    }

    /// Seals the last segment and returns once the file is on the disk.
    pub fn finish(mut self) -> io::Result<()> {
        self.seal(true)?;
        self.file.sync()
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        self.stream
            .encrypt_in_place(self.number, last, MAGIC, &mut self.segment)
            .map_err(|_| io::Error::other("sealing failed"))?;
        self.file.write_all(&self.segment)?;
        self.segment.clear();
        self.number = self.number.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(())
    }
}

impl Write for SealedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full segment waits until more comes: the last one is sealed as the last.
        if self.segment.len() == PLAIN {
            self.seal(false)?;
        }
        let taken = bytes.len().min(PLAIN - self.segment.len());
        self.segment.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a sealed file from any place. Damage is [`io::ErrorKind::InvalidData`]; no byte of a damaged
/// segment is given.
pub struct SealedReader<F> {
    file: F,
    stream: Stream,
    len: u64,
    at: u64,
    segment: Vec<u8>,
    held: Option<u32>,
}

impl<F> std::fmt::Debug for SealedReader<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedReader").field("len", &self.len).finish_non_exhaustive()
    }
}

impl<F: Read + Seek> SealedReader<F> {
    /// Opens a file. Its length is known from the length on the disk and is proven when its last
    /// segment is read.
    pub fn open(mut file: F, key: &[u8; KEY_LEN]) -> io::Result<Self> {
        let mut magic = [0_u8; MAGIC.len()];
        let mut nonce = [0_u8; NONCE];
        file.read_exact(&mut magic)?;
        file.read_exact(&mut nonce)?;
        if magic != *MAGIC {
            return Err(damaged());
        }
        let body = file.seek(SeekFrom::End(0))?.saturating_sub(HEADER);
        let segments = body.div_ceil(SEALED as u64);
        let len = body.checked_sub(segments * TAG as u64).ok_or_else(damaged)?;
        // The last segment has at least its tag.
        let rest = body % SEALED as u64;
        if segments == 0 || segments > u64::from(u32::MAX) || (rest > 0 && rest < TAG as u64) {
            return Err(damaged());
        }
        let segment = Vec::with_capacity(SEALED);
        Ok(Self { file, stream: stream(key, &nonce), len, at: 0, segment, held: None })
    }

    /// Bytes in the file.
    #[allow(clippy::len_without_is_empty)] // an original is never empty
    pub fn len(&self) -> u64 {
        self.len
    }

    fn load(&mut self, number: u32) -> io::Result<()> {
        if self.held == Some(number) {
            return Ok(());
        }
        self.held = None;
        let last = u64::from(number) == self.len.saturating_sub(1) / PLAIN as u64;
        let plain = self.len - u64::from(number) * PLAIN as u64;
        let sealed = usize::try_from(plain).unwrap_or(PLAIN).min(PLAIN) + TAG;
        self.segment.clear();
        self.segment.resize(sealed, 0);
        self.file.seek(SeekFrom::Start(HEADER + u64::from(number) * SEALED as u64))?;
        self.file.read_exact(&mut self.segment)?;
        self.stream
            .decrypt_in_place(number, last, MAGIC, &mut self.segment)
            .map_err(|_| damaged())?;
        self.held = Some(number);
        Ok(())
    }
}

impl<F: Read + Seek> Read for SealedReader<F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.len || out.is_empty() {
            return Ok(0);
        }
        let number = u32::try_from(self.at / PLAIN as u64).map_err(|_| damaged())?;
        self.load(number)?;
        let offset = usize::try_from(self.at % PLAIN as u64).map_err(|_| damaged())?;
        let there = self.segment.get(offset..).ok_or_else(damaged)?;
        let taken = there.len().min(out.len());
        out[..taken].copy_from_slice(&there[..taken]);
        self.at += taken as u64;
        Ok(taken)
    }
}

impl<F: Read + Seek> Seek for SealedReader<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
