//! Deterministic CBOR (RFC 8949, 4.2.1 "core deterministic encoding"), the form of everything that is
//! signed or hashed. One value has exactly one encoding: definite lengths, shortest integers, no
//! floats, no tags.
//!
//! [`Writer`] cannot write anything else. Reading is strict in a way that needs no second list of
//! rules: [`Canonical::decode`] decodes, encodes again and compares, so whatever the writer would
//! not have written is refused. Lengths are checked against a bound and against the input before
//! anything is allocated.
//!
//! Signed things are arrays that open with a domain tag and a version, so that a signature over one
//! kind can never be read as a signature over another.

pub mod bound;

use std::convert::Infallible;

use minicbor::{Decoder, Encoder, data::Type};

/// Largest number this format carries where a count is meant: what SQLite and PostgreSQL can store.
pub const MAX_COUNT: u64 = i64::MAX as u64;

/// The bytes are not what this format allows. Nothing was taken from them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// More bytes than the kind allows.
    #[error("{got} bytes, at most {limit} are allowed")]
    TooLong {
        /// Bytes allowed.
        limit: usize,
        /// Bytes offered.
        got: usize,
    },
    /// Not CBOR of the expected shape.
    #[error("not the expected CBOR")]
    Malformed,
    /// Well-formed, but not the one encoding this value has.
    #[error("not deterministically encoded")]
    NotCanonical,
    /// Something follows the value.
    #[error("bytes after the end of the value")]
    TrailingBytes,
    /// Another kind of thing, or nothing of ours.
    #[error("the domain tag is not `{expected}`")]
    WrongTag {
        /// Tag that was expected.
        expected: &'static str,
    },
    /// Ours, but of a version this program does not know. A newer program may read it, so holders
    /// keep the bytes (law 10).
    #[error("`{tag}` of version {version} needs a newer program")]
    UnsupportedVersion {
        /// The domain tag.
        tag: &'static str,
        /// The version found.
        version: u64,
    },
    /// A field is outside its bounds.
    #[error("field `{field}` is outside its bounds")]
    Bound {
        /// Name of the field.
        field: &'static str,
    },
}

impl CanonicalError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::Malformed => "malformed",
            Self::NotCanonical => "not_canonical",
            Self::TrailingBytes => "trailing_bytes",
            Self::WrongTag { .. } => "wrong_tag",
            Self::UnsupportedVersion { .. } => "unsupported_version",
            Self::Bound { .. } => "field_out_of_bounds",
        }
    }
}

/// A tagged, versioned value with exactly one encoding: `[tag, version, field, ...]`.
pub trait Canonical: Sized {
    /// Domain tag, the first element.
    const TAG: &'static str;
    /// Version, the second element.
    const VERSION: u32;
    /// Elements after the version.
    const FIELDS: u64;
    /// Longest encoding, bytes.
    const MAX_LEN: usize;

    /// Writes the fields, in order; exactly [`Self::FIELDS`] items.
    fn write(&self, out: &mut Writer);

    /// Reads the fields, in order. Need not care about determinism.
    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError>;

    /// Whether every field is within its bounds; asked before signing and after reading.
    fn check(&self) -> Result<(), CanonicalError>;

    /// Version and fields of this value: the newest, unless it was read from an older version, whose bytes stay
    /// as they were signed.
    fn form(&self) -> (u32, u64) {
        (Self::VERSION, Self::FIELDS)
    }

    /// Fields of an older version that is still read. [`Self::read`] then finds no more than these.
    fn older(_version: u64) -> Option<u64> {
        None
    }

    /// The one encoding. Of a value that fails [`Self::check`] it is one that nobody accepts.
    fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        let (version, fields) = self.form();
        out.array(fields + 2);
        out.text(Self::TAG);
        out.uint(u64::from(version));
        self.write(&mut out);
        out.into_bytes()
    }

    /// Reads exactly one value from `bytes`.
    fn decode(bytes: &[u8]) -> Result<Self, CanonicalError> {
        if bytes.len() > Self::MAX_LEN {
            return Err(CanonicalError::TooLong { limit: Self::MAX_LEN, got: bytes.len() });
        }
        let mut input = Reader::new(bytes);
        let length = input.array()?;
        let wrong_tag = CanonicalError::WrongTag { expected: Self::TAG };
        match input.text(64, "tag") {
            Ok(tag) if tag == Self::TAG => {}
            _ => return Err(wrong_tag),
        }
        let version = input.uint()?;
        let newest = (version == u64::from(Self::VERSION)).then_some(Self::FIELDS);
        let fields = newest.or_else(|| Self::older(version));
        let fields =
            fields.ok_or(CanonicalError::UnsupportedVersion { tag: Self::TAG, version })?;
        if length != fields + 2 {
            return Err(CanonicalError::Malformed);
        }
        let value = Self::read(&mut input)?;
        input.finish()?;
        if value.form() != (u32::try_from(version).unwrap_or(u32::MAX), fields) {
            return Err(CanonicalError::Malformed);
        }
        value.check()?;
        if value.encode() != bytes {
            return Err(CanonicalError::NotCanonical);
        }
        Ok(value)
    }
}

/// Writes deterministic CBOR into memory.
#[derive(Debug)]
pub struct Writer(Encoder<Vec<u8>>);

impl Default for Writer {
    fn default() -> Self {
        Self(Encoder::new(Vec::new()))
    }
}

/// Writing to memory has no error to report.
fn infallible<T>(result: &Result<T, minicbor::encode::Error<Infallible>>) {
    debug_assert!(result.is_ok(), "writing to a Vec<u8> cannot fail");
}

impl Writer {
    /// Head of an array of `length` items.
    pub fn array(&mut self, length: u64) {
        infallible(&self.0.array(length));
    }

    /// Head of a map of `length` pairs. The caller writes the keys in the bytewise order of their
    /// encodings (RFC 8949, 4.2.1).
    pub fn map(&mut self, length: u64) {
        infallible(&self.0.map(length));
    }

    /// A whole number from zero up.
    pub fn uint(&mut self, number: u64) {
        infallible(&self.0.u64(number));
    }

    /// A whole number.
    pub fn int(&mut self, number: i64) {
        infallible(&self.0.i64(number));
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        infallible(&self.0.str(text));
    }

    /// A string of bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        infallible(&self.0.bytes(bytes));
    }

    /// A yes or no.
    pub fn bool(&mut self, flag: bool) {
        infallible(&self.0.bool(flag));
    }

    /// Absence.
    pub fn null(&mut self) {
        infallible(&self.0.null());
    }

    /// A value, or null.
    pub fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// The encoding.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

/// Reads CBOR items of expected types and bounded lengths; borrows from the input.
#[derive(Debug)]
pub struct Reader<'b>(Decoder<'b>);

impl<'b> Reader<'b> {
    /// Starts at the beginning of `bytes`.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    /// Length of an array. Allocate by items read, never by this number: it is a claim.
    pub fn array(&mut self) -> Result<u64, CanonicalError> {
        self.0.array().ok().flatten().ok_or(CanonicalError::Malformed)
    }

    /// Length of an array of at most `max` items.
    pub fn array_up_to(&mut self, max: u64, field: &'static str) -> Result<u64, CanonicalError> {
        let length = self.array()?;
        if length > max { Err(CanonicalError::Bound { field }) } else { Ok(length) }
    }

    /// Head of an array of exactly `length` items.
    pub fn array_of(&mut self, length: u64) -> Result<(), CanonicalError> {
        if self.array()? == length { Ok(()) } else { Err(CanonicalError::Malformed) }
    }

    /// A whole number from zero up.
    pub fn uint(&mut self) -> Result<u64, CanonicalError> {
        self.0.u64().map_err(|_| CanonicalError::Malformed)
    }

    /// A whole number from zero up that fits 32 bits.
    pub fn uint32(&mut self) -> Result<u32, CanonicalError> {
        self.0.u32().map_err(|_| CanonicalError::Malformed)
    }

    /// A whole number.
    pub fn int(&mut self) -> Result<i64, CanonicalError> {
        self.0.i64().map_err(|_| CanonicalError::Malformed)
    }

    /// A yes or no.
    pub fn bool(&mut self) -> Result<bool, CanonicalError> {
        self.0.bool().map_err(|_| CanonicalError::Malformed)
    }

    /// Text of at most `max` bytes.
    pub fn text(&mut self, max: usize, field: &'static str) -> Result<&'b str, CanonicalError> {
        let text = self.0.str().map_err(|_| CanonicalError::Malformed)?;
        if text.len() > max { Err(CanonicalError::Bound { field }) } else { Ok(text) }
    }

    /// At most `max` bytes.
    pub fn bytes(&mut self, max: usize, field: &'static str) -> Result<&'b [u8], CanonicalError> {
        let bytes = self.0.bytes().map_err(|_| CanonicalError::Malformed)?;
        if bytes.len() > max { Err(CanonicalError::Bound { field }) } else { Ok(bytes) }
    }

    /// Exactly `N` bytes.
    pub fn fixed<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], CanonicalError> {
        let bytes = self.0.bytes().map_err(|_| CanonicalError::Malformed)?;
        bytes.try_into().map_err(|_| CanonicalError::Bound { field })
    }

    /// A value, or null.
    pub fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CanonicalError>,
    ) -> Result<Option<T>, CanonicalError> {
        match self.0.datatype() {
            Ok(Type::Null) => self.0.null().map(|()| None).map_err(|_| CanonicalError::Malformed),
            Ok(_) => read(self).map(Some),
            Err(_) => Err(CanonicalError::Malformed),
        }
    }

    /// Whether everything was read.
    pub fn at_end(&self) -> bool {
        self.0.position() == self.0.input().len()
    }

    /// Demands that everything was read.
    pub fn finish(&self) -> Result<(), CanonicalError> {
        if self.at_end() { Ok(()) } else { Err(CanonicalError::TrailingBytes) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        number: u64,
        signed: i64,
        text: String,
        bytes: Option<Vec<u8>>,
    }

    impl Canonical for Sample {
        const TAG: &'static str = "lastmile-sample";
        const VERSION: u32 = 1;
        const FIELDS: u64 = 4;
        const MAX_LEN: usize = 512;

        fn write(&self, out: &mut Writer) {
            out.uint(self.number);
            out.int(self.signed);
            out.text(&self.text);
            out.optional(self.bytes.as_deref(), Writer::bytes);
        }

        fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
            Ok(Self {
                number: input.uint()?,
                signed: input.int()?,
                text: input.text(100, "text")?.to_owned(),
                bytes: input.optional(|r| r.bytes(100, "bytes"))?.map(<[u8]>::to_vec),
            })
        }

        fn check(&self) -> Result<(), CanonicalError> {
            bound::count(self.number, "number")
        }
    }

    fn sample() -> Sample {
        Sample { number: 23, signed: -1, text: "查封".to_owned(), bytes: Some(vec![1, 2]) }
    }

    fn with_head(head: &[u8], rest: &[u8]) -> Vec<u8> {
        let mut out = head.to_vec();
        out.extend_from_slice(rest);
        out
    }

    #[test]
    fn only_the_shortest_form_is_read() {
        let bytes = sample().encode();
        assert_eq!(Sample::decode(&bytes), Ok(sample()));
        // 0x86 is the array head; after it come the tag (1 + 15 bytes) and the version (1 byte).
        assert_eq!(bytes.first(), Some(&0x86));
        let fields_at = 1 + 1 + Sample::TAG.len() + 1;

        let long_array = with_head(&[0x98, 0x06], &bytes[1..]);
        assert_eq!(Sample::decode(&long_array), Err(CanonicalError::NotCanonical));

        let indefinite = {
            let mut out = with_head(&[0x9f], &bytes[1..]);
            out.push(0xff);
            out
        };
        assert_eq!(Sample::decode(&indefinite), Err(CanonicalError::Malformed));

        // 23 written in two bytes (0x18 0x17) instead of one (0x17).
        let mut long_int = bytes[..fields_at].to_vec();
        long_int.push(0x18);
        long_int.extend_from_slice(&bytes[fields_at..]);
        assert_eq!(Sample::decode(&long_int), Err(CanonicalError::NotCanonical));

        // undefined (0xf7) is not null (0xf6).
        let mut undefined = Sample { bytes: None, ..sample() }.encode();
        *undefined.last_mut().unwrap() = 0xf7;
        assert_eq!(Sample::decode(&undefined), Err(CanonicalError::Malformed));

        let trailing = with_head(&bytes, &[0]);
        assert_eq!(Sample::decode(&trailing), Err(CanonicalError::TrailingBytes));
    }

    #[test]
    fn a_claimed_length_allocates_nothing() {
        // A byte string that claims 2^63 bytes, and an array that claims 2^64 - 1 items.
        let mut bytes = Sample { bytes: None, ..sample() }.encode();
        bytes.pop();
        bytes.extend_from_slice(&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(Sample::decode(&bytes), Err(CanonicalError::Malformed));
        let array = with_head(
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &sample().encode()[1..],
        );
        assert_eq!(Sample::decode(&array), Err(CanonicalError::Malformed));
    }

    #[test]
    fn tag_version_and_size_have_their_own_errors() {
        let mut other_tag = sample().encode();
        other_tag[2] = b'L';
        assert!(matches!(Sample::decode(&other_tag), Err(CanonicalError::WrongTag { .. })));
        let mut newer = sample().encode();
        newer[2 + Sample::TAG.len()] = 2;
        assert_eq!(
            Sample::decode(&newer),
            Err(CanonicalError::UnsupportedVersion { tag: Sample::TAG, version: 2 })
        );
        assert!(matches!(
            Sample::decode(&[0; 513]),
            Err(CanonicalError::TooLong { limit: 512, got: 513 })
        ));
        let too_high = Sample { number: MAX_COUNT + 1, ..sample() };
        assert_eq!(
            Sample::decode(&too_high.encode()),
            Err(CanonicalError::Bound { field: "number" })
        );
    }

    #[test]
    fn bounds_refuse_what_papers_must_not_carry() {
        assert!(bound::printed("陆启航", 120, "name").is_ok());
        for bad in ["", "  ", "a\nb", "启\u{202E}航", "a\u{200B}b"] {
            assert!(bound::printed(bad, 120, "name").is_err(), "{bad:?}");
        }
        assert!(bound::court("粤0605").is_ok());
        for bad in ["", "粤 0605", "粤0605\0", &"0".repeat(33)] {
            assert!(bound::court(bad).is_err(), "{bad:?}");
        }
        assert!(bound::code("add_line", 64, "verb").is_ok());
        for bad in ["", "_a", "1a", "Add", "a-b", "加"] {
            assert!(bound::code(bad, 64, "verb").is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn round_trip(number in 0..=MAX_COUNT, signed: i64, text in "\\PC{0,20}", bytes: Option<[u8; 20]>) {
            let value = Sample { number, signed, text, bytes: bytes.map(|b| b.to_vec()) };
            prop_assert_eq!(Sample::decode(&value.encode()), Ok(value));
        }
    }
}
