//! The ends of the scale: one line and two hundred, three photos and very many, and the same bytes each time.

use lastmile_core::id::BlobHash;
use lastmile_papers::{Form, Photos, Picture, pdf};

use super::cases;
use super::desk::{Desk, Full, text};
use super::drawn::{pages, texts, whole};

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let make = || pdf(&cases::seizure_finalised().paper_with(Form::PropertyList, &Full)).unwrap();
    assert_eq!(make(), make());
}

#[test]
fn a_font_of_ten_megabytes_leaves_a_small_file() {
    let bytes = pdf(&cases::seizure_finalised().paper(Form::PropertyList)).unwrap();
    assert!(bytes.len() < 400_000, "{} bytes", bytes.len());
}

#[test]
fn two_hundred_lines_flow_over_pages_with_their_header() {
    let paper = cases::long(200, 0).paper(Form::PropertyList);
    let said = texts(&pdf(&paper).unwrap());
    assert!((6..30).contains(&said.len()), "{} pages", said.len());
    let listed = said.iter().filter(|page| page.contains("SN-"));
    assert!(
        listed.clone().all(|page| page.contains("财产名称")),
        "each page of the table says what it is"
    );
    let all = said.concat();
    for number in [1, 99, 100, 200] {
        assert!(all.contains(&format!("SN-{number:05}")));
    }
    assert!(said.last().unwrap().contains(&format!("共{}页", said.len())) || all.contains("共"));
}

#[test]
fn many_photos_are_six_a_page_and_the_rest_is_counted() {
    let paper = cases::long(1, 40).paper_with(Form::PropertyList, &Full);
    let pdf40 = pdf(&paper).unwrap();
    let with_photos = texts(&pdf40).iter().filter(|page| page.contains("原件校验值")).count();
    assert!((7..=9).contains(&with_photos), "{with_photos} pages of photos");
    let paper = cases::long(1, 130).paper_with(Form::PropertyList, &Full);
    assert!(whole(&pdf(&paper).unwrap()).contains("另有10张照片未印入本件"));
}

#[test]
fn a_photo_that_the_court_lost_is_not_called_awaited() {
    struct Gone;
    impl Photos for Gone {
        fn picture(&self, _: BlobHash) -> Picture {
            Picture::Lost
        }
    }
    let said = whole(&pdf(&cases::long(1, 1).paper_with(Form::PropertyList, &Gone)).unwrap());
    assert!(said.contains("原件在法院丢失，待重传") && !said.contains("原件待上传"), "{said}");
}

#[test]
fn nothing_is_drawn_outside_the_page() {
    let mut desk = cases::long(12, 3);
    desk.set(&[("location", text(&"佛山市南海区九江镇".repeat(20)))]);
    desk.add(
        "add_line",
        &[
            ("name", text("无空格长名称ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ")),
            ("serial_no", text(&"X".repeat(120))),
            ("vin", text("LTEST00B4KN000123")),
            ("engine_no", text(&"E".repeat(40))),
            ("remark", text(&"备".repeat(200))),
        ],
    );
    for (number, page) in
        pages(&pdf(&desk.paper(Form::PropertyList)).unwrap(), 1.0).iter().enumerate()
    {
        let (width, height) = page.dimensions();
        let outside = page.enumerate_pixels().filter(|(x, y, pixel)| {
            (*x < 60 || *x > width - 45 || *y < 30 || *y > height - 30) && pixel.0[0] < 128
        });
        assert_eq!(outside.count(), 0, "page {}", number + 1);
    }
}

#[test]
fn a_character_without_a_glyph_is_named() {
    let desk = Desk::begin("seizure", &[("location", text("测试\u{10ffff}路"))]);
    let said = whole(&pdf(&desk.paper(Form::PropertyList)).unwrap());
    assert!(said.contains("U+10FFFF"), "{said}");
}
