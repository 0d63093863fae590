//! What a file is, by its first bytes and never by its name.

use std::fmt;

/// How many of a file's first bytes decide what it is.
pub const HEAD_BYTES: usize = 8_192;

/// The media type of what no signature is known for.
pub const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// A format whose particulars are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG, and the stereo pictures (MPO) that begin with one.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF; of moving ones the first picture.
    Gif,
    /// HEIF with HEVC pictures (HEIC).
    Heif,
    /// HEIF with AV1 pictures.
    Avif,
}

impl Format {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Heif => "heif",
            Self::Avif => "avif",
        }
    }

    /// Whether its pixels are decoded here.
    pub const fn is_decoded(self) -> bool {
        !matches!(self, Self::Heif | Self::Avif)
    }

    /// Whether it has a place for EXIF.
    pub(super) const fn has_exif(self) -> bool {
        !matches!(self, Self::Gif)
    }

    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif", "mpo"],
            Self::Png => &["png", "apng"],
            Self::Webp => &["webp"],
            Self::Gif => &["gif"],
            Self::Heif => &["heic", "heif", "hif"],
            Self::Avif => &["avif"],
        }
    }

    fn of_media_type(media_type: &str) -> Option<Self> {
        Some(match media_type {
            "image/jpeg" => Self::Jpeg,
            "image/png" => Self::Png,
            "image/webp" => Self::Webp,
            "image/gif" => Self::Gif,
            "image/heif" => Self::Heif,
            "image/avif" => Self::Avif,
            _ => return None,
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The media type of a file that begins with `head`, and its format if that is one of ours.
pub(super) fn of_head(head: &[u8]) -> (&'static str, Option<Format>) {
    let media_type = infer::get(head).map_or(UNKNOWN_MEDIA_TYPE, |kind| kind.mime_type());
    // A HEIF file whose brand names no codec (`mif1` alone) is one all the same.
    let media_type = match head.get(4..12) {
        Some(b"ftypmif1") if media_type == UNKNOWN_MEDIA_TYPE => "image/heif",
        _ => media_type,
    };
    (media_type, Format::of_media_type(media_type))
}

/// The media type of a file of any kind, by its first [`HEAD_BYTES`].
pub fn media_type(head: &[u8]) -> &'static str {
    of_head(head).0
}

/// Whether a file called `name` claims by its extension to be a picture of another format than it is.
pub fn name_differs(name: &str, format: Option<Format>) -> bool {
    let Some((_, extension)) = name.rsplit_once('.') else { return false };
    let extension = extension.to_ascii_lowercase();
    let all = [Format::Jpeg, Format::Png, Format::Webp, Format::Gif, Format::Heif, Format::Avif];
    let claimed = all.into_iter().find(|format| format.extensions().contains(&extension.as_str()));
    claimed.is_some() && claimed != format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_names_are_only_compared() {
        assert_eq!(of_head(b"\xff\xd8\xff\xe0rest").1, Some(Format::Jpeg));
        assert_eq!(media_type(b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(media_type(b""), UNKNOWN_MEDIA_TYPE);
        assert_eq!(of_head(b"\0\0\0\x14ftypmif1\0\0\0\0mif1").1, Some(Format::Heif));
        assert_eq!(of_head(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom").1, None);
        assert!(name_differs("门牌.JPG", Some(Format::Png)) && name_differs("a.jpg", None));
        assert!(!name_differs("a.JPG", Some(Format::Jpeg)) && !name_differs("a.mp4", None));
        assert!(!name_differs("jpg", Some(Format::Png)));
    }
}
