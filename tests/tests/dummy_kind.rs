//! A record kind that only this file knows: it goes through acceptance, the phone's store and search, sync, the server's read model
//! and the rules, because all of them read its descriptor. A phone whose app does not know the kind keeps it and
//! shows it once the app does.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use lastmile_core::calendar::HolidayTable;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::{BootId, DocumentId};
use lastmile_core::phone::{NewRecord, Phone, PhoneError, PhoneOptions};
use lastmile_core::records::{
    Action, Collection, Envelope, Field, FieldType, Kind, KindSet, Label, Role, Verb, builtin,
    faults,
};
use lastmile_core::rules::{Circumstances, Outcome, RulePack, Stage};
use lastmile_core::store::StoreOptions;
use lastmile_core::time::{ManualClock, SeededEntropy};
use lastmile_core::value::Value;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep;
use lastmile_tests::acts::{CASE, at_server, meet, on_phone, road};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

const WRITERS: &[Role] = &[Role::Officer, Role::Clerk];

/// A river patrol: water level, and the boats met.
static PATROL: Kind = Kind {
    name: "river_patrol",
    schema: 1,
    label: Label::new("涉水巡查记录", "river patrol"),
    form: None,
    head: &[
        Field::multi("level_cm", "水位(厘米)", "water level (cm)", FieldType::Int(0, 2_000)),
        Field::winner("reach", "河段", "reach", FieldType::Text(120)),
    ],
    collections: &[Collection::new(
        "boats",
        "船只",
        "boats",
        &[
            Field::fact("hull_no", "船号", "hull number", FieldType::Text(40)),
            Field::multi("berth", "停泊处", "berth", FieldType::Text(120)),
        ],
    )
    .unique("hull_no")],
    verbs: &[
        Verb::new("create", "新建巡查", "new patrol", Action::Create, WRITERS),
        Verb::new("set", "填写", "fill in", Action::Set(&[]), WRITERS),
        Verb::new("add_boat", "登记船只", "add boat", Action::Add("boats"), WRITERS),
        Verb::new("edit_boat", "修改船只", "edit boat", Action::Edit("boats"), WRITERS),
        Verb::new("strike_boat", "划去船只", "strike boat", Action::Strike("boats"), WRITERS),
        Verb::new("resolve", "裁定分歧", "resolve", Action::Resolve, WRITERS),
        Verb::new("finalise", "定稿", "finalise", Action::Finalise, &[Role::Officer]).by_handler(),
    ],
    rules: &["T-RIVER-01"],
    title: &["reach"],
    envelope: Envelope::USUAL,
};

const RULES: &str = r#"{
  "id": "river", "version": 1, "effective_from": "2026-01-01",
  "instruments": {"X": {"name": {"zh": "测试规程", "en": "test code"}, "version": "1"}},
  "rules": [{
    "id": "T-RIVER-01", "title": {"zh": "水位", "en": "water level"},
    "text": {"zh": "须记录水位。", "en": "Record the water level."},
    "applies": {"river_patrol": ["start"]}, "severity": "block", "offline": "yes",
    "check": {"present": "record.head.level_cm"},
    "basis": [{"instrument": "X", "version": "1"}], "override": ["officer"]
  }]
}"#;

fn kinds() -> KindSet {
    builtin().with(&PATROL)
}

/// A phone whose app knows `kinds`.
fn open(
    registered: &Registered,
    path: &Path,
    kinds: KindSet,
    seed: u64,
) -> Result<Phone, Box<dyn Error>> {
    let hex = &registered.file.root;
    let root = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16))
        .collect::<Result<Vec<_>, _>>()?;
    let installation = [registered.number; 16];
    let phone = Phone::open(PhoneOptions {
        store: StoreOptions {
            path: path.to_owned(),
            vfs: None,
            key: None,
            readers: 1,
            installation,
        },
        kinds,
        clock: Arc::new(ManualClock::new(MORNING_MS, 0, BootId([registered.number; 8]))),
        entropy: Arc::new(SeededEntropy::new(seed)),
        files: None,
        root,
    })?;
    phone.register(&registered.file, Arc::clone(&registered.signer))?;
    Ok(phone)
}

fn patrol(phone: &Phone) -> Result<DocumentId, PhoneError> {
    let new = NewRecord {
        kind: "river_patrol".into(),
        case: CASE.into(),
        handler: String::new(),
        head: Fields::from([("reach".to_owned(), Value::from("西樵水道北段"))]),
        items: Vec::new(),
    };
    Ok(phone.create(new)?.document)
}

fn set_level(phone: &Phone, record: DocumentId, level: i64) -> Result<(), PhoneError> {
    let fields = Fields::from([("level_cm".to_owned(), Value::Int(level))]);
    phone.act(record, &Intent::Set { verb: "set".into(), fields }).map(|_| ())
}

fn outcome(phone: &Phone, record: DocumentId) -> Result<Outcome, Box<dyn Error>> {
    let pack = RulePack::from_json(RULES.as_bytes())?;
    let circumstances = Circumstances { now_ms: MORNING_MS, ..Circumstances::default() };
    let facts = circumstances.facts(&phone.record_view(record)?);
    let findings =
        pack.evaluate("river_patrol", Stage::Finalise, &facts, &HolidayTable::builtin()?);
    Ok(findings.into_iter().next().ok_or("no finding")?.outcome)
}

#[test]
fn a_kind_of_one_file_works_everywhere_and_an_older_app_keeps_it() -> Tested {
    assert_eq!(faults(&PATROL), Vec::<String>::new());
    let dir = TempDir::new()?;
    let stage = CourtStage::with_kinds(dir.path(), kinds())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang", "ouziqian", "maijiahui"])?;
    let (lu, wen) = (stage.register("luqihang", 1)?, stage.register("wenruotang", 2)?);
    let (ou, mai) = (stage.register("ouziqian", 3)?, stage.register("maijiahui", 4)?);
    let url = stage.server()?.url();
    let one = open(&lu, &lu.path, kinds(), 1)?;
    let two = open(&wen, &wen.path, kinds(), 2)?;
    let old = open(&ou, &ou.path, builtin(), 3)?;
    let apart = open(&mai, &mai.path, kinds(), 4)?;
    apart.sync(&road(&url))?;

    let record = patrol(&one)?;
    assert_eq!(outcome(&one, record)?, Outcome::Fail);
    let boat = one.new_item();
    let fields = Fields::from([
        ("hull_no".to_owned(), Value::from("粤佛渔00001")),
        ("berth".to_owned(), Value::from("三号码头")),
    ]);
    one.act(record, &Intent::Add { verb: "add_boat".into(), item: boat.clone(), fields })?;
    // What its descriptor does not allow is refused.
    let fields = Fields::from([("hull_no".to_owned(), Value::from("粤佛渔00002"))]);
    let overwritten = Intent::Edit { verb: "edit_boat".into(), item: boat, fields };
    assert_eq!(one.act(record, &overwritten).err().map(|error| error.code()), Some("fact_stands"));
    assert!(set_level(&one, record, 9_999).is_err());
    for phone in [&one, &two, &old] {
        phone.sync(&road(&url))?;
    }
    // Two levels at once are a conflict like any other, and no rule passes on one of two answers.
    set_level(&one, record, 120)?;
    assert_eq!(outcome(&one, record)?, Outcome::Pass);
    set_level(&two, record, 135)?;
    for phone in [&one, &two, &one, &old] {
        phone.sync(&road(&url))?;
    }
    assert_eq!(one.record_view(record)?.conflicts.len(), 1);
    assert!(matches!(outcome(&one, record)?, Outcome::Unknown(_)));
    assert_eq!(one.find("西樵", 5)?.hits.len(), 1);
    let server = at_server(stage.server()?.server())?;
    assert_eq!((on_phone(&one, CASE)?, on_phone(&two, CASE)?), (server.clone(), server.clone()));
    let shown =
        stage.server()?.server().store().read::<_, StoreError>(|reading| reading.record(record))?;
    let shown = shown.ok_or("not in the read model")?;
    assert_eq!(
        (shown.kind.as_str(), shown.title.as_str(), shown.conflicts),
        ("river_patrol", "西樵水道北段", 1)
    );
    assert_eq!(upkeep::verify(stage.server()?.server())?.findings, Vec::new());

    // The older app cannot show it, keeps every byte, and hands it on to a phone that can.
    assert!(matches!(old.digest(record), Err(PhoneError::NoRecord)));
    assert_eq!(old.standing(record)?.waiting, 4);
    assert!(old.tray()?.is_empty());
    let (first, second) = meet(&old, &apart);
    first?;
    second?;
    assert_eq!(on_phone(&apart, CASE)?, server);
    drop(old);
    // After the update it stands there, without meeting anybody.
    let updated = open(&ou, &ou.path, kinds(), 5)?;
    assert_eq!(on_phone(&updated, CASE)?, server);
    updated.sync(&road(&url))?;
    set_level(&updated, record, 140).expect_err("contested: only a resolution settles it");
    Ok(())
}
