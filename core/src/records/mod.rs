//! The record kinds. **Adding a kind is adding one file here** and naming it in [`builtin`]: the
//! file exports a [`Kind`] and nothing else. Acceptance, store, API, forms and rules read the
//! descriptor; no other module knows a kind by name.
//!
//! What does not live here: merging and conflicts ([`crate::document`]), the law
//! ([`crate::rules`]).

mod descriptor;

pub use descriptor::{
    Action, Capacity, Collection, Envelope, Field, FieldType, Kind, KindSet, Label, Policy, Role,
    Verb,
};
