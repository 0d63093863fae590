//! To the court and from it: a conflict between two phones, the app's own transport, a server that is not
//! there.

use std::sync::Arc;

use async_trait::async_trait;
use lastmile_ffi::{
    Change, ConflictKind, ContactState, HttpAnswer, HttpHeader, HttpRequest, LastmileError, Road,
    Said, Settlement, Standing, Transport, TransportError, Value, WatchPromise, WatchWord,
    new_watch_id,
};

use crate::court::Court;
use crate::observing::Ear;
use crate::officer::{CASE, add_line, edit_quantity, form, seizure, wait};

#[test]
fn two_people_differ_and_one_settles_it_with_a_reason() {
    let mut court = Court::new();
    let (lu, wen) = (court.enrol("luqihang"), court.enrol("wenruotang"));
    let record = lu.create_record(seizure()).unwrap().record;
    let item = add_line(&lu, &record, "空压机").unwrap().item.unwrap();
    assert_eq!(lu.standing(record.clone()).unwrap().standing, Standing::OnThisPhone);
    let report = wait(lu.clone().sync(0)).unwrap();
    assert_eq!((report.accepted, report.received), (2, 0));
    assert_ne!(lu.standing(record.clone()).unwrap().standing, Standing::OnThisPhone);
    assert_eq!(wait(wen.clone().sync(0)).unwrap().received, 2);

    edit_quantity(&lu, &record, &item, 2).unwrap();
    edit_quantity(&wen, &record, &item, 3).unwrap();
    for phone in [&lu, &wen, &lu] {
        wait(phone.clone().sync(0)).unwrap();
    }
    let conflicts = lu.record(record.clone()).unwrap().conflicts;
    let conflict = &conflicts[0];
    assert_eq!((conflicts.len(), conflict.kind), (1, ConflictKind::Field));
    let mut sides: Vec<(&str, &Said)> =
        conflict.sides.iter().map(|side| (side.person.as_str(), &side.said)).collect();
    sides.sort_by_key(|(person, _)| *person);
    let holds = |value| Said::Holds { value: Value::Number { value } };
    assert_eq!(sides, [("luqihang", &holds(2)), ("wenruotang", &holds(3))]);

    let settle = |seen: Vec<String>| {
        let take = Settlement::Take { value: Value::Number { value: 3 } };
        let reason = "现场清点为三台".to_owned();
        lu.resolve(record.clone(), conflict.target.clone(), take, reason, seen)
    };
    settle(conflict.seen.clone()).unwrap();
    assert!(lu.record(record.clone()).unwrap().conflicts.is_empty());
    assert_eq!(settle(conflict.seen.clone()).unwrap_err().code(), "no_such_conflict");
    for phone in [&lu, &wen] {
        wait(phone.clone().sync(0)).unwrap();
    }
    let state = |phone: &Arc<lastmile_ffi::Phone>| phone.record(record.clone()).unwrap().state;
    assert_eq!(state(&lu), state(&wen));
}

/// An app's own HTTP: here over reqwest.
struct OwnHttp {
    url: String,
    /// Answers everything itself, as a captive portal does.
    portal: bool,
}

#[async_trait]
impl Transport for OwnHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, TransportError> {
        if self.portal {
            return Ok(HttpAnswer { status: 200, headers: Vec::new(), body: b"login".to_vec() });
        }
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).unwrap();
        let client = reqwest::blocking::Client::new();
        let mut sent = client.request(method, format!("{}{}", self.url, request.path));
        for header in request.headers {
            sent = sent.header(header.name, header.value);
        }
        let answer = sent.body(request.body).send().map_err(|_| TransportError::Unreachable)?;
        let header =
            |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                HttpHeader { name: name.to_string(), value: value.to_str().unwrap().to_owned() }
            };
        Ok(HttpAnswer {
            status: answer.status().as_u16(),
            headers: answer.headers().iter().map(header).collect(),
            body: answer.bytes().map_err(|_| TransportError::Unreachable)?.to_vec(),
        })
    }
}

#[test]
fn the_apps_own_transport_carries_the_same() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    let url = court.running().url();
    lu.create_record(seizure()).unwrap();
    lu.set_road(Road::over(Arc::new(OwnHttp { url: url.clone(), portal: true })));
    let error = wait(lu.clone().sync(0)).unwrap_err();
    let LastmileError::Network { code, status, .. } = error else { panic!("{error:?}") };
    assert_eq!((code.as_str(), status), ("not_the_server", Some(200)));
    lu.set_road(Road::over(Arc::new(OwnHttp { url, portal: false })));
    assert_eq!(wait(lu.clone().sync(0)).unwrap().accepted, 1);
}

#[test]
fn a_server_that_is_not_there_costs_nothing_and_is_told() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    let ear = Arc::new(Ear::default());
    let _observing = lu.observe(ear.clone());
    let record = lu.create_record(seizure()).unwrap().record;
    court.stop();
    let error = wait(lu.clone().sync(0)).unwrap_err();
    assert_eq!(error.code(), "unreachable");
    let failed = ContactState::Failed { code: "unreachable".to_owned() };
    assert_eq!(*ear.contacts.lock().unwrap(), [ContactState::Running, failed]);
    assert_eq!(lu.standing(record).unwrap().on_this_phone, 1);
}

#[test]
fn a_request_for_help_is_told_when_it_stands_elsewhere_and_not_again() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    let mut draft = seizure();
    draft.kind = "assistance".to_owned();
    draft.items.clear();
    draft.head = form(&[("place", "九江镇沙口工业区三路5号"), ("callback", "13800138000")]);
    let record = lu.create_record(draft).unwrap().record;
    let ear = Arc::new(Ear::default());
    let _observing = lu.observe(ear.clone());
    for _ in 0..3 {
        wait(lu.clone().sync(0)).unwrap();
    }
    let told = Change::Assistance { record: record.clone() };
    let changes = ear.changes.lock().unwrap();
    // When it came to the court, and at most once more for a step that the court signed about it.
    let times = changes.iter().filter(|change| **change == told).count();
    assert!((1..=2).contains(&times), "{changes:?}");
    let texts = wait(lu.clone().assistance_texts(record.clone())).unwrap();
    assert_eq!(texts.gateway.as_deref(), Some("106000000605"));
    let shown = lu.assistance(record).unwrap();
    assert_eq!(shown.hop, "server");
    let happened: Vec<bool> = shown.steps.iter().map(|step| step.at_ms.is_some()).collect();
    assert!(shown.alarm, "nobody at the station has it yet");
    assert_eq!(happened, [true, false, false, false]);
}

#[test]
fn the_check_before_leaving_counts_strips_packs_and_contact() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    let record = lu.create_record(seizure()).unwrap().record;
    let act = lastmile_ffi::Act::Add {
        verb: "add_seal".to_owned(),
        fields: form(&[("seal_no", "S0001")]),
    };
    lu.act(record, act, None, None).unwrap();
    let check = wait(lu.clone().leave_check(vec![CASE.to_owned()])).unwrap();
    let seals = &check.seals[0];
    assert_eq!((seals.left, seals.next.as_deref()), (49, Some("S0002")));
    assert!(
        check.packs.iter().any(|pack| pack.id == CASE && pack.version == 1 && pack.made_at_ms > 0)
    );
    assert!(check.duty_phones.iter().any(|duty| duty.phone == "0757-86220110"));
    assert!(check.skew_ms.is_some_and(|skew| skew.abs() < 60_000));
    assert!(check.last_contact_ms.is_some() && check.may_finalise);
    assert_eq!((check.backlog.unsigned, check.backlog.tray), (2, 0));
    let cases = lu.cases(None, 10).unwrap();
    assert!(cases.cases[0].own && cases.next.is_none());
    assert_eq!(lu.case_info(CASE.to_owned()).unwrap().team.len(), 2);
    assert_eq!(lu.case_info("(2026)粤0605执1号".to_owned()).unwrap_err().code(), "case_unknown");
}

#[test]
fn a_promise_counts_only_when_the_court_has_it() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    let promise = WatchPromise {
        id: new_watch_id(),
        case_no: CASE.to_owned(),
        record: None,
        crew: vec!["luqihang".to_owned()],
        place: "地下车库".to_owned(),
        position: None,
        within_s: 1_800,
        every_min: None,
        grace_s: 300,
    };
    let short = WatchPromise { within_s: 1, ..promise.clone() };
    assert_eq!(wait(lu.clone().leave_watch(short)).unwrap_err().code(), "watch_deadline");
    let state = wait(lu.clone().leave_watch(promise.clone())).unwrap();
    assert_eq!(state.standing, "quiet");
    assert!(state.until_ms.is_some_and(|until| until > state.server_ms));
    let state = wait(lu.clone().check_in(promise.id.clone(), WatchWord::Done)).unwrap();
    assert_eq!((state.standing.as_str(), state.until_ms), ("kept", None));
    court.stop();
    let error = wait(lu.clone().check_in(promise.id, WatchWord::Well)).unwrap_err();
    assert_eq!(error.code(), "unreachable");
}
