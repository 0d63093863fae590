//! One court, two to four phones, one seed: everything that can happen between them in any order, with messages lost, repeated and
//! answers lost, stores reopened, a phone cloned, the server restarted and set back. Whatever happened, at the end
//! everybody's copies are equal and nothing that was acknowledged is missing. A failing seed is printed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};

use lastmile_core::document::{
    Choice, Claim, Content, Fields, Intent, Limits, Subject, expand, saw,
};
use lastmile_core::id::{ChangeHash, Digest, DocumentId};
use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::phone::{Phone, PhoneError};
use lastmile_core::records::{Kind, KindSet, builtin};
use lastmile_core::store::TrayOutcome;
use lastmile_core::sync::channel::of_case;
use lastmile_core::sync::token::Errand;
use lastmile_core::value::Value;
use lastmile_server::server::Server;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep;
use lastmile_tests::acts::{CASE, Direct, at_server, begin_as, meet, on_phone, waiting};
use lastmile_tests::court_stage::{CourtStage, Registered};
use lastmile_tests::seeds::seeds;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

type Played<T = ()> = Result<T, Box<dyn Error>>;

const PEOPLE: [&str; 4] = ["luqihang", "wenruotang", "ouziqian", "maijiahui"];
const STEPS: usize = 60;

#[test]
fn whatever_happens_everybody_agrees_and_nothing_is_lost() -> Played {
    let long = std::env::var_os("LASTMILE_SOAK").is_some();
    for seed in seeds("simulation", 0..if long { 3_000 } else { 30 }) {
        let mut play = Play::new(seed.value())?;
        // A failure is a panic here, so that seed and trace are printed.
        if let Err(error) = play.through() {
            panic!("{error} ({error:?})");
        }
    }
    Ok(())
}

/// A seizure under another name, which no rule knows: what blocks finalising here is merging, not the law.
const LIST: &str = "list";

fn kinds() -> Played<KindSet> {
    let seizure = *builtin().get("seizure").ok_or("no seizure")?;
    let list: &'static Kind = Box::leak(Box::new(Kind { name: LIST, rules: &[], ..seizure }));
    Ok(builtin().with(list))
}

/// A phone in the play: its registration, where its store is, and the store when it is open.
struct Actor {
    registered: Registered,
    path: PathBuf,
    phone: Phone,
}

struct Play {
    dir: TempDir,
    rng: StdRng,
    stage: CourtStage,
    actors: Vec<Actor>,
    /// Every value whose save returned, with its record.
    acknowledged: Vec<(DocumentId, Value)>,
    /// Content digests of finalisations whose save returned, by their change.
    finalised: BTreeMap<ChangeHash, (DocumentId, Digest)>,
    made: u64,
    backup: bool,
    restored: bool,
    officials: [Registered; 2],
    cloned: bool,
    trace: Vec<String>,
}

impl Drop for Play {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.trace.join("\n"));
        }
    }
}

/// A road that loses, repeats and swallows.
struct Bad<'a> {
    road: Direct<'a>,
    rng: RefCell<StdRng>,
}

impl Transport for Bad<'_> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        sealed: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let luck = self.rng.borrow_mut().random_range(0..100);
        match luck {
            0..15 => Err(TransportError::Unreachable),
            15..30 => {
                self.road.post(court, errand, sealed, token)?;
                Err(TransportError::Unreachable)
            }
            30..40 => {
                self.road.post(court, errand, sealed, token)?;
                self.road.post(court, errand, sealed, token)
            }
            _ => self.road.post(court, errand, sealed, token),
        }
    }
}

impl Play {
    fn new(seed: u64) -> Played<Self> {
        let mut rng = StdRng::seed_from_u64(seed);
        let dir = TempDir::new()?;
        let stage = CourtStage::with_kinds(dir.path(), kinds()?)?;
        stage.case(CASE, 1, &PEOPLE)?;
        let officials = [stage.administrator("zhangyi", 98)?, stage.administrator("liyuan", 99)?];
        let mut actors = Vec::new();
        for number in 0..rng.random_range(2..=4_u8) {
            let registered = stage.register(PEOPLE[usize::from(number)], number + 1)?;
            let skew = [0, 420_000, -1_773_701_400_000, 2_300_000_000_000][rng.random_range(0..4)];
            let path = registered.path.clone();
            let phone =
                stage.open_copy(&registered, &path, [number + 1; 16], rng.random(), skew)?;
            phone.sync(&Direct(stage.server()?.server()))?;
            actors.push(Actor { registered, path, phone });
        }
        Ok(Self {
            dir,
            rng,
            stage,
            actors,
            acknowledged: Vec::new(),
            finalised: BTreeMap::new(),
            made: 0,
            backup: false,
            restored: false,
            officials,
            cloned: false,
            trace: Vec::new(),
        })
    }

    fn through(&mut self) -> Played {
        for _ in 0..STEPS {
            self.step()?;
        }
        self.settle()?;
        self.check()
    }

    fn server(&self) -> Played<&Server> {
        Ok(self.stage.server()?.server())
    }

    fn step(&mut self) -> Played {
        let at = self.rng.random_range(0..self.actors.len());
        match self.rng.random_range(0..100) {
            0..60 => self.act(at),
            60..80 => self.sync(at),
            80..90 => self.meeting(at),
            90..94 => self.reopen(at),
            94..96 => self.clone_store(at),
            96..98 => self.restart(),
            _ => self.set_back(),
        }
    }

    fn fresh(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    fn word(&mut self) -> Value {
        Value::from(format!("词{}", self.fresh()))
    }

    /// One wish on one phone; a wish may be refused, for a stated reason.
    fn act(&mut self, at: usize) -> Played {
        let records = self.actors[at].phone.records_of_case(CASE)?;
        if records.is_empty() || self.rng.random_bool(0.05) {
            let record = begin_as(&self.actors[at].phone, LIST, CASE)?;
            self.trace.push(format!("{at} begins {}", record.to_hex()));
            return Ok(());
        }
        let record = records[self.rng.random_range(0..records.len())].id;
        let (intent, values) = self.wish(at, record)?;
        let phone = &self.actors[at].phone;
        match phone.act(record, &intent) {
            Ok(saved) => {
                self.trace.push(format!(
                    "{at} {} {intent:?} -> {}",
                    record.to_hex(),
                    saved.change.to_hex()
                ));
                self.acknowledged.extend(values.into_iter().map(|value| (record, value)));
                if let Intent::Finalise { .. } = intent {
                    let view = phone.record_view(record)?;
                    let made = view.finalised.iter().find(|made| made.change == saved.change);
                    let content = made.ok_or("a finalisation that is not there")?.content;
                    self.finalised.insert(saved.change, (record, content));
                }
                Ok(())
            }
            Err(error @ (PhoneError::Refused(_) | PhoneError::Write(_))) => {
                self.trace.push(format!(
                    "{at} {} {intent:?} refused {}",
                    record.to_hex(),
                    error.code()
                ));
                Ok(())
            }
            Err(error) => {
                self.trace.push(format!("{at} {intent:?} failed"));
                Err(error.into())
            }
        }
    }

    fn wish(&mut self, at: usize, record: DocumentId) -> Played<(Intent, Vec<Value>)> {
        let view = self.actors[at].phone.record_view(record)?;
        let lines: Vec<String> =
            view.state.items("lines").iter().map(|item| item.id.clone()).collect();
        let fresh = self.actors[at].phone.new_item();
        let line =
            (!lines.is_empty()).then(|| lines[self.rng.random_range(0..lines.len())].clone());
        let put = |field: &str, value: &Value| Fields::from([(field.to_owned(), value.clone())]);
        Ok(match (self.rng.random_range(0..100), line) {
            (0..10, _) => {
                let value = self.word();
                (Intent::Set { verb: "set".into(), fields: put("ruling_no", &value) }, vec![value])
            }
            (10..18, _) => {
                let value = self.word();
                (Intent::Set { verb: "set".into(), fields: put("remark", &value) }, vec![value])
            }
            (18..55, Some(item)) => {
                let (field, value) = if self.rng.random_bool(0.2) {
                    ("label_no", Value::from(format!("签{}", self.rng.random_range(0..4))))
                } else if self.rng.random_bool(0.5) {
                    ("quantity", Value::Int(i64::try_from(self.fresh())?))
                } else {
                    ("condition", self.word())
                };
                (
                    Intent::Edit { verb: "edit_line".into(), item, fields: put(field, &value) },
                    vec![value],
                )
            }
            (55..62, Some(item)) => {
                let reason = format!("划去{}", self.fresh());
                let value = Value::from(reason.as_str());
                (
                    Intent::Strike { verb: "strike_line".into(), strike: fresh, item, reason },
                    vec![value],
                )
            }
            (62..85, _) if !view.conflicts.is_empty() => {
                let conflict = &view.conflicts[self.rng.random_range(0..view.conflicts.len())];
                let reason = format!("理由{}", self.fresh());
                let value = Value::from(reason.as_str());
                let choice = match (&conflict.subject, self.rng.random_range(0..3)) {
                    (Subject::Field(_), 0) => Choice::Unsettled,
                    (Subject::Field(_), _) => {
                        let side = &conflict.sides[self.rng.random_range(0..conflict.sides.len())];
                        let Claim::Value(value) = &side.what else {
                            return Err("a field without a value".into());
                        };
                        Choice::Alternative(value.clone())
                    }
                    (Subject::StruckOrEdited(_), 0) => Choice::Struck,
                    (Subject::StruckOrEdited(_), _) => Choice::Kept,
                    _ => Choice::Noted,
                };
                let target = conflict.subject.target().to_owned();
                let saw = saw(conflict);
                (Intent::Resolve { resolution: fresh, target, choice, reason, saw }, vec![value])
            }
            (85..90, _) => (Intent::Finalise { finalisation: fresh }, Vec::new()),
            (90..94, _) => {
                let name = self.word();
                let fields = Fields::from([
                    ("name".to_owned(), name.clone()),
                    ("mode".to_owned(), Value::from("sign")),
                    ("role".to_owned(), Value::from("witness")),
                    ("stroke".to_owned(), Value::Bytes(vec![7; 32])),
                    ("content".to_owned(), Value::Bytes(view.content_digest.as_bytes().to_vec())),
                ]);
                (Intent::Add { verb: "sign".into(), item: fresh, fields }, vec![name])
            }
            _ => {
                let name = self.word();
                (
                    Intent::Add {
                        verb: "add_line".into(),
                        item: fresh,
                        fields: put("name", &name),
                    },
                    vec![name],
                )
            }
        })
    }

    fn sync(&mut self, at: usize) -> Played {
        let luck = self.rng.random();
        let road =
            Bad { road: Direct(self.server()?), rng: RefCell::new(StdRng::seed_from_u64(luck)) };
        let done = self.actors[at].phone.sync(&road);
        let told = match done {
            Ok(report) => format!("{at} syncs {:?}", report.applied),
            // Lost; or repeated on the way, and so was the second try.
            Err(error) if ["unreachable", "token_used"].contains(&error.code()) => {
                format!("{at} cannot sync")
            }
            Err(error) => return Err(error.into()),
        };
        self.trace.push(told);
        Ok(())
    }

    fn meeting(&mut self, at: usize) -> Played {
        let other = (at + self.rng.random_range(1..self.actors.len())) % self.actors.len();
        let (first, second) = meet(&self.actors[at].phone, &self.actors[other].phone);
        self.trace.push(format!("{at} meets {other}: {first:?} {second:?}"));
        first?;
        second?;
        Ok(())
    }

    fn open(&mut self, at: usize, installation: u8) -> Played<Phone> {
        let seed = self.rng.random();
        let actor = &self.actors[at];
        self.stage.open_copy(&actor.registered, &actor.path, [installation; 16], seed, 0)
    }

    fn reopen(&mut self, at: usize) -> Played {
        self.trace.push(format!("{at} reopens"));
        let marker = self.actors[at].registered.number;
        // The old handle is closed when the new one takes its place; both see one file.
        let phone = self.open(at, marker)?;
        self.actors[at].phone = phone;
        Ok(())
    }

    /// A full copy of a phone, marker included: a second phone that believes to be the first.
    fn clone_store(&mut self, at: usize) -> Played {
        if self.cloned {
            return Ok(());
        }
        self.cloned = true;
        let path = self.dir.path().join("clone.db");
        self.actors[at].phone.store().read::<_, PhoneError>(|_| Ok(()))?;
        let from = rusqlite::Connection::open(&self.actors[at].path)?;
        from.execute("VACUUM INTO ?1", [path.to_str().ok_or("a path")?])?;
        let registered = self.actors[at].registered.clone();
        let seed = self.rng.random();
        let phone = self.stage.open_copy(&registered, &path, [registered.number; 16], seed, 0)?;
        self.trace.push(format!("{at} is cloned as {}", self.actors.len()));
        self.actors.push(Actor { registered, path, phone });
        Ok(())
    }

    fn restart(&mut self) -> Played {
        self.trace.push("the server restarts".into());
        self.stage.stop();
        self.stage.start()
    }

    /// The first time the server is copied; the second time it is set back to that copy.
    fn set_back(&mut self) -> Played {
        let (data, backup) = (self.stage.data(), self.dir.path().join("backup"));
        if self.restored {
            return Ok(());
        }
        self.stage.stop();
        if self.backup {
            self.trace.push("the server is set back".into());
            std::fs::remove_dir_all(&data)?;
            copy_dir(&backup, &data)?;
            self.restored = true;
            return self.stage.restore(&self.officials.each_ref());
        }
        self.trace.push("the server is copied".into());
        copy_dir(&data, &backup)?;
        self.backup = true;
        self.stage.start()
    }

    /// Everybody meets the server until nobody has anything more to say.
    fn settle(&mut self) -> Played {
        self.trace.push("settling".into());
        for round in 0.. {
            let mut moved = false;
            for (at, actor) in self.actors.iter().enumerate() {
                let report = actor.phone.sync(&Direct(self.server()?))?;
                let applied = &report.applied;
                moved |= applied.accepted + applied.recorded_anew + applied.received.accepted > 0;
                self.trace.push(format!("{at} settles {applied:?}"));
            }
            if !moved {
                return Ok(());
            }
            assert!(round < 6, "no end");
        }
        Ok(())
    }

    fn check(&self) -> Played {
        let server = self.server()?;
        let records = at_server(server)?;
        let channel = of_case(CASE);
        let head =
            server.store().read::<_, StoreError>(|reading| reading.channel_head(&channel))?;
        let head = head.ok_or("no channel")?;
        for (at, actor) in self.actors.iter().enumerate() {
            assert_eq!(on_phone(&actor.phone, CASE)?, records, "phone {at}");
            assert_eq!(waiting(&actor.phone)?, 0, "phone {at}");
            let row = actor.phone.store().read::<_, PhoneError>(|tx| Ok(tx.channel(&channel)?))?;
            let row = row.ok_or("no channel")?;
            assert_eq!((row.cursor, row.set_hash), (head.seq, head.set.0), "phone {at}");
        }
        assert_eq!(upkeep::verify(server)?.findings, Vec::new());
        self.check_values()?;
        self.check_finalised()
    }

    /// Every value whose save returned stands in somebody's history or in a tray; and what is in a tray and
    /// was not recorded anew is still open there, for a person to see.
    fn check_values(&self) -> Played {
        let mut in_history: BTreeSet<String> = BTreeSet::new();
        let mut in_tray: BTreeSet<String> = BTreeSet::new();
        for actor in &self.actors {
            let log =
                actor.phone.store().read::<_, PhoneError>(|tx| Ok(tx.log_after(0, u32::MAX)?))?;
            for row in log {
                in_history.extend(values_of(&row.row.change)?);
            }
            for item in actor.phone.tray()? {
                let Some(row) = item.row.row else { continue };
                if item.row.outcome == TrayOutcome::Replaced {
                    continue;
                }
                in_tray.extend(values_of(&row.change)?);
            }
        }
        for (record, value) in &self.acknowledged {
            let text = format!("{value:?}");
            assert!(
                in_history.contains(&text) || in_tray.contains(&text),
                "{text} of {} is lost",
                record.to_hex()
            );
        }
        Ok(())
    }

    /// Of each finalisation that stands, the content is what it was when it was saved.
    fn check_finalised(&self) -> Played {
        for actor in &self.actors {
            for row in actor.phone.records_of_case(CASE)? {
                let view = actor.phone.record_view(row.id)?;
                for made in &view.finalised {
                    if let Some((record, content)) = self.finalised.get(&made.change) {
                        assert_eq!((*record, *content), (row.id, made.content));
                    }
                }
                if let [only] = view.finalised.as_slice() {
                    assert_eq!(view.content_digest, only.content, "{}", row.id.to_hex());
                }
            }
        }
        Ok(())
    }
}

/// The scalars of a change.
fn values_of(change: &[u8]) -> Played<Vec<String>> {
    let expanded = expand(change, Limits::V1)?;
    let scalars = expanded.operations.into_iter().filter_map(|operation| match operation.content {
        Content::Scalar(value) => Some(format!("{value:?}")),
        Content::Map => None,
    });
    Ok(scalars.collect())
}

fn copy_dir(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
