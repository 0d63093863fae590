//! Changes that are well-formed Automerge and still not allowed, made with Automerge directly as a
//! changed app could; and batches in which one bad change must not harm the others.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, ObjType, ROOT};

use super::*;

fn scene() -> (Device, String) {
    let mut lu = Device::new("lu", 1);
    lu.create();
    let line = lu.add_line("注塑机");
    (lu, line)
}

/// The change a tampered app makes with `edit`, declared under `verb`.
fn forged(device: &Device, verb: &str, edit: impl FnOnce(&mut AutoCommit)) -> Candidate {
    let automerge = &device.document.as_ref().unwrap().automerge;
    let mut auto = AutoCommit::load(&automerge.save()).unwrap();
    auto.set_actor(automerge::ActorId::from(device.actor.0));
    edit(&mut auto);
    auto.commit_with(CommitOptions::default().with_time(5));
    let change = auto.get_last_local_change().unwrap();
    let mut candidate = device.log[0].clone();
    candidate.hash = ChangeHash(change.hash().0);
    candidate.bytes = change.raw_bytes().to_vec();
    candidate.provenance.verb = verb.to_owned();
    candidate
}

fn verdict(device: &Device, candidate: &Candidate) -> Verdict {
    let before = device.digest();
    let acceptance = accept(&kinds(), device.document.clone(), std::slice::from_ref(candidate));
    if acceptance.verdicts[0] != Verdict::Accepted {
        assert_eq!(
            acceptance.document.unwrap().state_digest(),
            before,
            "a refusal changes nothing"
        );
    }
    acceptance.verdicts[0]
}

fn object(auto: &AutoCommit, path: &[&str]) -> automerge::ObjId {
    use automerge::ReadDoc;
    path.iter().fold(ROOT, |at, key| auto.get(&at, *key).unwrap().unwrap().1)
}

#[test]
fn a_field_may_belong_to_fewer_roles_than_the_verb() {
    let (mut lu, line) = scene();
    let refused = lu.try_do(&Intent::Edit {
        verb: "edit_line".into(),
        item: line.clone(),
        fields: fields(&[("approval", Value::Bool(true))]),
    });
    assert_eq!(refused, Err(Verdict::Rejected(Refusal::NotAllowed)));
    let item = lu.ulid();
    let refused = lu.try_do(&Intent::Add {
        verb: "add_line".into(),
        item,
        fields: fields(&[("name", "车".into()), ("approval", Value::Bool(true))]),
    });
    assert_eq!(refused, Err(Verdict::Rejected(Refusal::NotAllowed)));
    lu.quantity(&line, 3);
}

#[test]
fn changes_outside_their_verb_are_refused() {
    let (lu, line) = scene();
    let outside = Verdict::Rejected(Refusal::OutsideVerb);
    let cases: Vec<(&str, Candidate, Verdict)> = vec![
        (
            "a container overwritten by a map",
            forged(&lu, "set", |auto| {
                auto.put_object(ROOT, "lines", ObjType::Map).unwrap();
            }),
            outside,
        ),
        (
            "a container overwritten by a value",
            forged(&lu, "set", |auto| {
                auto.put(ROOT, "lines", 0_i64).unwrap();
            }),
            outside,
        ),
        (
            "a line overwritten",
            forged(&lu, "add_line", |auto| {
                let lines = object(auto, &["lines"]);
                auto.put_object(&lines, line.as_str(), ObjType::Map).unwrap();
            }),
            outside,
        ),
        (
            "a line deleted",
            forged(&lu, "strike_line", |auto| {
                let lines = object(auto, &["lines"]);
                auto.delete(&lines, line.as_str()).unwrap();
            }),
            Verdict::Rejected(Refusal::ForeignOperation),
        ),
        (
            "a fact of a line edited",
            forged(&lu, "edit_line", |auto| {
                let item = object(auto, &["lines", &line]);
                auto.put(&item, "name", "旧机器").unwrap();
            }),
            Verdict::Rejected(Refusal::FactStands),
        ),
        (
            "the handler replaced",
            forged(&lu, "set", |auto| {
                auto.put(ROOT, "handler", "wen").unwrap();
            }),
            outside,
        ),
        (
            "an edit declared as a head field",
            forged(&lu, "set", |auto| {
                let item = object(auto, &["lines", &line]);
                auto.put(&item, "quantity", 7_i64).unwrap();
            }),
            outside,
        ),
        (
            "a field nobody knows",
            forged(&lu, "edit_line", |auto| {
                let item = object(auto, &["lines", &line]);
                auto.put(&item, "bribe", 7_i64).unwrap();
            }),
            outside,
        ),
        (
            "a value out of range",
            forged(&lu, "edit_line", |auto| {
                let item = object(auto, &["lines", &line]);
                auto.put(&item, "quantity", -7_i64).unwrap();
            }),
            Verdict::Rejected(Refusal::BadValue),
        ),
        (
            "a line under a name that is no ULID",
            forged(&lu, "add_line", |auto| {
                let lines = object(auto, &["lines"]);
                auto.put_object(&lines, "first", ObjType::Map).unwrap();
            }),
            Verdict::Rejected(Refusal::BadValue),
        ),
        (
            "a strike of nothing",
            forged(&lu, "strike_line", |auto| {
                let strikes = object(auto, &["strikes"]);
                let made = auto
                    .put_object(&strikes, ulid::Ulid::from_parts(9, 9).to_string(), ObjType::Map)
                    .unwrap();
                auto.put(&made, "item", "lines/nothing").unwrap();
                auto.put(&made, "reason", "无").unwrap();
            }),
            outside,
        ),
        (
            "a resolution of nothing",
            forged(&lu, "resolve", |auto| {
                let shelf = object(auto, &["resolutions"]);
                let made = auto
                    .put_object(&shelf, ulid::Ulid::from_parts(9, 9).to_string(), ObjType::Map)
                    .unwrap();
                for (key, value) in [
                    ("target", "head/term_to"),
                    ("choice", "unsettled"),
                    ("reason", "无"),
                    ("closes", ""),
                ] {
                    auto.put(&made, key, value).unwrap();
                }
            }),
            Verdict::Rejected(Refusal::NoSuchConflict),
        ),
        (
            "a finalisation of other content",
            forged(&lu, "finalise", |auto| {
                let shelf = object(auto, &["finalisations"]);
                let made = auto
                    .put_object(&shelf, ulid::Ulid::from_parts(9, 9).to_string(), ObjType::Map)
                    .unwrap();
                for key in ["heads", "state", "content"] {
                    auto.put(&made, key, vec![0_u8; 32]).unwrap();
                }
            }),
            Verdict::Rejected(Refusal::WrongDigest),
        ),
        (
            "a verb of a later version",
            forged(&lu, "teleport", |auto| {
                let ext = object(auto, &["ext"]);
                auto.put(&ext, "later", 1_i64).unwrap();
            }),
            Verdict::Held(Hold::UnknownVerb),
        ),
    ];
    for (what, candidate, expected) in cases {
        assert_eq!(verdict(&lu, &candidate), expected, "{what}");
    }
}

#[test]
fn a_conflict_cannot_be_written_away() {
    let (mut lu, line) = scene();
    let mut wen = Device::new("wen", 2);
    wen.hear(&lu);
    wen.quantity(&line, 2);
    lu.quantity(&line, 3);
    lu.hear(&wen);
    let written_away = forged(&lu, "edit_line", |auto| {
        let item = object(auto, &["lines", &line]);
        auto.put(&item, "quantity", 4_i64).unwrap();
    });
    assert_eq!(verdict(&lu, &written_away), Verdict::Rejected(Refusal::Contested));
    let half = forged(&lu, "resolve", |auto| {
        let item = object(auto, &["lines", &line]);
        auto.put(&item, "quantity", 4_i64).unwrap();
        let shelf = object(auto, &["resolutions"]);
        let made = auto
            .put_object(&shelf, ulid::Ulid::from_parts(9, 9).to_string(), ObjType::Map)
            .unwrap();
        let target = format!("lines/{line}/quantity");
        for (key, value) in
            [("target", target.as_str()), ("choice", "other"), ("reason", "无"), ("closes", "4@01")]
        {
            auto.put(&made, key, value).unwrap();
        }
    });
    assert_eq!(verdict(&lu, &half), Verdict::Rejected(Refusal::NoSuchConflict));
}

#[test]
fn header_faults_are_told_apart() {
    let (mut lu, line) = scene();
    let before = lu.clone();
    lu.quantity(&line, 5);
    let honest = lu.log.last().unwrap().clone();
    let judge = |change: &dyn Fn(&mut Candidate)| {
        let mut candidate = honest.clone();
        change(&mut candidate);
        verdict(&before, &candidate)
    };
    let rejected = Verdict::Rejected;
    assert_eq!(judge(&|c| c.document = DocumentId([1; 16])), rejected(Refusal::WrongDocument));
    assert_eq!(judge(&|c| c.hash = ChangeHash([1; 32])), rejected(Refusal::WrongHash));
    assert_eq!(judge(&|c| c.actor = ActorId([8; 16])), rejected(Refusal::WrongActor));
    assert_eq!(judge(&|c| c.bytes.truncate(40)), rejected(Refusal::Malformed));
    assert_eq!(judge(&|c| c.provenance.roles = vec![Role::Liaison]), rejected(Refusal::NotAllowed));
    assert_eq!(verdict(&lu, &honest), Verdict::Known);
    let mut twin = before.clone();
    twin.clock += 60_000;
    twin.quantity(&line, 6);
    assert_eq!(verdict(&lu, twin.log.last().unwrap()), rejected(Refusal::Twin));
    let mut second = Device::new("lu", 3);
    second.create();
    let mut root = second.log[0].clone();
    root.document = lu.document.as_ref().unwrap().id();
    assert_eq!(verdict(&lu, &root), rejected(Refusal::SecondRoot));
    assert_eq!(
        accept(&kinds(), None, std::slice::from_ref(&honest)).verdicts[0],
        Verdict::Held(Hold::MissingDependency)
    );
    let empty = KindSet::new(Vec::new());
    assert_eq!(accept(&empty, None, &lu.log[..1]).verdicts[0], Verdict::Held(Hold::UnknownKind));
}

#[test]
fn a_bad_change_in_a_batch_harms_only_what_was_built_on_it() {
    let (mut lu, line) = scene();
    let mut wen = Device::new("wen", 2);
    wen.hear(&lu);
    wen.quantity(&line, 2);
    let good = wen.log.last().unwrap().clone();
    let bad = forged(&lu, "edit_line", |auto| {
        let item = object(auto, &["lines", &line]);
        auto.put(&item, "name", "旧机器").unwrap();
    });
    lu.quantity(&line, 3);
    let fine = lu.log.last().unwrap().clone();
    let base = wen.document.clone();
    // `fine` has the same place in lu's sequence as `bad`, which was never accepted.
    let acceptance = accept(&kinds(), base, &[bad, good, fine]);
    assert_eq!(
        acceptance.verdicts,
        vec![Verdict::Rejected(Refusal::FactStands), Verdict::Known, Verdict::Accepted]
    );
}

#[test]
fn a_batch_is_judged_in_causal_order_whatever_order_it_comes_in() {
    let (mut lu, line) = scene();
    for quantity in 2..8 {
        lu.quantity(&line, quantity);
    }
    let mut shuffled = lu.log.clone();
    shuffled.reverse();
    let acceptance = accept(&kinds(), None, &shuffled);
    assert!(acceptance.verdicts.iter().all(|verdict| *verdict == Verdict::Accepted));
    assert_eq!(acceptance.document.unwrap().state_digest(), lu.digest());
}
