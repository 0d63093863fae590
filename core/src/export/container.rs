//! The container: a ZIP archive in one form only, so that anybody can open the summary by a double click
//! and nobody can hide a second truth in it. Parts are stored, not compressed; local headers, contents,
//! directory and end follow each other without a gap; every header is the one that [`Writer`] would
//! write. Whatever differs is refused: other tools choose between contradicting headers as they
//! like, a verifier must not have the choice.
//!
//! No ZIP64: a file ends before 4 GiB. Names are ASCII, one folder deep at most.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Most parts in one file.
pub const MAX_PARTS: usize = 20_000;
/// Longest name of a part, bytes.
pub const MAX_NAME: usize = 100;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_LEN: u64 = 30;
const CENTRAL_LEN: u64 = 46;
const END_LEN: u64 = 22;
const VERSION: u16 = 20;
/// 1980-01-01 00:00, the beginning of ZIP's time: when a part was made is in the manifest.
const DATE: u16 = 0x21;
const CHUNK: usize = 64 * 1024;

/// The file is not such a container, or cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// The disk, not the file.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// Nothing of ours, from its first bytes on.
    #[error("the file is not an export")]
    Foreign,
    /// It does not end where its directory says: cut off, or something follows.
    #[error("the file does not end where its directory says")]
    End,
    /// A header, or a gap between two, is not what the writer makes.
    #[error("a header is not in the one allowed form")]
    Header,
    /// A name is not allowed: absolute, with `..`, with other signs.
    #[error("a part has a name that is not allowed")]
    Name,
    /// Two parts of one name.
    #[error("two parts have the same name")]
    Duplicate,
    /// The content's checksum is wrong.
    #[error("a part's checksum is wrong")]
    Checksum,
    /// More parts or bytes than the format allows.
    #[error("the file is larger than the format allows")]
    TooLarge,
    /// There is no such part.
    #[error("a part is missing")]
    Missing,
}

impl ContainerError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "file_unreadable",
            Self::Foreign => "file_not_an_export",
            Self::End => "container_end",
            Self::Header => "container_header",
            Self::Name => "container_name",
            Self::Duplicate => "container_duplicate",
            Self::Checksum => "container_checksum",
            Self::TooLarge => "container_too_large",
            Self::Missing => "part_missing",
        }
    }
}

/// One part as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its length, bytes.
    pub length: u32,
    crc: u32,
    offset: u32,
}

impl Entry {
    /// What local header and directory have in common.
    fn common(&self, out: &mut Vec<u8>) {
        // 0x0800: the name is UTF-8; 0: stored, at midnight.
        for field in [VERSION, 0x0800, 0, 0, DATE] {
            out.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.length, self.length] {
            out.extend(field.to_le_bytes());
        }
        // Names are far shorter than 64 kB; no extra field.
        out.extend(u16::try_from(self.name.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.extend(0_u16.to_le_bytes());
    }

    fn local(&self) -> Vec<u8> {
        let mut out = LOCAL.to_le_bytes().to_vec();
        self.common(&mut out);
        out.extend(self.name.as_bytes());
        out
    }

    fn central(&self) -> Vec<u8> {
        let mut out = CENTRAL.to_le_bytes().to_vec();
        out.extend(VERSION.to_le_bytes());
        self.common(&mut out);
        // No comment, first disk, no attributes.
        out.extend([0; 10]);
        out.extend(self.offset.to_le_bytes());
        out.extend(self.name.as_bytes());
        out
    }
}

fn end(parts: u16, length: u32, offset: u32) -> Vec<u8> {
    let mut out = END.to_le_bytes().to_vec();
    out.extend([0; 4]);
    out.extend(parts.to_le_bytes());
    out.extend(parts.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(offset.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// Whether a name is allowed: `name.ext` or `folder/name`, small letters, digits, `.`, `_` and `-`.
fn allowed(name: &str) -> bool {
    let words: Vec<&str> = name.split('/').collect();
    let sound = |word: &&str| {
        !word.is_empty()
            && !word.starts_with('.')
            && word.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            })
    };
    name.len() <= MAX_NAME && words.len() <= 2 && words.iter().all(sound)
}

/// Writes a container, part after part.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    parts: Vec<Entry>,
    at: u64,
}

impl<W: Write> Writer<W> {
    /// Begins.
    pub fn new(out: W) -> Self {
        Self { out, parts: Vec::new(), at: 0 }
    }

    /// Adds one part.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), ContainerError> {
        if !allowed(name) {
            return Err(ContainerError::Name);
        }
        if self.parts.iter().any(|part| part.name == name) {
            return Err(ContainerError::Duplicate);
        }
        let entry = Entry {
            name: name.to_owned(),
            length: fits(content.len() as u64)?,
            crc: crc32(0, content),
            offset: fits(self.at)?,
        };
        let header = entry.local();
        self.out.write_all(&header)?;
        self.out.write_all(content)?;
        self.at += header.len() as u64 + content.len() as u64;
        self.parts.push(entry);
        if self.parts.len() > MAX_PARTS { Err(ContainerError::TooLarge) } else { Ok(()) }
    }

    /// Writes the directory and the end.
    pub fn finish(mut self) -> Result<W, ContainerError> {
        let directory: Vec<u8> = self.parts.iter().flat_map(Entry::central).collect();
        let parts = u16::try_from(self.parts.len()).map_err(|_| ContainerError::TooLarge)?;
        let length = fits(directory.len() as u64)?;
        fits(self.at + directory.len() as u64 + END_LEN)?;
        self.out.write_all(&directory)?;
        self.out.write_all(&end(parts, length, fits(self.at)?))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn fits(number: u64) -> Result<u32, ContainerError> {
    u32::try_from(number).map_err(|_| ContainerError::TooLarge)
}

/// A container whose structure was checked; contents are read part by part.
#[derive(Debug)]
pub struct Archive<R> {
    input: R,
    parts: Vec<Entry>,
}

impl<R: Read + Seek> Archive<R> {
    /// Checks every header. Contents are checked when they are read.
    pub fn open(mut input: R) -> Result<Self, ContainerError> {
        let length = input.seek(SeekFrom::End(0))?;
        let mut first = [0; 4];
        input.seek(SeekFrom::Start(0))?;
        if length < END_LEN || input.read_exact(&mut first).is_err() {
            return Err(ContainerError::Foreign);
        }
        if u32::from_le_bytes(first) != LOCAL {
            return Err(ContainerError::Foreign);
        }
        fits(length)?;
        let last = read_at(&mut input, length - END_LEN, END_LEN)?;
        let number = |at: usize| field(&last, at);
        let (count, size, offset) = (number(8) & 0xffff, number(12), number(16));
        let parts = u16::try_from(count).map_err(|_| ContainerError::End)?;
        if last != end(parts, size, offset)
            || u64::from(offset) + u64::from(size) + END_LEN != length
        {
            return Err(ContainerError::End);
        }
        if usize::from(parts) > MAX_PARTS
            || u64::from(size) > u64::from(parts) * (CENTRAL_LEN + MAX_NAME as u64)
        {
            return Err(ContainerError::TooLarge);
        }
        let directory = read_at(&mut input, u64::from(offset), u64::from(size))?;
        let parts = read_directory(&directory, parts)?;
        check_locals(&mut input, &parts, offset)?;
        Ok(Self { input, parts })
    }

    /// The parts, in their order.
    pub fn parts(&self) -> &[Entry] {
        &self.parts
    }

    /// Reads one part of at most `max` bytes.
    pub fn read(&mut self, name: &str, max: usize) -> Result<Vec<u8>, ContainerError> {
        let found = self.parts.iter().position(|part| part.name == name);
        let index = found.ok_or(ContainerError::Missing)?;
        if self.parts[index].length as usize > max {
            return Err(ContainerError::TooLarge);
        }
        let mut out = Vec::with_capacity(self.parts[index].length as usize);
        self.stream(index, &mut |chunk| out.extend_from_slice(chunk))?;
        Ok(out)
    }

    /// Gives part number `index` piece by piece, and checks its checksum at the end.
    pub fn stream(
        &mut self,
        index: usize,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), ContainerError> {
        let part = self.parts.get(index).ok_or(ContainerError::Missing)?;
        let begin = u64::from(part.offset) + LOCAL_LEN + part.name.len() as u64;
        self.input.seek(SeekFrom::Start(begin))?;
        let (mut crc, mut rest) = (0, part.length as usize);
        let mut buffer = vec![0; CHUNK.min(rest)];
        while rest > 0 {
            let chunk = &mut buffer[..CHUNK.min(rest)];
            self.input.read_exact(chunk)?;
            crc = crc32(crc, chunk);
            sink(chunk);
            rest -= chunk.len();
        }
        if crc == part.crc { Ok(()) } else { Err(ContainerError::Checksum) }
    }
}

/// The directory's entries; each must be written as the writer would.
fn read_directory(mut directory: &[u8], parts: u16) -> Result<Vec<Entry>, ContainerError> {
    let mut entries = Vec::with_capacity(usize::from(parts));
    let mut names = BTreeSet::new();
    for _ in 0..parts {
        let header = directory.get(..46).ok_or(ContainerError::Header)?;
        let name_len = (field(header, 28) & 0xffff) as usize;
        let written = directory.get(..46 + name_len).ok_or(ContainerError::Header)?;
        let name = std::str::from_utf8(&written[46..]).map_err(|_| ContainerError::Name)?;
        if !allowed(name) {
            return Err(ContainerError::Name);
        }
        let entry = Entry {
            name: name.to_owned(),
            length: field(header, 24),
            crc: field(header, 16),
            offset: field(header, 42),
        };
        if entry.central() != written {
            return Err(ContainerError::Header);
        }
        if !names.insert(entry.name.clone()) {
            return Err(ContainerError::Duplicate);
        }
        directory = &directory[written.len()..];
        entries.push(entry);
    }
    if directory.is_empty() { Ok(entries) } else { Err(ContainerError::Header) }
}

/// Local headers must repeat the directory, without gaps, up to the directory.
fn check_locals<R: Read + Seek>(
    input: &mut R,
    parts: &[Entry],
    directory: u32,
) -> Result<(), ContainerError> {
    let mut at = 0;
    for part in parts {
        let header = part.local();
        if u64::from(part.offset) != at
            || at + header.len() as u64 > u64::from(directory)
            || read_at(input, at, header.len() as u64)? != header
        {
            return Err(ContainerError::Header);
        }
        at += header.len() as u64 + u64::from(part.length);
    }
    if at == u64::from(directory) { Ok(()) } else { Err(ContainerError::Header) }
}

fn read_at<R: Read + Seek>(input: &mut R, at: u64, length: u64) -> Result<Vec<u8>, ContainerError> {
    input.seek(SeekFrom::Start(at))?;
    let mut out = vec![0; usize::try_from(length).map_err(|_| ContainerError::TooLarge)?];
    input.read_exact(&mut out)?;
    Ok(out)
}

/// Four bytes, little end first; the caller has checked that they are there.
fn field(bytes: &[u8], at: usize) -> u32 {
    let mut out = [0; 4];
    if let Some(found) = bytes.get(at..at + 4) {
        out.copy_from_slice(found);
    }
    u32::from_le_bytes(out)
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let (mut index, mut byte) = (0, 0);
    while index < 256 {
        let mut value: u32 = byte;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
        byte += 1;
    }
    table
};

/// CRC-32 as ZIP has it, continued from `crc`. Finds accidents only; the manifest's hashes find people.
fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!crc, |crc, byte| (crc >> 8) ^ CRC_TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    fn sample() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        writer.add("summary.html", b"<p>123456789</p>").unwrap();
        writer.add("photos/ab", &vec![7; 200_000]).unwrap();
        writer.add("empty", b"").unwrap();
        writer.finish().unwrap()
    }

    /// What a bent file is refused for, in its structure or in its contents.
    fn refusal(bytes: &[u8]) -> Option<&'static str> {
        let mut archive = match Archive::open(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => return Some(error.code()),
        };
        (0..archive.parts().len())
            .find_map(|index| archive.stream(index, &mut |_| ()).err().map(|error| error.code()))
    }

    #[test]
    fn parts_come_back_as_they_were_written() {
        assert_eq!(crc32(0, b"123456789"), 0xcbf4_3926);
        let mut archive = Archive::open(Cursor::new(sample())).unwrap();
        let names: Vec<&str> = archive.parts().iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["summary.html", "photos/ab", "empty"]);
        assert_eq!(archive.read("photos/ab", 200_000).unwrap(), vec![7; 200_000]);
        assert_eq!(archive.read("photos/ab", 199_999).unwrap_err().code(), "container_too_large");
        assert_eq!(archive.read("nothing", 9).unwrap_err().code(), "part_missing");
        let mut writer = Writer::new(Vec::new());
        for name in ["/etc/passwd", "../x", "a/b/c", "A", "a b", "", ".x", "a//b", "查封"] {
            assert_eq!(writer.add(name, b"").unwrap_err().code(), "container_name", "{name}");
        }
    }

    #[test]
    fn no_byte_may_differ() {
        let mut writer = Writer::new(Vec::new());
        writer.add("summary.html", b"hello").unwrap();
        writer.add("photos/ab", b"picture").unwrap();
        let bytes = writer.finish().unwrap();
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut bent = bytes.clone();
                bent[index] ^= 1 << bit;
                assert!(refusal(&bent).is_some(), "byte {index} bit {bit}");
            }
        }
        for length in 0..bytes.len() {
            assert!(refusal(&bytes[..length]).is_some(), "cut at {length}");
        }
    }

    #[test]
    fn each_trick_has_its_name() {
        let good = sample();
        assert_eq!(refusal(&good), None);
        assert_eq!(refusal(b"PDF"), Some("file_not_an_export"));
        assert_eq!(refusal(&[good.clone(), vec![0]].concat()), Some("container_end"));
        assert_eq!(refusal(&[vec![0], good.clone()].concat()), Some("file_not_an_export"));
        let mut deflated = good.clone();
        deflated[8] = 8;
        assert_eq!(refusal(&deflated), Some("container_header"));

        // Two directory entries that share one local header.
        let entry = Entry { name: "a".into(), length: 1, crc: crc32(0, b"x"), offset: 0 };
        let mut twice = entry.local();
        twice.push(b'x');
        let offset = u32::try_from(twice.len()).unwrap();
        let directory = [entry.central(), entry.central()].concat();
        twice.extend(&directory);
        twice.extend(end(2, u32::try_from(directory.len()).unwrap(), offset));
        assert_eq!(refusal(&twice), Some("container_duplicate"));
    }
}
