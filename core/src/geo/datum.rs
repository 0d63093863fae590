//! What a latitude and longitude refer to.

/// A geodetic datum as used in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Datum {
    /// What GNSS receivers report; what records store.
    Wgs84,
    /// China's own; differs from WGS-84 by centimetres and is treated as equal.
    Cgcs2000,
    /// The shifted datum of Chinese map services ("Mars coordinates").
    Gcj02,
    /// Baidu's datum, shifted once more.
    Bd09,
}
