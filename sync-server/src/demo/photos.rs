//! The photos of the day: taken offline, uploaded when there is a network, one of them broken on its way by
//! a proxy that rewrites what it passes on (E22).

use std::collections::BTreeSet;

use lastmile_core::document::{Document, Fields};
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::phone::{Capture, FileStanding, UploadPolicy, UploadReport};
use lastmile_core::value::Value;
use serde_json::json;

use super::check::{Assertion, ServerSide, carriers};
use super::day::{Crew, Day, Outcome};
use super::link::Mode;
use super::scene::draw;
use super::script::form;
use super::stage::{Actor, StageError, at, fields, text};

/// Photos of the eviction, as many as the script says.
pub(super) const EVICTION_PHOTOS: u64 = 48;
/// Number of the eviction's first drawing.
const EVICTION: u64 = 1_102_000;

/// What became of the photo that was broken on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenPhoto {
    /// SHA-256 of the original.
    pub hash: BlobHash,
    /// What the screen said of it while it was broken.
    pub said: &'static str,
    /// Files that were passed over with it: only itself.
    pub passed_over: usize,
    /// Files the court had after that contact.
    pub finished: usize,
    /// Bytes that a second upload of everything sent.
    pub second_bytes: u64,
}

impl Actor {
    /// Takes a photo for a record; gives its item's ULID.
    pub(super) fn photograph(
        &self,
        record: DocumentId,
        verb: &str,
        number: u64,
        values: &[(&str, Value)],
    ) -> Result<String, StageError> {
        let capture = Capture {
            verb: verb.to_owned(),
            fields: Fields::from_iter(fields(values)),
            position: None,
        };
        let photo = draw(number)?;
        self.script.turn();
        let captured = self.phone.capture(record, &mut photo.as_slice(), &capture)?;
        let item = captured.item.rsplit('/').next().unwrap_or_default().to_owned();
        let step = json!({
            "who": self.name, "record": record.to_hex(), "verb": verb, "fields": form(values), "item": item,
            "photo": self.script.photo(&photo),
        });
        self.script.step("photograph", step);
        Ok(item)
    }

    /// Uploads what is there.
    pub(super) fn upload(&self) -> Result<UploadReport, StageError> {
        let policy = UploadPolicy { originals: true };
        self.script.turn();
        self.script.step("upload", json!({ "who": self.name }));
        self.phone
            .upload(&self.road, policy, &mut |_| true)
            .map_err(|trouble| StageError::Script(format!("upload: {}", trouble.code())))
    }
}

impl Day<'_> {
    /// The rooms as they were found and the goods as they were moved out.
    pub(super) fn photograph_eviction(&self, eviction: DocumentId) -> Result<(), StageError> {
        for number in 0..EVICTION_PHOTOS {
            let (purpose, time) =
                if number < 6 { ("premises", "09:12") } else { ("detail", "10:30") };
            self.crew.p3.photograph(
                eviction,
                "add_photo",
                EVICTION + number,
                &[("purpose", text(purpose)), ("taken_at", at(time))],
            )?;
        }
        Ok(())
    }

    /// E22: P3 has a network again; one photo arrives broken and is asked for again, nothing else waits.
    pub(super) fn broken_photo(&mut self, eviction: DocumentId) -> Result<BrokenPhoto, StageError> {
        self.clock("11:40")?;
        let p3 = &self.crew.p3;
        p3.network(true);
        self.requests += p3.sync()?.requests as u64;
        let small = p3.phone.upload(&p3.road, UploadPolicy { originals: false }, &mut |_| true);
        small.map_err(|trouble| StageError::Script(format!("upload: {}", trouble.code())))?;
        // The road breaks every original until one is given up on, then it is whole again.
        p3.link.set(Mode::DamageUpload);
        let mut broken = None;
        let report = p3.phone.upload(&p3.road, UploadPolicy { originals: true }, &mut |progress| {
            if broken.is_some_and(|hash| hash != progress.original) {
                p3.link.set(Mode::Up);
            }
            broken.get_or_insert(progress.original);
            true
        });
        let report =
            report.map_err(|trouble| StageError::Script(format!("upload: {}", trouble.code())))?;
        p3.link.set(Mode::Up);
        let hash = report.waiting.first().map(|(hash, _)| *hash);
        let hash = hash.ok_or_else(|| StageError::Script("no photo was broken".to_owned()))?;
        let said = standing_of(p3, eviction, hash)?.label().zh;
        let (passed_over, finished) = (report.waiting.len(), report.finished);
        self.event(
            "E22",
            "11:40",
            "P3 在线",
            format!("上传{}张照片,其中一张{said};其余照常入库", finished + passed_over),
            format!(
                "{} photos uploaded, one of them broken on its way: asked for again",
                finished + passed_over
            ),
        );
        let p3 = &self.crew.p3;
        p3.upload()?;
        self.requests += p3.sync()?.requests as u64;
        let second = p3.upload()?;
        p3.network(false);
        Ok(BrokenPhoto { hash, said, passed_over, finished, second_bytes: second.bytes })
    }
}

fn standing_of(
    actor: &Actor,
    record: DocumentId,
    hash: BlobHash,
) -> Result<FileStanding, StageError> {
    let files = actor.phone.files_of(record)?;
    let file = files.into_iter().find(|file| file.hash == hash);
    Ok(file.ok_or_else(|| StageError::Script("the photo is gone".to_owned()))?.standing)
}

/// Every file that a record names is with the court, as every phone of its case knows; the broken one was
/// shown as broken, alone, and nothing was sent twice.
pub(super) fn photos_arrived(
    crew: &Crew,
    outcome: &Outcome,
    server: &ServerSide,
) -> Result<Assertion, StageError> {
    let named: BTreeSet<BlobHash> =
        server.documents.values().flat_map(Document::files).map(|file| file.hash).collect();
    let missing = named.difference(&server.files).count();
    let mut behind = 0;
    for (case, actors) in carriers(crew) {
        for actor in actors {
            for record in actor.phone.records_of_case(case)? {
                let files = actor.phone.files_of(record.id)?;
                behind +=
                    files.iter().filter(|file| file.standing < FileStanding::WithCourt).count();
            }
        }
    }
    let broken = &outcome.broken_photo;
    let shown = broken.said == FileStanding::Differs.label().zh && broken.passed_over == 1;
    Ok(Assertion {
        id: "A12+E22",
        title: "每张照片的原件都在法院且校验相符,损坏的一张曾被指出 / every photo is with the court, the broken one was named",
        ok: missing == 0 && behind == 0 && shown && broken.second_bytes == 0,
        detail: format!(
            "{} files, {missing} missing, {behind} not known to a phone; {} passed over, {} bytes sent twice",
            named.len(),
            broken.passed_over,
            broken.second_bytes
        ),
    })
}
