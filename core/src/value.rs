//! The scalars a record may hold. Documents use plain maps and these values only: no lists, no
//! collaborative text, no counters, because two people may touch anything and a scalar under a map
//! key is the one shape whose merge can be explained to an officer.

/// One scalar of a record. Richer types (money, dates, positions) are conventions on top of it,
/// named by [`crate::records::FieldType`].
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Deliberately empty: "left out", not "never asked".
    Null,
    /// A yes or no.
    Bool(bool),
    /// A whole number; money is fen (分).
    Int(i64),
    /// Text, NFC, without control characters.
    Text(String),
    /// A hash or another opaque string of bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// Text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes, if it is bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The JSON form used by rules, the API and the read model; bytes become lower-case hex.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Int(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Bytes(bytes) => data_encoding::HEXLOWER.encode(bytes).into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}
