//! What is refused before it is looked at more closely. A picture of any phone on sale lies well inside;
//! together they keep reading and deriving within 256 MB, whatever the bytes.

/// Largest file whose content is read, bytes.
pub const FILE_BYTES: u64 = 64 << 20;
/// Most pixels a picture may have and be shown.
pub const PIXELS: u64 = 120_000_000;
/// Most bytes that decoding may take for pixels and coefficients together.
pub const DECODED_BYTES: u64 = 160 << 20;
/// Most bytes of EXIF.
pub const EXIF_BYTES: usize = 128 << 10;
/// Most entries in all directories of one EXIF block: phones write about a hundred.
pub const EXIF_ENTRIES: usize = 16_384;
/// Most directories in one EXIF block.
pub const EXIF_DIRECTORIES: usize = 16;
/// Most pixels that all scans of one JPEG go over together: the largest picture with the ten scans of a progressive one
/// has a billion; a small file can ask for thousands of scans.
pub const SCANNED_PIXELS: u64 = 1_500_000_000;
/// Most segments of a JPEG or chunks of a PNG or WebP.
pub const PARTS: usize = 16_384;
/// Most bytes of a HEIF file's description of its items.
pub const HEIF_META_BYTES: u64 = 1 << 20;
/// Most bytes a PNG's texts and colour profile may take, compressed or not. They are not shown.
pub const PNG_EXTRAS_BYTES: u64 = 8 << 20;
