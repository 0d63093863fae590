//! What a person wants to do to a record, typed: the only way anything is written. An intent is
//! stored beside the change it became, so that it can be replayed on another history when the
//! change is refused (rebase).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::conflict::{Claim, Conflict};
use crate::value::Value;

/// Fields by name.
pub type Fields = BTreeMap<String, Value>;

/// A wish. Every id in it (ULIDs, nonce) is chosen before it is stored, so a replay writes the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Intent {
    /// Begin a record.
    Create {
        /// Kind name.
        kind: String,
        /// Case number.
        case: String,
        /// Handling officer's id.
        handler: String,
        /// Sixteen random bytes, so that two equal forms are two records.
        nonce: Vec<u8>,
        /// Head fields known from the start.
        head: Fields,
        /// Items known from the start: a draft becomes an act in one signed change.
        #[serde(default)]
        items: Vec<NewItem>,
    },
    /// Put head fields.
    Set {
        /// Verb of the kind.
        verb: String,
        /// Fields to put.
        fields: Fields,
    },
    /// Add one item.
    Add {
        /// Verb of the kind.
        verb: String,
        /// ULID of the new item.
        item: String,
        /// Its fields.
        fields: Fields,
    },
    /// Change fields of one item.
    Edit {
        /// Verb of the kind.
        verb: String,
        /// ULID of the item.
        item: String,
        /// Fields to put.
        fields: Fields,
    },
    /// Strike one item.
    Strike {
        /// Verb of the kind.
        verb: String,
        /// ULID of the strike.
        strike: String,
        /// ULID of the item struck.
        item: String,
        /// Why.
        reason: String,
    },
    /// Settle a conflict.
    Resolve {
        /// ULID of the resolution.
        resolution: String,
        /// [`super::Subject::target`] of the conflict.
        target: String,
        /// How.
        choice: Choice,
        /// Why.
        reason: String,
        /// What the person saw when deciding ([`saw`]); a replay decides only about the same.
        saw: Vec<String>,
    },
    /// Bind the record for good (定稿).
    Finalise {
        /// ULID of the finalisation.
        finalisation: String,
    },
}

/// An item that comes with the creating change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewItem {
    /// The collection.
    pub collection: String,
    /// ULID of the item.
    pub item: String,
    /// Its fields.
    pub fields: Fields,
}

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// One of the alternatives, by value.
    Alternative(Value),
    /// Another value.
    Other(Value),
    /// Deliberately left out (暂不写入).
    Unsettled,
    /// The line stays struck.
    Struck,
    /// The line stands.
    Kept,
    /// A duplicate number was checked and noted.
    Noted,
}

impl Choice {
    /// The code written into the resolution.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Alternative(_) => "alternative",
            Self::Other(_) => "other",
            Self::Unsettled => "unsettled",
            Self::Struck => "struck",
            Self::Kept => "kept",
            Self::Noted => "noted",
        }
    }

    /// The value to put in the contested field, for choices about a field.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Alternative(value) | Self::Other(value) => Some(value.clone()),
            Self::Unsettled => Some(Value::Null),
            Self::Struck | Self::Kept | Self::Noted => None,
        }
    }
}

/// What a person sees of a conflict, independent of who carried it here and under which ids.
pub fn saw(conflict: &Conflict) -> Vec<String> {
    let mut seen: Vec<String> = conflict
        .sides
        .iter()
        .map(|side| match &side.what {
            Claim::Value(value) => format!("value {}", value.to_json()),
            Claim::Struck(reason) => format!("struck {reason}"),
            Claim::Edited(field, value) => format!("edited {field} {}", value.to_json()),
            Claim::Carries(item) => format!("carries {item}"),
            Claim::Finalised(content) => {
                format!("finalised {}", data_encoding::HEXLOWER.encode(content))
            }
        })
        .collect();
    seen.sort_unstable();
    seen
}
