//! The outside of a HEIF file (HEIC, AVIF): size, rotation and mirroring of the primary picture, and where
//! its EXIF lies (ISO/IEC 23008-12 and 14496-12). No well-kept crate under a permissive licence reads these;
//! the pixels are not decoded.

use std::io::{BufRead, Seek};

use super::limits::{EXIF_BYTES, HEIF_META_BYTES, PARTS};
use super::outside::{Outside, Scan};
use super::reason::{DAMAGED, TOO_COMPLEX, TRUNCATED};
use super::turn::Turn;
use crate::identifier::Reason;

/// Most boxes at the top of a file; real ones have four to ten.
const TOP_BOXES: usize = 256;

/// Reads the outside of the HEIF file `scan` stands at the beginning of.
pub(super) fn read(scan: &mut Scan<'_, impl BufRead + Seek>) -> Result<Outside, Reason> {
    let mut meta = None;
    let mut truncated = false;
    let mut boxes = 0;
    while scan.left() >= 8 && !truncated {
        boxes += 1;
        if boxes > TOP_BOXES {
            return Err(TOO_COMPLEX);
        }
        let begin = scan.at();
        let [s3, s2, s1, s0, kind @ ..] = scan.array::<8>()?;
        let size = match u64::from(u32::from_be_bytes([s3, s2, s1, s0])) {
            0 => scan.left() + 8,
            1 => u64::from_be_bytes(scan.array()?),
            size => size,
        };
        let content = size.checked_sub(scan.at() - begin).ok_or(DAMAGED)?;
        if &kind == b"meta" && meta.is_none() {
            if content > HEIF_META_BYTES {
                return Err(TOO_COMPLEX);
            }
            meta = Some(scan.bytes(content)?);
        }
        truncated = !scan.go(begin.saturating_add(size))?;
    }
    truncated |= (1..8).contains(&scan.left());
    let meta = meta.ok_or(if truncated { TRUNCATED } else { DAMAGED })?;
    let meta = Meta::read(&meta).ok_or(DAMAGED)?;
    let mut outside = meta.picture().ok_or(DAMAGED)?;
    outside.truncated = truncated;
    let size = meta.exif.iter().fold(0_u64, |size, (_, length)| size.saturating_add(*length));
    if size > EXIF_BYTES as u64 {
        outside.exif_too_large = true;
    } else if !meta.exif.is_empty() {
        outside.exif = exif(scan, &meta)?;
    }
    Ok(outside)
}

/// The EXIF block, gathered from where the item lies; none when part of it lies outside the file.
fn exif(
    scan: &mut Scan<'_, impl BufRead + Seek>,
    meta: &Meta<'_>,
) -> Result<Option<Vec<u8>>, Reason> {
    let mut item = Vec::new();
    for &(at, length) in &meta.exif {
        if meta.exif_inside {
            let range = at.try_into().ok().zip(at.saturating_add(length).try_into().ok());
            let part = range.and_then(|(from, to): (usize, usize)| meta.data.get(from..to));
            let Some(part) = part else { return Ok(None) };
            item.extend_from_slice(part);
        } else {
            if !scan.go(at)? || scan.left() < length {
                return Ok(None);
            }
            item.extend(scan.bytes(length)?);
        }
    }
    // It begins with the distance to its TIFF header.
    let mut bytes = Bytes(&item);
    let skip = bytes.u32().and_then(|skip| usize::try_from(skip).ok());
    Ok(skip.and_then(|skip| bytes.0.get(skip..)).map(<[u8]>::to_vec))
}

/// What the `meta` box says that matters here.
#[derive(Debug, Default)]
struct Meta<'a> {
    /// Properties of the primary item, in the order in which they apply.
    properties: Vec<([u8; 4], Bytes<'a>)>,
    /// Extents of the EXIF item: where, and how long.
    exif: Vec<(u64, u64)>,
    /// The extents lie in `data` and not in the file.
    exif_inside: bool,
    /// The `idat` box.
    data: &'a [u8],
}

impl<'a> Meta<'a> {
    fn read(meta: &'a [u8]) -> Option<Self> {
        let mut content = Bytes(meta);
        content.take(4)?; // version and flags
        let (mut primary, mut infos, mut places) = (None, None, None);
        let (mut properties, mut uses, mut data) = (None, None, &[][..]);
        for _ in 0..PARTS {
            let Some((kind, mut inner)) = content.next_box() else { break };
            match &kind {
                b"pitm" => primary = Some(inner.version().and_then(|v| inner.id(v > 0))?),
                b"iinf" => infos = Some(inner),
                b"iloc" => places = Some(inner),
                b"idat" => data = inner.0,
                b"iprp" => {
                    while let Some((kind, inner)) = inner.next_box() {
                        match &kind {
                            b"ipco" => properties = properties.or(Some(inner)),
                            b"ipma" => uses = uses.or(Some(inner)),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let properties = properties_of(primary?, properties?, uses?)?;
        let mut meta = Self { properties, data, ..Self::default() };
        // Of several EXIF items the first: files with one per picture put the primary's first.
        if let (Some(item), Some(places)) = (infos.and_then(exif_item), places) {
            (meta.exif_inside, meta.exif) = place_of(item, places).unwrap_or_default();
        }
        Some(meta)
    }

    fn picture(&self) -> Option<Outside> {
        let mut outside = Outside::default();
        let mut turn = Turn::UPRIGHT;
        for (kind, content) in &self.properties {
            let mut content = *content;
            match kind {
                b"ispe" => {
                    content.take(4)?;
                    (outside.width, outside.height) = (content.u32()?, content.u32()?);
                }
                b"irot" => turn = turn.then_clockwise(4 - (content.u8()? & 3)),
                b"imir" => {
                    let swaps_sides = content.u8()? & 1 == 1;
                    turn = if swaps_sides { turn.then_mirrored() } else { turn.then_flipped() };
                }
                _ => {}
            }
        }
        outside.turn = Some(turn);
        (outside.width > 0 && outside.height > 0).then_some(outside)
    }
}

/// The properties that `ipma` gives to `item`, looked up in `ipco`, where they count from 1.
fn properties_of<'a>(
    item: u32,
    mut all: Bytes<'a>,
    mut uses: Bytes<'a>,
) -> Option<Vec<([u8; 4], Bytes<'a>)>> {
    let mut boxes = Vec::new();
    while let Some(property) = all.next_box() {
        boxes.push(property);
    }
    let [version, .., flags] = uses.array::<4>()?;
    for _ in 0..uses.u32()? {
        let id = uses.id(version > 0)?;
        let count = uses.u8()?;
        let mut found = Vec::new();
        for _ in 0..count {
            let index =
                if flags & 1 == 1 { uses.u16()? & 0x7fff } else { (uses.u8()? & 0x7f).into() };
            found.extend(usize::from(index).checked_sub(1).and_then(|index| boxes.get(index)));
        }
        if id == item {
            return Some(found);
        }
    }
    None
}

/// The first item of type `Exif`.
fn exif_item(mut infos: Bytes<'_>) -> Option<u32> {
    let version = infos.version()?;
    infos.id(version > 0)?; // how many
    while let Some((kind, mut entry)) = infos.next_box() {
        if &kind != b"infe" {
            continue;
        }
        let version = entry.version()?;
        let id = entry.id(version > 2)?;
        entry.take(2)?;
        if version >= 2 && entry.array()? == *b"Exif" {
            return Some(id);
        }
    }
    None
}

/// Whether an item lies in the `idat` box, and its extents.
fn place_of(item: u32, mut places: Bytes<'_>) -> Option<(bool, Vec<(u64, u64)>)> {
    let version = places.version()?;
    let [a, b] = places.array()?;
    let (offset_size, length_size) = (a >> 4, a & 15);
    let (base_size, index_size) = (b >> 4, if version == 0 { 0 } else { b & 15 });
    // Extents may take no bytes at all, so the box does not bound their number.
    let mut extents_seen = 0;
    for _ in 0..places.id(version > 1)? {
        let id = places.id(version > 1)?;
        let method = if version == 0 { 0 } else { places.u16()? & 15 };
        let outside_file = places.u16()? != 0;
        let base = places.number(base_size)?;
        let mut extents = Vec::new();
        for _ in 0..places.u16()? {
            extents_seen += 1;
            if extents_seen > PARTS {
                return None;
            }
            places.number(index_size)?;
            let offset = places.number(offset_size)?;
            extents.push((base.checked_add(offset)?, places.number(length_size)?));
        }
        if id == item {
            return (method < 2 && !outside_file).then_some((method == 1, extents));
        }
    }
    None
}

/// Bytes still to be read. Everything is none when they do not suffice.
#[derive(Debug, Clone, Copy, Default)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// The version of a full box; its flags are passed over.
    fn version(&mut self) -> Option<u8> {
        self.array::<4>().map(|[version, ..]| version)
    }

    /// An id or a count of ids, which later versions of every box made wider.
    fn id(&mut self, wide: bool) -> Option<u32> {
        if wide { self.u32() } else { self.u16().map(u32::from) }
    }

    /// A number of 0, 4 or 8 bytes.
    fn number(&mut self, size: u8) -> Option<u64> {
        match size {
            0 => Some(0),
            4 => self.u32().map(u64::from),
            8 => self.array().map(u64::from_be_bytes),
            _ => None,
        }
    }

    /// The next box inside this one: its type and content.
    fn next_box(&mut self) -> Option<([u8; 4], Self)> {
        let size = self.u32()?;
        let kind = self.array()?;
        let length = match size {
            0 => self.0.len(),
            1 => usize::try_from(u64::from_be_bytes(self.array()?)).ok()?.checked_sub(16)?,
            size => usize::try_from(size).ok()?.checked_sub(8)?,
        };
        self.take(length).map(|content| (kind, Self(content)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size, kind, content].concat()
    }

    /// A file of one picture of 4032 by 3024 with `properties` after its size, and EXIF in `idat`.
    fn file(properties: &[Vec<u8>]) -> Vec<u8> {
        let size = boxed(b"ispe", b"\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0");
        let thumbnail = boxed(b"ispe", b"\0\0\0\0\0\0\0\x40\0\0\0\x30");
        let all = [&[thumbnail, size], properties].concat().concat();
        let count = u8::try_from(properties.len() + 1).unwrap();
        let used: Vec<u8> = (2..2 + count).collect(); // the first belongs to the thumbnail
        let uses = [b"\0\0\0\0\0\0\0\x02\0\x02\x01\x01\0\x01", &[count][..], &used].concat();
        let iprp = boxed(b"iprp", &[boxed(b"ipco", &all), boxed(b"ipma", &uses)].concat());
        let exif = boxed(b"infe", b"\x02\0\0\0\0\x03\0\0Exif\0");
        let iinf = boxed(b"iinf", &[b"\0\0\0\0\0\x01", &exif[..]].concat());
        let iloc =
            boxed(b"iloc", b"\x01\0\0\0\x44\0\0\x01\0\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0\x0c");
        let idat = boxed(b"idat", b"\0\0\0\x04????MM\0*");
        let pitm = boxed(b"pitm", b"\0\0\0\0\0\x01");
        let meta = boxed(b"meta", &[&[0; 4], &pitm[..], &iinf, &iloc, &iprp, &idat].concat());
        let ftyp = boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
        [ftyp, meta, boxed(b"mdat", b"pixels")].concat()
    }

    fn outside(file: &[u8]) -> Result<Outside, Reason> {
        read(&mut Scan::start(&mut Cursor::new(file), file.len() as u64)?)
    }

    #[test]
    fn size_and_turn_are_those_of_the_primary_picture() {
        let irot = |angle| boxed(b"irot", &[angle]);
        let imir = |axis| boxed(b"imir", &[axis]);
        for (properties, exif) in [
            (vec![], 1),
            (vec![irot(3)], 6),
            (vec![irot(1)], 8),
            (vec![imir(1)], 2),
            (vec![imir(0)], 4),
            (vec![irot(1), imir(0)], 5),
            (vec![imir(0), irot(1)], 7), // in the order in which the file lists them
        ] {
            let found = outside(&file(&properties)).unwrap();
            assert_eq!((found.width, found.height), (4_032, 3_024));
            assert_eq!(found.turn.map(Turn::exif), Some(exif));
            assert_eq!(found.exif.as_deref(), Some(&b"MM\0*"[..]));
            assert!(!found.truncated);
        }
    }

    #[test]
    fn every_cut_is_noticed_and_nothing_panics() {
        let whole = file(&[boxed(b"irot", &[3])]);
        let picture = whole.len() - 14;
        for end in 8..whole.len() {
            let found = outside(&whole[..end]);
            if end == 24 {
                assert_eq!(found, Err(DAMAGED), "whole boxes, but none that says anything");
            } else if end < picture {
                assert_eq!(found, Err(TRUNCATED), "cut at {end}");
            } else {
                assert_eq!(found.unwrap().truncated, end > picture, "cut at {end}");
            }
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = value;
                let _ = outside(&changed);
            }
        }
    }

    #[test]
    fn extents_of_no_bytes_are_counted() {
        let item = [b"\0\x03\0\0\0\0".as_slice(), &u16::MAX.to_be_bytes()].concat();
        let places = [b"\x01\0\0\0\0\0\x80\0".as_slice(), &item.repeat(32_768)].concat();
        assert_eq!(place_of(9, Bytes(&places)), None);
    }

    #[test]
    fn descriptions_without_end_are_refused() {
        let many = boxed(b"free", b"").repeat(TOP_BOXES + 1);
        assert_eq!(outside(&many), Err(TOO_COMPLEX));
        let large = boxed(b"meta", &vec![0; 2 << 20]);
        assert_eq!(outside(&large), Err(TOO_COMPLEX));
        assert_eq!(outside(&boxed(b"ftyp", b"heic\0\0\0\0")), Err(DAMAGED));
        assert_eq!(outside(b"\0\0\0\x07meta"), Err(DAMAGED));
    }
}
