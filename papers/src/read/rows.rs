//! Rows of a paper: named after the record's own fields, each a text or nothing. A row's struct and the
//! way it is read are written down once.

use lastmile_core::document::Item;
use serde::Serialize;

use super::Reader;

/// An item of a collection as it stands on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Row<T> {
    /// Its number on the paper; struck rows have theirs too.
    pub(crate) number: usize,
    /// Why it is struck; printed struck through, never left out.
    pub(crate) struck: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub(crate) says: T,
}

/// What can be read from an item.
pub(crate) trait Read: Sized {
    /// Reads it.
    fn read(reader: Reader<'_>, collection: &str, item: &Item) -> Self;
}

impl Reader<'_> {
    /// Every item of a collection, in the order of the paper.
    pub(crate) fn rows<T: Read>(self, collection: &str) -> Vec<Row<T>> {
        let items = self.numbered(collection).into_iter();
        let rows = items.map(|(number, item)| Row {
            number,
            struck: self.struck(collection, item),
            says: T::read(self, collection, item),
        });
        rows.collect()
    }
}

/// Declares what a row says: fields of the record, each `Option<String>`.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident of [$($collection:literal),+] { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
        #[allow(clippy::struct_field_names)] // the record's own names
        pub(crate) struct $name { $(pub(crate) $field: Option<String>),+ }

        impl $crate::read::rows::Read for $name {
            fn read(
                reader: $crate::read::Reader<'_>,
                collection: &str,
                item: &lastmile_core::document::Item,
            ) -> Self {
                Self { $($field: reader.of(collection, item, stringify!($field))),+ }
            }
        }

        #[cfg(test)]
        impl $name {
            /// Where the fields stand, for the test that they exist.
            pub(crate) const FIELDS: (&'static [&'static str], &'static [&'static str]) =
                (&[$($collection),+], &[$(stringify!($field)),+]);
        }
    };
}

/// Declares what a paper takes from the head of a record.
macro_rules! head {
    ($(#[$doc:meta])* $name:ident of $kind:literal { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
        #[allow(clippy::struct_field_names)] // the record's own names
        pub(crate) struct $name { $(pub(crate) $field: Option<String>),+ }

        impl $name {
            pub(crate) fn read(reader: $crate::read::Reader<'_>) -> Self {
                Self { $($field: reader.head(stringify!($field))),+ }
            }
        }

        #[cfg(test)]
        impl $name {
            /// Where the fields stand, for the test that they exist.
            pub(crate) const FIELDS: (&'static str, &'static [&'static str]) =
                ($kind, &[$(stringify!($field)),+]);
        }
    };
}

pub(crate) use {head, row};
