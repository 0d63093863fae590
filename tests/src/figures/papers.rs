//! The list of a seizure (F-01) with twenty photos of twelve megapixels, made on a phone: a process that
//! opens the phone, makes the PDF from the sealed originals, and ends.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use jiff::civil::date;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::phone::Capture;
use lastmile_papers::{Form, PhonePhotos, of_phone, pdf};

use super::pictures::{measured, twelve_megapixels};
use super::{Aim, Figures};
use crate::phones::{begin, fields, line, open, store_at};

/// The word by which the bench calls itself for one paper.
pub const CHILD: &str = "--paper";
const PHOTOS: u8 = 20;
const ROUNDS: usize = 3;

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let store = dir.path().join("phone.db");
    let record = {
        let phone = open(&TestCourt::nanhai(), store_at(&store, None), "luqihang")?;
        let record = begin(&phone)?.document;
        phone.act(record, &line(&phone, "注塑机").1)?;
        for number in 0..PHOTOS {
            // Photos that look the same would be put into the paper once.
            let bytes = twelve_megapixels(number)?;
            let fields = fields(&[("purpose", "scene".into())]);
            let capture = Capture { verb: "add_photo".into(), fields, position: None };
            phone.capture(record, &mut &bytes[..], &capture)?;
        }
        record.to_hex()
    };
    let out = dir.path().join("F-01.pdf");
    let paper = || -> Result<Vec<Command>, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(CHILD).arg(&store).arg(&record).arg(&out);
        Ok(vec![command])
    };
    let (time, memory) = measured(&paper, ROUNDS)?;
    let photos = fs::read(&out)?.windows(10).filter(|window| *window == b"/DCTDecode").count();
    if photos != usize::from(PHOTOS) {
        return Err(format!("the paper shows {photos} photos").into());
    }
    figures.note("papers.f01_20_photos_seconds", time.as_secs_f64(), "s", Aim::None);
    figures.note("papers.f01_20_photos_memory_mb", memory, "MB", Aim::None);
    Ok(())
}

/// What the bench does when it calls itself.
pub fn child(store: &Path, record: &str, out: &Path) -> Result<(), Box<dyn Error>> {
    let phone = open(&TestCourt::nanhai(), store_at(store, None), "luqihang")?;
    let record = DocumentId::from_hex(record).map_err(|_| "no record")?;
    let photos = PhonePhotos(&phone);
    let paper = of_phone(&phone, record, Form::PropertyList, &photos, date(2026, 3, 17))?;
    Ok(std::io::Write::write_all(&mut File::create(out)?, &pdf(&paper)?)?)
}
