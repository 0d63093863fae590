//! The outside of a picture file: what its container says before a pixel is decoded. Each format's file
//! walks its own container with the [`Scan`] from here, which knows where the file ends.

use std::io::{self, BufRead, Read as _, Seek, SeekFrom};

use super::reason::{TRUNCATED, UNREADABLE};
use super::turn::Turn;
use crate::identifier::Reason;

/// What a container says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outside {
    /// As stored, pixels.
    pub(super) width: u32,
    /// As stored, pixels.
    pub(super) height: u32,
    /// What decoding will take for pixels and coefficients, bytes; 0 where nothing is decoded.
    pub(super) cost: u64,
    /// How the container itself says it must be turned; then EXIF's word does not count.
    pub(super) turn: Option<Turn>,
    /// The EXIF block as it lies in the file.
    pub(super) exif: Option<Vec<u8>>,
    /// There is one, but it is too large to be taken out.
    pub(super) exif_too_large: bool,
    /// The file ends before the picture does.
    pub(super) truncated: bool,
}

impl Outside {
    /// Pixels of the picture.
    pub(super) fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// What an error while reading means for the picture.
pub(super) fn of_io(error: &io::Error) -> Reason {
    if error.kind() == io::ErrorKind::UnexpectedEof { TRUNCATED } else { UNREADABLE }
}

/// A place in a file of known length.
pub(super) struct Scan<'a, R> {
    source: &'a mut R,
    at: u64,
    len: u64,
}

impl<'a, R: BufRead + Seek> Scan<'a, R> {
    /// The beginning of a file of `len` bytes.
    pub(super) fn start(source: &'a mut R, len: u64) -> Result<Self, Reason> {
        source.seek(SeekFrom::Start(0)).map_err(|error| of_io(&error))?;
        Ok(Self { source, at: 0, len })
    }

    /// Where it stands, bytes from the beginning.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Bytes from here to the end of the file.
    pub(super) fn left(&self) -> u64 {
        self.len.saturating_sub(self.at)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Reason> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).map_err(|error| of_io(&error))?;
        self.at += N as u64;
        Ok(bytes)
    }

    /// The next `count` bytes; the caller has bounded it.
    pub(super) fn bytes(&mut self, count: u64) -> Result<Vec<u8>, Reason> {
        if count > self.left() {
            return Err(TRUNCATED);
        }
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(count).read_to_end(&mut bytes);
        let read = read.map_err(|error| of_io(&error))? as u64;
        self.at += read;
        if read == count { Ok(bytes) } else { Err(TRUNCATED) }
    }

    /// Goes to `at` bytes from the beginning; false when that lies behind the end.
    pub(super) fn go(&mut self, at: u64) -> Result<bool, Reason> {
        if at > self.len {
            return Ok(false);
        }
        self.source.seek(SeekFrom::Start(at)).map_err(|error| of_io(&error))?;
        self.at = at;
        Ok(true)
    }

    /// Passes over `count` bytes; false when the file is shorter.
    pub(super) fn pass(&mut self, count: u64) -> Result<bool, Reason> {
        self.go(self.at.saturating_add(count))
    }

    /// Passes over everything up to and with the next `byte`; false when there is none.
    pub(super) fn pass_to(&mut self, byte: u8) -> Result<bool, Reason> {
        let passed = self.source.skip_until(byte).map_err(|error| of_io(&error))? as u64;
        self.at += passed;
        Ok(passed > 0)
    }
}
