//! The record kinds. **Adding a kind is adding one file here** and naming it in [`builtin`]: the
//! file exports a [`Kind`] and nothing else. Acceptance, store, API, forms and rules read the
//! descriptor; no other module knows a kind by name.
//!
//! What does not live here: merging and conflicts ([`crate::document`]), the law
//! ([`crate::rules`]).

mod assistance;
mod authority;
mod codes;
mod correction;
mod descriptor;
mod eviction;
mod onsite;
mod person;
mod seizure;
mod shared;
mod soundness;
mod supplement;

pub use authority::authority_table;
pub use descriptor::{
    Action, Capacity, Collection, Envelope, FINALISE_VERB, Field, FieldType, Kind, KindSet, Label,
    Policy, Role, Verb,
};
pub use soundness::faults;

/// The kinds this version brings along.
pub fn builtin() -> KindSet {
    KindSet::new(vec![
        &seizure::SEIZURE,
        &onsite::ONSITE,
        &eviction::EVICTION,
        &assistance::ASSISTANCE,
        &correction::CORRECTION,
        &supplement::SUPPLEMENT,
        &person::PERSON,
    ])
}
