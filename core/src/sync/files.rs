//! How files of evidence travel, in the words both sides use: addresses, headers, what an upload says about
//! itself, bounds. The protocol is tus 1.0; who may do what is described in `docs/protocol/files.md`.
//!
//! Nothing here sends or stores anything: that is the phone's and the server's.

use data_encoding::BASE64;

use crate::id::BlobHash;

/// Below `/v1/courts/{court}/`: where uploads begin.
pub const UPLOADS: &str = "uploads";
/// Below `/v1/courts/{court}/`: where files are read.
pub const FILES: &str = "files";
/// Query parameter of a read that asks for a derived picture.
pub const AS: &str = "as";

/// The version of tus.
pub const TUS_VERSION: &str = "1.0.0";
/// Header of every request and answer of an upload: [`TUS_VERSION`].
pub const TUS_RESUMABLE: &str = "tus-resumable";
/// Header: bytes of the whole file.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// Header: bytes that are there.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Header: what is uploaded, see [`Metadata`].
pub const UPLOAD_METADATA: &str = "upload-metadata";
/// Header: algorithm, a space, the digest of this chunk in base64.
pub const UPLOAD_CHECKSUM: &str = "upload-checksum";
/// Header of a POST: the method that it stands for, for proxies that let no other through.
pub const METHOD_OVERRIDE: &str = "x-http-method-override";
/// Header: when an unfinished upload ends.
pub const UPLOAD_EXPIRES: &str = "upload-expires";
/// Media type of a chunk.
pub const CHUNK_TYPE: &str = "application/offset+octet-stream";

/// Unfinished uploads end so long after their last byte, milliseconds.
pub const UPLOAD_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Longest [`UPLOAD_METADATA`] that is read, bytes.
pub const MAX_METADATA: usize = 2_048;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// As it was captured; named by a signed change.
    Original,
    /// A small picture of an original.
    Thumbnail,
    /// A picture of an original for a screen.
    Preview,
}

impl FileKind {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Thumbnail => "thumbnail",
            Self::Preview => "preview",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Original, Self::Thumbnail, Self::Preview]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    /// Most bytes of one.
    pub fn max_bytes(self) -> u64 {
        match self {
            Self::Original => 4 << 30,
            Self::Thumbnail => 16 << 10,
            Self::Preview => 512 << 10,
        }
    }
}

/// A token's purpose for uploading the file of this hash.
pub fn upload_purpose(hash: BlobHash) -> String {
    format!("upload:{hash}")
}

/// A token's purpose for reading the file of this hash, or a picture derived from it.
pub fn file_purpose(hash: BlobHash) -> String {
    format!("file:{hash}")
}

/// What an upload says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// SHA-256 of the file to upload.
    pub hash: BlobHash,
    /// What it is.
    pub kind: FileKind,
    /// For derived pictures: the original's hash.
    pub of: Option<BlobHash>,
}

/// An upload's metadata cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// Too long, or no list of keys with base64 values.
    #[error("the upload's metadata cannot be read")]
    Malformed,
    /// No hash, or none in lower-case hexadecimal.
    #[error("the upload's metadata name no hash")]
    Hash,
    /// A kind of file that this program does not know.
    #[error("the upload is of a kind that is not known")]
    Kind,
    /// A derived picture without its original, or an original with one.
    #[error("a derived picture names its original, and nothing else does")]
    Of,
}

impl MetadataError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "metadata_malformed",
            Self::Hash => "metadata_hash",
            Self::Kind => "metadata_kind",
            Self::Of => "metadata_of",
        }
    }
}

impl Metadata {
    /// An original.
    pub fn original(hash: BlobHash) -> Self {
        Self { hash, kind: FileKind::Original, of: None }
    }

    /// The header's text.
    pub fn to_header(&self) -> String {
        let mut pairs = vec![("hash", self.hash.to_hex()), ("kind", self.kind.code().to_owned())];
        pairs.extend(self.of.map(|of| ("of", of.to_hex())));
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(key, value)| format!("{key} {}", BASE64.encode(value.as_bytes())))
            .collect();
        pairs.join(",")
    }

    /// Reads the header's text. Other keys are ignored; one of ours that stands twice is refused.
    pub fn from_header(text: &str) -> Result<Self, MetadataError> {
        if text.len() > MAX_METADATA {
            return Err(MetadataError::Malformed);
        }
        let (mut hash, mut kind, mut of) = (None, None, None);
        for pair in text.split(',') {
            let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
            let place = match key {
                "" => return Err(MetadataError::Malformed),
                "hash" => &mut hash,
                "kind" => &mut kind,
                "of" => &mut of,
                _ => continue,
            };
            let value = BASE64.decode(value.as_bytes()).map_err(|_| MetadataError::Malformed)?;
            let value = String::from_utf8(value).map_err(|_| MetadataError::Malformed)?;
            if place.replace(value).is_some() {
                return Err(MetadataError::Malformed);
            }
        }
        let kind = match kind {
            Some(code) => FileKind::from_code(&code).ok_or(MetadataError::Kind)?,
            None => FileKind::Original,
        };
        let hash = named(&hash.unwrap_or_default()).ok_or(MetadataError::Hash)?;
        let of = of.map(|of| named(&of).ok_or(MetadataError::Of)).transpose()?;
        if of.is_some() == (kind == FileKind::Original) {
            return Err(MetadataError::Of);
        }
        Ok(Self { hash, kind, of })
    }
}

/// A file's name: 64 digits in lower case, the only way to write it.
pub fn named(hex: &str) -> Option<BlobHash> {
    BlobHash::from_hex(hex).ok().filter(|hash| hash.to_hex() == hex)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn metadata_survive_and_other_keys_are_ignored() {
        let (hash, of) = (BlobHash([0xab; 32]), Some(BlobHash([3; 32])));
        for said in [
            Metadata::original(hash),
            Metadata { hash, kind: FileKind::Thumbnail, of },
            Metadata { hash, kind: FileKind::Preview, of },
        ] {
            assert_eq!(Metadata::from_header(&said.to_header()), Ok(said));
            let more = format!("filename d29ybGQ=,{},is_confidential", said.to_header());
            assert_eq!(Metadata::from_header(&more), Ok(said));
        }
        let bare = format!("hash {}", BASE64.encode(hash.to_hex().as_bytes()));
        assert_eq!(Metadata::from_header(&bare), Ok(Metadata::original(hash)), "no kind: original");
    }

    #[test]
    fn metadata_that_mean_nothing_or_two_things_are_refused() {
        let pair = |key: &str, value: &str| format!("{key} {}", BASE64.encode(value.as_bytes()));
        let hash = pair("hash", &"ab".repeat(32));
        let of = pair("of", &"cd".repeat(32));
        for (text, code) in [
            (String::new(), "metadata_malformed"),
            ("hash !!".to_owned(), "metadata_malformed"),
            (format!("{hash},{hash}"), "metadata_malformed"),
            (format!("{hash},x {}", "A".repeat(MAX_METADATA)), "metadata_malformed"),
            ("filename d29ybGQ=".to_owned(), "metadata_hash"),
            (pair("hash", &"AB".repeat(32)), "metadata_hash"),
            (pair("hash", "ab"), "metadata_hash"),
            (format!("{hash},{}", pair("kind", "poster")), "metadata_kind"),
            (format!("{hash},{}", pair("kind", "thumbnail")), "metadata_of"),
            (format!("{hash},{of}"), "metadata_of"),
            (format!("{hash},{},{}", pair("kind", "preview"), pair("of", "zz")), "metadata_of"),
        ] {
            assert_eq!(
                Metadata::from_header(&text).map_err(MetadataError::code),
                Err(code),
                "{text}"
            );
        }
    }

    #[test]
    fn a_purpose_names_one_file_and_fits_a_token() {
        let hash = BlobHash([0xff; 32]);
        assert_eq!(upload_purpose(hash), format!("upload:{}", "ff".repeat(32)));
        assert_ne!(upload_purpose(hash), file_purpose(hash));
        assert!(upload_purpose(hash).len() <= 160);
    }
}
