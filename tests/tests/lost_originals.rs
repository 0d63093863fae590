//! Originals at a court that was set back to a copy: what the copy does not promise is offered again, and what it
//! promises and does not have is found out and asked for.

use std::error::Error;
use std::path::Path;

use lastmile_core::document::Fields;
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::phone::{Capture, FileStanding, Phone, UploadPolicy};
use lastmile_server::files::scrub::scrub;
use lastmile_server::restore::backup;
use lastmile_server::upkeep;
use lastmile_tests::acts::{CASE, begin, road};
use lastmile_tests::court_stage::{CourtStage, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

struct Field {
    dir: TempDir,
    stage: CourtStage,
    officials: [Registered; 2],
    phone: Phone,
    record: DocumentId,
}

/// A phone with one photo that only it has; the record is at the court.
fn field() -> Result<Field, Box<dyn Error>> {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
    let officials = [stage.administrator("zhangyi", 8)?, stage.administrator("liyuan", 9)?];
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    phone.sync(&road(&stage.server()?.url()))?;
    let record = begin(&phone, CASE)?;
    let photo = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([("purpose".to_owned(), "scene".into())]),
        position: None,
    };
    phone.capture(record, &mut &vec![7_u8; 40_000][..], &photo)?;
    phone.sync(&road(&stage.server()?.url()))?;
    Ok(Field { dir, stage, officials, phone, record })
}

impl Field {
    fn sync(&self) -> Tested {
        self.phone.sync(&road(&self.stage.server()?.url()))?;
        Ok(())
    }

    fn upload(&self) -> Result<usize, Box<dyn Error>> {
        let policy = UploadPolicy { originals: true };
        let road = road(&self.stage.server()?.url());
        Ok(self.phone.upload(&road, policy, &mut |_| true)?.finished)
    }

    fn standing(&self) -> Result<(FileStanding, BlobHash), Box<dyn Error>> {
        let file = self.phone.files_of(self.record)?.into_iter().next().ok_or("no file")?;
        Ok((file.standing, file.hash))
    }

    /// The database of `copy`, and no file of evidence, in the place of everything.
    fn set_back(&mut self, copy: &Path) -> Tested {
        self.stage.stop();
        let data = self.stage.data();
        for name in ["server.db", "server.db-wal", "server.db-shm"] {
            let _ = std::fs::remove_file(data.join(name));
        }
        std::fs::copy(copy, data.join("server.db"))?;
        let _ = std::fs::remove_dir_all(data.join("files"));
        self.stage.restore(&self.officials.each_ref())
    }

    fn back_up(&self, name: &str) -> Result<std::path::PathBuf, Box<dyn Error>> {
        let to = self.dir.path().join(name);
        backup(self.stage.server()?.server(), &to, &self.dir.path().join("copies"))?;
        Ok(to)
    }
}

#[test]
fn what_the_copy_does_not_promise_is_offered_again() -> Tested {
    let mut field = field()?;
    let copy = field.back_up("before.db")?;
    assert_eq!(field.upload()?, 1);
    field.back_up("after.db")?;
    field.stage.case(CASE, 2, &["luqihang", "wenruotang"])?;
    field.sync()?;
    assert_eq!(field.standing()?.0, FileStanding::WordReceipted);
    field.set_back(&copy)?;
    field.sync()?;
    assert_eq!(field.standing()?.0, FileStanding::Pending, "an old promise of another log");
    assert_eq!(field.phone.release_originals(u64::MAX)?, 0);
    assert_eq!(field.upload()?, 1);
    field.sync()?;
    assert_eq!(field.standing()?.0, FileStanding::WordReceipted);
    assert_eq!(upkeep::verify(field.stage.server()?.server())?.findings, []);
    Ok(())
}

#[test]
fn what_the_copy_promises_and_does_not_have_is_taken_back_and_asked_for() -> Tested {
    let mut field = field()?;
    assert_eq!(field.upload()?, 1);
    field.sync()?;
    let copy = field.back_up("after.db")?;
    let hash = field.standing()?.1;
    field.set_back(&copy)?;
    // The phone comes before anybody has looked: the court says that it has it.
    field.sync()?;
    field.upload()?;
    assert_eq!(field.standing()?.0, FileStanding::WordReceipted);
    let server = field.stage.server()?.server();
    field.stage.clock.advance(1);
    let found = scrub(server, server.now_ms(), usize::MAX, |_| true)?.found;
    assert_eq!(found, [(hash, "missing")]);
    field.back_up("new.db")?;
    field.stage.case(CASE, 2, &["luqihang", "wenruotang"])?;
    field.sync()?;
    assert_eq!(field.standing()?.0, FileStanding::Differs);
    assert_eq!(field.phone.release_originals(u64::MAX)?, 0);
    assert_eq!(field.upload()?, 1);
    field.sync()?;
    assert_eq!(field.standing()?.0, FileStanding::WordReceipted);
    assert_eq!(upkeep::verify(server)?.findings, []);
    Ok(())
}
