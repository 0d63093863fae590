//! The font has every name there is in Foshan, and every sign that papers, codes and declarations use.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lastmile_core::records::{FieldType, builtin};
use lastmile_papers::Templates;
use typst::foundations::Bytes;
use typst::text::Font;

/// Characters without an entry in the font's cmap: boxes on the paper.
fn missing(text: &str) -> BTreeMap<char, usize> {
    let font = include_bytes!("../../fonts/NotoSansSC-Regular.ttf");
    let font = Font::new(Bytes::new(font.as_slice()), 0).unwrap();
    let mut missing = BTreeMap::new();
    for c in
        text.chars().filter(|c| !c.is_control() && !font.info().coverage.contains(u32::from(*c)))
    {
        *missing.entry(c).or_insert(0) += 1;
    }
    missing
}

#[test]
fn every_name_in_foshan_can_be_printed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../core/data/admin");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(missing(&text), BTreeMap::new(), "{}", path.display());
            files += usize::from(text.contains('㘵'));
        }
    }
    assert!(files > 0, "the rare one is among them");
    assert_eq!(missing("\u{10ffff}").len(), 1);
}

#[test]
fn every_label_and_every_template_can_be_printed() {
    let kinds = builtin();
    let mut words: String = kinds.iter().map(|kind| kind.label.zh).collect();
    for field in kinds.iter().flat_map(|kind| kind.fields()) {
        words.push_str(field.label.zh);
        if let FieldType::Code(codes) = field.ty {
            words.extend(codes.iter().map(|(_, label)| label.zh));
        }
    }
    words.push_str(include_str!("../../../core/data/declarations/cn.json"));
    for name in Templates::names() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates").join(name);
        words.push_str(&std::fs::read_to_string(path).unwrap());
    }
    assert_eq!(missing(&words), BTreeMap::new());
}
