//! Pages as pictures beside `tests/golden/*.png`. `UPDATE_GOLDEN=1` writes them anew: look at each before it
//! is kept.
//!
//! Tolerance: no tile of 16 by 16 pixels differs by more than 20 of 255 shades on average. Another version of
//! the renderer may draw edges a little otherwise; a word that moved or is missing is far beyond it.

use std::path::PathBuf;

use image::{GrayImage, ImageReader};
use lastmile_papers::{Form, NoPhotos, Paper, pdf};

use super::cases;
use super::desk::{Desk, Shelf};
use super::drawn::pages;

/// Pixels a point: a page is 417 by 589.
const SCALE: f32 = 0.7;
const TILE: u32 = 16;
const MOST: u32 = 20;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn differs(one: &GrayImage, other: &GrayImage) -> Option<String> {
    if one.dimensions() != other.dimensions() {
        return Some(format!("{:?} against {:?}", one.dimensions(), other.dimensions()));
    }
    let (width, height) = one.dimensions();
    for (left, top) in (0..height)
        .step_by(TILE as usize)
        .flat_map(|top| (0..width).step_by(TILE as usize).map(move |left| (left, top)))
    {
        let (right, bottom) = ((left + TILE).min(width), (top + TILE).min(height));
        let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
        let apart =
            |(x, y)| u32::from(one.get_pixel(x, y).0[0].abs_diff(other.get_pixel(x, y).0[0]));
        let mean = places.map(apart).sum::<u32>() / ((right - left) * (bottom - top));
        if mean > MOST {
            return Some(format!("by {mean} shades at {left}, {top}"));
        }
    }
    None
}

fn compare(name: &str, paper: &Paper, which: &[usize]) {
    let drawn = pages(&pdf(paper).unwrap(), SCALE);
    for &page in which {
        let path = folder().join(format!("{name}-{page}.png"));
        let now = &drawn[page - 1];
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            now.save(&path).unwrap();
        }
        let kept = ImageReader::open(&path).unwrap().decode().unwrap().to_luma8();
        if let Some(how) = differs(now, &kept) {
            let seen = std::env::temp_dir().join(format!("{name}-{page}.png"));
            now.save(&seen).unwrap();
            panic!("{name}, page {page}: {how}; drawn now: {}", seen.display());
        }
    }
}

#[test]
fn the_papers_look_as_they_were_looked_at() {
    let list = cases::seizure_finalised();
    compare("list", &list.paper_with(Form::PropertyList, &Shelf), &[1, 2]);
    compare("receipt", &list.paper_with(Form::ServiceReceipt, &Shelf), &[1]);
    let eviction = cases::eviction();
    compare("notice", &eviction.paper(Form::EvictionNotice), &[1]);
    compare("eviction", &eviction.paper(Form::OnsiteRecord), &[1]);
    compare("goods", &eviction.paper(Form::MovedGoods), &[1, 2]);
    compare("onsite", &cases::onsite().paper(Form::OnsiteRecord), &[1]);
    compare("correction", &cases::correction().paper(Form::Correction), &[1]);
}

#[test]
fn what_is_missing_is_a_blank_and_a_draft_says_so() {
    let empty = |kind: &str| {
        let mut desk = Desk::begin(kind, &[]);
        desk.case = None;
        desk
    };
    compare("blank-list", &empty("seizure").paper(Form::PropertyList), &[1]);
    compare("blank-receipt", &empty("seizure").paper(Form::ServiceReceipt), &[1]);
    compare("contested", &cases::contested().paper_with(Form::PropertyList, &NoPhotos), &[1]);
}

#[test]
fn a_word_that_is_missing_is_noticed() {
    let one = cases::correction().paper(Form::Correction);
    let mut other = cases::correction();
    other.case = None;
    let drawn = |paper: &Paper| pages(&pdf(paper).unwrap(), SCALE).remove(0);
    assert!(differs(&drawn(&one), &drawn(&other.paper(Form::Correction))).is_some());
    assert_eq!(differs(&drawn(&one), &drawn(&one)), None);
}
