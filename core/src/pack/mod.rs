//! Server-signed reference data (law: what a phone must know before it leaves the building). One
//! file per kind of pack: the typed payload and its `validate()`. Packs are versioned and replaced
//! whole, they are not merged. [`signed`] is the signature around them; which phones get them is
//! decided elsewhere from [`payload::Payload::audience`].

pub mod area;
pub mod carried;
pub mod case;
pub mod check;
pub mod court;
pub mod grid;
pub mod party;
pub mod payload;
pub mod problem;
pub mod roster;
pub mod ruling;
pub mod seal;
pub mod signed;
pub mod station;
pub mod text;
pub mod word;
