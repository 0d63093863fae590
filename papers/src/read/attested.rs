//! What people attested: signatures as they were drawn, refusals with their reason, and the pictures of
//! the record with the hash each is known by.

use lastmile_core::document::Item;
use lastmile_core::id::BlobHash;
use lastmile_core::value::Value;
use serde::Serialize;

use super::{Reader, raw};
use crate::files::Files;
use crate::picture::{Picture, printable};

/// Most pictures on one paper; the others are counted.
pub(crate) const MAX_PICTURES: usize = 120;

/// Collections of pictures, content before attestations.
/// Below a picture that was not made from the original here.
const PROVIDED: &str = "预览由法院服务器提供";
const ALBUMS: [&str; 2] = ["photos", "proofs"];

/// Somebody who signed, or would not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Signature {
    name: Option<String>,
    role: Option<String>,
    org: Option<String>,
    /// Code: `sign`, `seal`, `fingerprint`, `refused`.
    mode: String,
    mode_label: Option<String>,
    reason: Option<String>,
    seen_by: Option<String>,
    declaration: Option<String>,
    read_back: Option<String>,
    signed_at: Option<String>,
    /// Whether it is over the content printed here; else 所签为先前内容.
    current: bool,
    /// Whether it was given after the finalisation, under it (会签).
    countersigned: bool,
    /// The strokes, as a vector drawing.
    drawing: Option<String>,
    /// Strokes that stand in the record and are not here (笔迹原件待上传).
    drawing_awaited: bool,
    /// Number of its picture: ink on a print, a stamp, a fingerprint.
    picture: Option<String>,
}

pub(crate) fn signatures(reader: Reader<'_>, files: &mut Files) -> Vec<Signature> {
    let view = reader.source.view;
    let mut signatures = Vec::new();
    for collection in view.kind.collections.iter().filter(|collection| collection.signs) {
        for (_, item) in reader.numbered(collection.name) {
            let of = |name: &str| reader.of(collection.name, item, name);
            let hash = raw(&item.fields, "stroke").and_then(hash);
            let drawing = hash.and_then(|hash| (reader.source.strokes)(hash));
            let current = raw(&item.fields, "content").and_then(Value::as_bytes)
                == Some(view.content_digest.as_bytes());
            signatures.push(Signature {
                name: of("name").or_else(|| of("person")),
                role: of("role"),
                org: of("org"),
                mode: item.text("mode").unwrap_or_default().to_owned(),
                mode_label: of("mode"),
                reason: of("reason"),
                seen_by: of("seen_by"),
                declaration: of("declaration"),
                read_back: of("read_back"),
                signed_at: of("signed_at"),
                current,
                countersigned: item.text("finalisation").is_some(),
                drawing_awaited: hash.is_some() && drawing.is_none(),
                drawing: drawing.map(|strokes| files.add("sign", "svg", strokes.svg().into())),
                picture: item.text("proof").and_then(|proof| picture_label(reader, proof)),
            });
        }
    }
    signatures
}

/// A picture in its box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Photo {
    /// 照片1, 签收影像2.
    label: String,
    purpose: Option<String>,
    /// What it shows: 财产清单第2项.
    item: Option<String>,
    note: Option<String>,
    taken_at: Option<String>,
    position: Option<String>,
    /// SHA-256 of the original, hexadecimal.
    hash: Option<String>,
    /// The picture to print.
    file: Option<String>,
    /// Why there is none: 原件待上传.
    instead: Option<&'static str>,
    /// What is to be known about the picture itself: 预览由法院服务器提供.
    provenance: Option<&'static str>,
    struck: Option<String>,
}

/// The pictures of a record, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Album {
    pictures: Vec<Photo>,
    left_out: usize,
}

impl Album {
    /// All pictures of a record.
    pub(crate) fn read(reader: Reader<'_>, files: &mut Files) -> Self {
        Self::of(reader, &ALBUMS, files)
    }

    /// The pictures of signing and handing over.
    pub(crate) fn proofs(reader: Reader<'_>, files: &mut Files) -> Self {
        Self::of(reader, &ALBUMS[1..], files)
    }

    /// A paper without pictures.
    pub(crate) fn none() -> Self {
        Self { pictures: Vec::new(), left_out: 0 }
    }

    fn of(reader: Reader<'_>, albums: &[&'static str], files: &mut Files) -> Self {
        let all = albums.iter().flat_map(|album| {
            reader.numbered(album).into_iter().map(move |(_, item)| (*album, item.clone()))
        });
        let all: Vec<(&str, Item)> = all.collect();
        let left_out = all.len().saturating_sub(MAX_PICTURES);
        let pictures = all.into_iter().take(MAX_PICTURES);
        let pictures = pictures.map(|(album, item)| photo(reader, album, &item, files)).collect();
        Self { pictures, left_out }
    }
}

fn photo(reader: Reader<'_>, album: &str, item: &Item, files: &mut Files) -> Photo {
    let of = |name: &str| reader.of(album, item, name);
    let hash = raw(&item.fields, "hash").and_then(hash);
    let picture = hash.map(|hash| reader.source.photos.picture(hash));
    let provided = matches!(picture, Some(Picture::Provided(_)));
    let shown = match picture {
        Some(Picture::Here(bytes) | Picture::Provided(bytes)) => {
            printable(&bytes).ok_or("图片无法读取,原件另行保存")
        }
        Some(Picture::Differs) => Err("照片校验不符,待重传"),
        Some(Picture::Lost) => Err("原件在法院丢失,待重传"),
        Some(Picture::Awaited) | None => Err("原件待上传"),
    };
    let (file, instead) = match shown {
        Ok(jpeg) => (Some(files.add("photo", "jpg", jpeg)), None),
        Err(words) => (None, Some(words)),
    };
    Photo {
        label: picture_label(reader, &format!("{album}/{}", item.id)).unwrap_or_default(),
        purpose: of("purpose"),
        item: of("item"),
        note: of("note"),
        taken_at: of("taken_at"),
        position: of("position"),
        hash: of("hash"),
        provenance: (provided && file.is_some()).then_some(PROVIDED),
        file,
        instead,
        struck: reader.struck(album, item),
    }
}

/// How a picture is referred to on the paper.
pub(crate) fn picture_label(reader: Reader<'_>, path: &str) -> Option<String> {
    let album = if path.starts_with("proofs/") { "签收影像" } else { "照片" };
    Some(format!("{album}{}", reader.number(path)?))
}

/// Labels of the pictures that show an item.
pub(crate) fn pictures_of(reader: Reader<'_>, path: &str) -> Vec<String> {
    let showing = ALBUMS.iter().flat_map(|album| {
        let items = reader.numbered(album).into_iter();
        let showing = items.filter(|(_, item)| item.text("item") == Some(path));
        let paths: Vec<String> = showing.map(|(_, item)| format!("{album}/{}", item.id)).collect();
        paths
    });
    showing.filter_map(|path| picture_label(reader, &path)).collect()
}

fn hash(value: &Value) -> Option<BlobHash> {
    BlobHash::try_from(value.as_bytes()?).ok()
}
