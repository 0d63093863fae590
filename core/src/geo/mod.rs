//! Where things are: datums and their conversion, measured positions with source and age, and named
//! areas with point-in-polygon lookup.

mod datum;

pub use datum::Datum;
