//! What a field of a record holds. Maps of them are forms: drafts, acts, captures.

use std::collections::HashMap;

use lastmile_core::document::Fields;
use lastmile_core::value;
use serde::{Deserialize, Serialize};

/// One value of a field. Richer types are conventions on top, named by [`crate::FieldKind`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Deliberately left out; not the same as never filled in.
    LeftOut,
    /// Yes or no.
    Flag {
        /// The answer.
        value: bool,
    },
    /// A whole number; money is fen (分).
    Number {
        /// The number.
        value: i64,
    },
    /// Text: also codes, dates (`2026-03-17`), times (RFC 3339), positions (`geo:`), references.
    Text {
        /// The text.
        value: String,
    },
    /// A hash, 32 bytes.
    Bytes {
        /// The bytes.
        value: Vec<u8>,
    },
}

impl From<Value> for value::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::LeftOut => Self::Null,
            Value::Flag { value } => Self::Bool(value),
            Value::Number { value } => Self::Int(value),
            Value::Text { value } => Self::Text(value),
            Value::Bytes { value } => Self::Bytes(value),
        }
    }
}

impl From<&value::Value> for Value {
    fn from(value: &value::Value) -> Self {
        match value {
            value::Value::Null => Self::LeftOut,
            value::Value::Bool(value) => Self::Flag { value: *value },
            value::Value::Int(value) => Self::Number { value: *value },
            value::Value::Text(value) => Self::Text { value: value.clone() },
            value::Value::Bytes(value) => Self::Bytes { value: value.clone() },
        }
    }
}

/// A form's fields for the core.
pub(crate) fn fields(form: HashMap<String, Value>) -> Fields {
    form.into_iter().map(|(name, value)| (name, value.into())).collect()
}
