//! Who may do what, tried out: every role, every kind, every verb, as handling officer and not, on items
//! of one's own and of others. What is expected is read from the reviewed table, what happens from core's
//! acceptance, from the real server, and from a phone that is fed by a server that checks nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::Arc;

use lastmile_core::document::{Verdict, accept};
use lastmile_core::id::{CertificateId, ServerEpoch};
use lastmile_core::identity::certificate::purpose;
use lastmile_core::identity::{
    Certificate, CertificateKind, Signed, Signer, SoftwareSigner, SubjectKey,
};
use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::phone::{Limit, Phone};
use lastmile_core::records::{
    Action, Collection, Envelope, Field, FieldType, Kind, KindSet, Label, Role, Verb,
    authority_table, builtin,
};
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::sync::channel::{self, EntryHash, SetHash};
use lastmile_core::sync::response::{ChannelNews, Entry, Outcome, SyncResponse};
use lastmile_core::sync::token::Errand;
use lastmile_server::certify;
use lastmile_tests::acts::{CASE, Direct};
use lastmile_tests::court_stage::{COURT, CourtStage, MORNING_MS, Registered};
use lastmile_tests::every_verb::{Attempt, Bench, Hand, candidate};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

/// A kind that only this file knows, with everything a verb may be restricted by.
static DUMMY: Kind = Kind {
    name: "river_patrol",
    schema: 1,
    label: Label::new("涉水巡查记录", "river patrol"),
    form: None,
    head: &[
        Field::multi("level_cm", "水位(厘米)", "water level (cm)", FieldType::Int(0, 2_000)),
        Field::winner("toll_fen", "通行费", "toll", FieldType::Money).written_by(&[Role::Clerk]),
    ],
    collections: &[Collection::new(
        "boats",
        "船只",
        "boats",
        &[
            Field::fact("hull_no", "船号", "hull number", FieldType::Text(40)),
            Field::multi("berth", "停泊处", "berth", FieldType::Text(120))
                .settled_by(&[Role::Contractor]),
        ],
    )],
    verbs: &[
        Verb::new("create", "新建巡查", "new patrol", Action::Create, &[Role::Officer]),
        Verb::new("set", "填写", "fill in", Action::Set(&[]), &[Role::Officer, Role::Clerk]),
        Verb::new("add_boat", "登记船只", "add boat", Action::Add("boats"), &[Role::Liaison]),
        Verb::new(
            "edit_boat",
            "修改船只",
            "edit boat",
            Action::Edit("boats"),
            &[Role::Liaison, Role::Command],
        )
        .own_items(&[Role::Liaison]),
        Verb::new(
            "strike_boat",
            "划去船只",
            "strike boat",
            Action::Strike("boats"),
            &[Role::Admin],
        ),
        Verb::new("resolve", "裁定分歧", "resolve", Action::Resolve, &[Role::President]),
        Verb::new("finalise", "定稿", "finalise", Action::Finalise, &[Role::Officer]).by_handler(),
    ],
    rules: &[],
    title: &[],
    envelope: Envelope::USUAL,
};

/// The table, read back: mark by kind, verb and role; roles of restricted and settled fields.
#[derive(Default)]
struct Table {
    marks: BTreeMap<(String, String, Role), char>,
    writers: BTreeMap<(String, String), BTreeSet<Role>>,
    settlers: BTreeMap<(String, String), BTreeSet<Role>>,
}

impl Table {
    fn read(text: &str) -> Self {
        let mut table = Self::default();
        let mut kind = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                name.split(' ').next().unwrap_or_default().clone_into(&mut kind);
            } else if let Some(fields) = line.strip_prefix("Only: ") {
                table.writers.extend(exceptions(&kind, fields));
            } else if let Some(fields) = line.strip_prefix("Settled also: ") {
                table.settlers.extend(exceptions(&kind, fields));
            } else if line.starts_with("| ") && !line.starts_with("| verb") {
                let cells: Vec<&str> = line.split('|').collect();
                let verb = cells[1].split_whitespace().next().unwrap_or_default();
                for (role, cell) in Role::ALL.into_iter().zip(&cells[2..]) {
                    let mark = cell.trim().chars().next().unwrap_or(' ');
                    table.marks.insert((kind.clone(), verb.to_owned(), role), mark);
                }
            }
        }
        table
    }

    fn mark(&self, kind: &Kind, verb: &Verb, role: Role) -> char {
        self.marks[&(kind.name.to_owned(), verb.name.to_owned(), role)]
    }

    /// What is to become of an attempt: nothing when it is to be accepted, else the code.
    fn expected(
        &self,
        kind: &Kind,
        attempt: &Attempt,
        role: Role,
        handles: bool,
    ) -> Option<&'static str> {
        let at = attempt
            .field
            .map(|(place, field)| (kind.name.to_owned(), format!("{place}/{}", field.name)));
        let among = |set: &BTreeMap<(String, String), BTreeSet<Role>>| {
            at.as_ref().and_then(|at| set.get(at)).map(|roles| roles.contains(&role))
        };
        let settles = attempt.verb.action == Action::Resolve;
        let refusal = match self.mark(kind, attempt.verb, role) {
            ' ' => Some("not_allowed"),
            'H' if !handles => Some("not_handler"),
            'O' if !attempt.own => Some("not_own"),
            _ => None,
        };
        match refusal {
            // Whoever may settle some field of the kind is told that this one is not his.
            Some(_) if settles && among(&self.settlers) == Some(true) => None,
            Some(_) if settles && self.settles_any(kind, role) => Some("not_allowed"),
            Some(code) => Some(code),
            None if among(&self.writers) == Some(false) => Some("not_allowed"),
            None => None,
        }
    }

    fn settles_any(&self, kind: &Kind, role: Role) -> bool {
        self.settlers.iter().any(|((name, _), roles)| name == kind.name && roles.contains(&role))
    }
}

/// "`place/field` by role, role; ..."
fn exceptions(kind: &str, line: &str) -> Vec<((String, String), BTreeSet<Role>)> {
    line.trim_end_matches('.')
        .split("; ")
        .map(|part| {
            let (field, roles) = part.split_once(" by ").expect("a field and its roles");
            let roles = roles.split(", ").map(|code| Role::from_code(code).expect("a role"));
            ((kind.to_owned(), field.trim_matches('`').to_owned()), roles.collect())
        })
        .collect()
}

fn hand(
    stage: &CourtStage,
    person: &str,
    roles: &[Role],
) -> Result<(Hand, Vec<u8>), Box<dyn Error>> {
    let signer: Arc<dyn Signer> =
        Arc::new(SoftwareSigner::from_pkcs8(&SoftwareSigner::generate()?)?);
    let server = stage.server()?.server();
    let issuing = &server.keys().issuing;
    let roles_of = |roles: &[Role]| {
        let mut codes: Vec<String> = roles.iter().map(|role| role.code().to_owned()).collect();
        codes.sort_unstable();
        codes
    };
    // Straight from the issuing key: whoever gives such roles is another test's business.
    let body = Certificate {
        court: COURT.into(),
        kind: CertificateKind::Person,
        serial: certify::next_serial(server)?,
        person: Some(person.into()),
        device: Some(format!("D-{person}")),
        name: person.into(),
        roles: roles_of(roles),
        purposes: vec![purpose::FINALISE.to_owned(), purpose::RECORD.to_owned()],
        protection: "software".into(),
        key: SubjectKey::Signing(signer.public_key()),
        not_before_ms: MORNING_MS,
        not_after_ms: MORNING_MS + certify::YEAR_MS,
        issuer: Some(issuing.certificate),
    };
    let signed = Signed::seal(&body, issuing.signer.as_ref())?;
    let (certificate, file) = (CertificateId(signed.body_hash()), signed.to_bytes());
    certify::publish(server, vec![signed])?;
    Ok((Hand { person: person.into(), roles: roles.to_vec(), certificate, signer }, file))
}

/// What the real server says to these changes, brought by a phone that checks nothing.
fn offered(
    stage: &CourtStage,
    phone: &Phone,
    changes: Vec<SignedChange>,
) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let mut plan = phone.plan(Limit { up: 1, down: 0, probe: false, wait_s: 0 })?;
    plan.request.changes = changes;
    let sealed = lastmile_core::sync::frame::seal(&plan.request.encode())?;
    let token = phone.token(Errand::Sync, &sealed)?;
    let server = Direct(stage.server()?.server());
    let answer = server.post(phone.court(), Errand::Sync, &sealed, &token)?;
    let plain = lastmile_core::sync::frame::open(&answer)?;
    Ok(SyncResponse::decode(&plain, phone.court())?.outcomes)
}

/// The server's answers without receipts: a phone that knows of no log takes changes from a server that
/// proves nothing, so that its own judgement is what is tested.
struct WithoutLog<'a>(&'a lastmile_server::server::Server);

impl Transport for WithoutLog<'_> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let answer = Direct(self.0).post(court, errand, body, token)?;
        let plain = lastmile_core::sync::frame::open(&answer).expect("a frame");
        let mut answer = SyncResponse::decode(&plain, court).expect("an answer");
        answer.receipt = None;
        Ok(lastmile_core::sync::frame::seal(&answer.encode()).expect("a frame"))
    }
}

/// Gives a phone these changes as if a server had accepted all of them.
fn fed(
    phone: &Phone,
    server_epoch: ServerEpoch,
    changes: &[SignedChange],
) -> Result<(), Box<dyn Error>> {
    let name = channel::of_case(CASE);
    let plan = phone.plan(Limit { up: 1, down: 0, probe: false, wait_s: 0 })?;
    let after = plan.request.cursors.iter().find(|cursor| cursor.channel == name);
    let (after, set) = after.map_or((0, SetHash::default()), |cursor| (cursor.seq, cursor.set));
    let set =
        changes.iter().fold(set, |set, signed| set.with(EntryHash::of_change(signed.body.id())));
    let news = ChannelNews {
        channel: name,
        after,
        entries: vec![Entry::Change; changes.len()],
        set,
        more: false,
        differs: false,
        repaired: false,
    };
    phone.apply(
        &plan,
        &SyncResponse {
            server_epoch,
            server_ms: 0,
            outcomes: Vec::new(),
            have: Vec::new(),
            news: vec![news],
            changes: changes.to_vec(),
            receipt: None,
        },
    )?;
    Ok(())
}

/// Why a phone refused a change; nothing when it did not.
fn on_phone(phone: &Phone, signed: &SignedChange) -> Result<Option<String>, Box<dyn Error>> {
    Ok(phone.store().read::<_, lastmile_core::store::StoreError>(|tx| {
        let refused = tx.refusals(signed.body.id())?;
        let here = tx.log_row(signed.body.id())?;
        Ok(match (refused.first(), here) {
            (Some(row), _) => Some(row.reason.clone()),
            (None, Some(_)) => None,
            (None, None) => Some("lost".to_owned()),
        })
    })?)
}

#[test]
fn every_role_kind_and_verb_as_the_table_says() -> Tested {
    let kinds: KindSet = builtin().with(&DUMMY);
    let text = authority_table(&kinds);
    let reviewed = include_str!("../../core/src/records/authority.md");
    assert!(text.starts_with(reviewed.trim_end()), "the reviewed table is another one");
    let table = Table::read(&text);
    let dir = TempDir::new()?;
    let stage = CourtStage::with_kinds(dir.path(), kinds.clone())?;
    let mut team = vec!["carrier".to_owned(), "maker".to_owned()];
    team.extend(Role::ALL.iter().map(|role| role.code().replace('_', "-")));
    stage.case(CASE, 1, &team.iter().map(String::as_str).collect::<Vec<_>>())?;
    let carrier: Registered = stage.register("carrier", 1)?;
    let carrying = stage.open(&carrier, 0)?;
    let receiver = stage.open(&stage.register("carrier", 2)?, 0)?;
    // It learns that it belongs to the case.
    receiver.sync(&WithoutLog(stage.server()?.server()))?;
    let epoch = stage.server()?.server().epoch();
    let (maker, file) = hand(&stage, "maker", &Role::ALL)?;
    receiver.trust(&[file])?;
    let mut tried = BTreeSet::new();
    let mut number = 0_u128;
    for role in Role::ALL {
        let (author, file) = hand(&stage, &role.code().replace('_', "-"), &[role])?;
        receiver.trust(&[file])?;
        for kind in kinds.iter() {
            for handles in [true, false] {
                number += 1;
                let handler = if handles { &author.person } else { &maker.person };
                let mut bench = Bench::new(&kinds, kind, CASE, &maker, handler, number << 40);
                let may_add = |verb: &Verb| table.mark(kind, verb, role) == 'W';
                let mut attempts = bench.attempts(&author, may_add);
                attempts.push(bench.creation(&author, CASE, handler));
                // (a) core
                let by_maker = |signed: &SignedChange| {
                    let maker_made = signed.body.certificate == maker.certificate;
                    let (person, roles) = if maker_made {
                        (&maker.person, &maker.roles)
                    } else {
                        (&author.person, &author.roles)
                    };
                    candidate(signed, person, roles)
                };
                let base: Vec<_> = bench.base.iter().map(by_maker).collect();
                let accepted = accept(&kinds, None, &base);
                assert!(accepted.verdicts.iter().all(|v| *v == Verdict::Accepted), "{}", kind.name);
                // (b) the server
                let outcomes = offered(&stage, &carrying, bench.base.clone())?;
                assert!(outcomes.iter().all(|o| *o == Outcome::Accepted), "{outcomes:?}");
                let signed: Vec<_> = attempts.iter().map(|tried| tried.signed.clone()).collect();
                let outcomes = offered(&stage, &carrying, signed.clone())?;
                // (c) a phone
                fed(&receiver, epoch, &bench.base)?;
                fed(&receiver, epoch, &signed)?;
                for (attempt, outcome) in attempts.iter().zip(outcomes) {
                    let expected = table.expected(kind, attempt, role, handles);
                    let what = format!(
                        "{} {} {} handles={handles} own={} field={:?}",
                        role.code(),
                        kind.name,
                        attempt.verb.name,
                        attempt.own,
                        attempt.field.map(|(_, field)| field.name),
                    );
                    let document = (attempt.verb.action != Action::Create)
                        .then(|| accepted.document.clone())
                        .flatten();
                    let verdict = accept(&kinds, document, &[by_maker(&attempt.signed)]).verdicts;
                    let in_core = match verdict.as_slice() {
                        [Verdict::Accepted] => None,
                        [Verdict::Rejected(refusal)] => Some(refusal.code()),
                        other => panic!("{what}: {other:?}"),
                    };
                    assert_eq!(in_core, expected, "core: {what}");
                    let on_server = match outcome {
                        Outcome::Accepted => None,
                        Outcome::Rejected(code) => Some(code),
                        other => panic!("{what}: {other:?}"),
                    };
                    assert_eq!(on_server.as_deref(), expected, "server: {what}");
                    let received = on_phone(&receiver, &attempt.signed)?;
                    assert_eq!(received.as_deref(), expected, "phone: {what}");
                    tried.insert((kind.name, attempt.verb.name, role, expected.is_none()));
                }
                // Every verb was tried.
                let verbs: BTreeSet<_> = attempts.iter().map(|tried| tried.verb.name).collect();
                assert_eq!(verbs.len(), kind.verbs.len(), "{}", kind.name);
            }
        }
    }
    // Each kind has both: something allowed and something refused.
    for kind in kinds.iter() {
        for may in [true, false] {
            assert!(tried.iter().any(|(name, _, _, is)| *name == kind.name && *is == may));
        }
    }
    println!("{} cells of the table", tried.len());
    Ok(())
}

#[test]
fn the_certificate_of_the_moment_decides() -> Tested {
    let kinds = builtin();
    let dir = TempDir::new()?;
    let stage = CourtStage::with_kinds(dir.path(), kinds.clone())?;
    stage.case(CASE, 1, &["carrier", "wenruotang"])?;
    let carrying = stage.open(&stage.register("carrier", 1)?, 0)?;
    // An officer who becomes a clerk: another certificate, and the old deeds stay done.
    let (officer, _) = hand(&stage, "wenruotang", &[Role::Officer])?;
    let (clerk, _) = hand(&stage, "wenruotang", &[Role::Clerk])?;
    let seizure = kinds.get("seizure").ok_or("no seizure")?;
    let mut bench = Bench::new(&kinds, seizure, CASE, &officer, "wenruotang", 1 << 40);
    let creating = bench.base.remove(0);
    assert_eq!(offered(&stage, &carrying, vec![creating])?, [Outcome::Accepted]);
    let valued = |hand: &Hand, bench: &mut Bench<'_>| {
        let attempts = bench.attempts(hand, |_| false);
        let valued = attempts.into_iter().find(|tried| {
            tried.verb.name == "add_line"
                && tried.field.is_some_and(|(_, field)| field.name == "field_estimate_fen")
        });
        valued.expect("a valuation").signed
    };
    let (before, after) = (valued(&officer, &mut bench), valued(&clerk, &mut bench));
    let mut rest = bench.base.clone();
    rest.extend([before, after]);
    let outcomes = offered(&stage, &carrying, rest)?;
    let last: Vec<_> = outcomes.iter().rev().take(2).rev().cloned().collect();
    assert_eq!(last, [Outcome::Accepted, Outcome::Rejected("not_allowed".into())]);
    Ok(())
}
