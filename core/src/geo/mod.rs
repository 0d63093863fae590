//! Where things are: datums and their conversion, measured positions with source and age, and named
//! areas with point-in-polygon lookup.
//!
//! One rule holds everywhere: **a latitude and longitude never travel without their datum**
//! ([`Datum`]). Records store WGS-84; maps of Chinese providers show GCJ-02, some 620 m away in
//! Nanhai, which is enough to put the quarter of Nanhai's own court into the next district. Lookups
//! therefore take a [`Coordinate`](crate::identifier::coordinate::Coordinate) and convert it
//! themselves.
//!
//! | file | subject |
//! | --- | --- |
//! | `datum` | WGS-84, CGCS2000, GCJ-02, BD-09 and the way between them |
//! | `position` | a fix: coordinate, accuracy, source, age; its text form in records (RFC 5870) |
//! | `said` | a position in words, for papers and readings |
//! | `area` | polygons under codes: which area is a point in, which is nearest |
//! | `area_file` | reading areas from GeoJSON that may be hostile |
//! | `crossing` | whether a polygon crosses itself |
//! | `builtin` | Nanhai's towns and Foshan's districts |
//!
//! Who serves an area (stations, duty) is the server's business.

pub mod area;
mod area_file;
pub mod builtin;
mod crossing;
pub mod datum;
pub mod position;
mod said;

pub use area::{Area, AreaFinding, AreaSet, Route, distance_m, nearest_of};
pub use area_file::{AreaError, Limits};
pub use datum::Datum;
pub use position::{Position, Source};
pub use said::said;
