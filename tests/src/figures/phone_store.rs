//! The phone's own figures: how long a save takes to be durable, how fast a full store opens, how fast
//! a name is found among 100,000 parties.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lastmile_core::id::BootId;
use lastmile_core::identity::Signer;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::phone::{Phone, PhoneError, PhoneOptions};
use lastmile_core::records::builtin;
use lastmile_core::store::{Store, StoreError, StoreOptions};
use lastmile_core::time::{ManualClock, SeededEntropy};

use super::{Aim, Figures, ms, quantile};
use crate::officer_day::{Dice, edit, record};

const SAVES: usize = 400;
const RECORDS: usize = 10_000;
const PARTIES: usize = 100_000;

const SURNAMES: [&str; 12] =
    ["陈", "李", "黄", "梁", "何", "冼", "区", "霍", "麦", "谭", "关", "简"];
const GIVEN: [&str; 16] = [
    "志", "伟", "芳", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明",
];

/// Opens a phone of the test court's handling officer at `path`.
pub fn open(court: &TestCourt, path: &Path) -> Result<Phone, PhoneError> {
    let phone = Phone::open(PhoneOptions {
        store: StoreOptions {
            path: path.to_owned(),
            vfs: None,
            key: None,
            readers: 2,
            installation: [1; 16],
        },
        kinds: builtin(),
        clock: Arc::new(ManualClock::new(1_773_701_400_000, 0, BootId([1; 8]))),
        entropy: Arc::new(SeededEntropy::new(7)),
        files: None,
        root: court.root.certificate.to_bytes(),
    })?;
    let person = court.person("luqihang");
    phone.trust(&[court.issuing.certificate.to_bytes(), person.certificate.to_bytes()])?;
    phone.sign_in(person.id, Arc::clone(&person.signer) as Arc<dyn Signer>)?;
    Ok(phone)
}

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let court = TestCourt::nanhai();
    saves(figures, &court, &dir.path().join("saves.db"))?;
    opening(figures, &court, &dir.path().join("full.db"))?;
    searching(figures, &dir.path().join("parties.db"))?;
    Ok(())
}

fn saves(figures: &mut Figures, court: &TestCourt, path: &Path) -> Result<(), Box<dyn Error>> {
    let phone = open(court, path)?;
    let mut dice = Dice::new(3);
    let mut documents = Vec::new();
    for _ in 0..20 {
        documents.push(phone.create(record(&mut dice, "(2026)粤0605执1101号"))?.document);
    }
    let mut samples = Vec::with_capacity(SAVES);
    for save in 0..SAVES {
        let begun = Instant::now();
        edit(&phone, &mut dice, documents[save % documents.len()])?;
        samples.push(begun.elapsed());
    }
    figures.note("save.durable_p50", ms(quantile(&mut samples, 0.5)), "ms", Aim::None);
    figures.note("save.durable_p99", ms(quantile(&mut samples, 0.99)), "ms", Aim::AtMost(10.0));
    Ok(())
}

fn opening(figures: &mut Figures, court: &TestCourt, path: &Path) -> Result<(), Box<dyn Error>> {
    {
        let phone = open(court, path)?;
        let mut dice = Dice::new(4);
        for number in 0..RECORDS {
            phone
                .create(record(&mut dice, &format!("(2026)粤0605执{}号", 1_000 + number % 200)))?;
        }
    }
    let mut samples = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let phone = open(court, path)?;
        let first = phone.store().read::<_, PhoneError>(|tx| Ok(tx.documents(None, 50)?))?;
        samples.push(begun.elapsed());
        if first.len() != 50 {
            return Err("the store is not full".into());
        }
    }
    figures.note("open.10000_records", ms(quantile(&mut samples, 0.5)), "ms", Aim::AtMost(300.0));
    Ok(())
}

fn searching(figures: &mut Figures, path: &Path) -> Result<(), Box<dyn Error>> {
    let options = StoreOptions {
        path: path.to_owned(),
        vfs: None,
        key: None,
        readers: 1,
        installation: [1; 16],
    };
    let (store, _) = Store::open(&options)?;
    let mut dice = Dice::new(5);
    let mut names = Vec::with_capacity(PARTIES);
    for _ in 0..PARTIES {
        let name = format!(
            "{}{}{}",
            SURNAMES[dice.below(SURNAMES.len())],
            GIVEN[dice.below(GIVEN.len())],
            GIVEN[dice.below(GIVEN.len())]
        );
        names.push(name);
    }
    for (chunk, part) in names.chunks(5_000).enumerate() {
        store.write::<_, StoreError>(|tx| {
            for (at, name) in part.iter().enumerate() {
                let number = chunk * 5_000 + at;
                let text = format!("(2026)粤0605执{number}号 {name} 0757-{number:08}");
                tx.index("party", &number.to_be_bytes(), Some("case:x"), &text)?;
            }
            Ok(())
        })?;
    }
    let mut samples: Vec<Duration> = Vec::new();
    for query in 0..200 {
        // Two characters, as an officer types them: mostly a given name, which is rarer.
        let name: Vec<char> = names[query * 499].chars().collect();
        let query: String = name[name.len() - 2..].iter().collect();
        let begun = Instant::now();
        let hits = store.read::<_, StoreError>(|tx| tx.search(&query, 20))?;
        samples.push(begun.elapsed());
        if hits.hits.is_empty() {
            return Err("a name was not found".into());
        }
    }
    figures.note("search.100000_parties_p50", ms(quantile(&mut samples, 0.5)), "ms", Aim::None);
    figures.note(
        "search.100000_parties_p99",
        ms(quantile(&mut samples, 0.99)),
        "ms",
        Aim::AtMost(15.0),
    );
    Ok(())
}
