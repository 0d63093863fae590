//! Who asks, and when: wrong clocks cost one more request, a captured request is worth nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::cell::RefCell;
use std::sync::Arc;

use lastmile_core::identity::Signed;
use lastmile_core::phone::transport::{HttpTransport, Transport, TransportError};
use lastmile_core::sync::token::{Errand, RequestToken, WINDOW_MS, to_header};
use lastmile_core::time::Clock;
use lastmile_server::server::{Options, Server};
use lastmile_server::store::StoreError;
use lastmile_server::sync::{Session, SyncError};
use world::author::Author;
use world::{COURT, Device, MORNING_MS, World, from_start};

/// A road that notes how every request went.
struct Noting<R> {
    road: R,
    codes: RefCell<Vec<String>>,
}

impl<R> Noting<R> {
    fn new(road: R) -> Self {
        Self { road, codes: RefCell::default() }
    }

    fn codes(&self) -> Vec<String> {
        self.codes.take()
    }
}

impl<R: Transport> Transport for Noting<R> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let answer = self.road.post(court, errand, body, token);
        let code = answer.as_ref().map_or_else(|error| error.code().to_owned(), |_| "ok".into());
        self.codes.borrow_mut().push(code);
        answer
    }
}

/// A server that names a new time whenever it is asked.
struct Liar(RefCell<i64>);

impl Transport for Liar {
    fn post(&self, _: &str, _: Errand, _: &[u8], _: &str) -> Result<Vec<u8>, TransportError> {
        let server_ms = Some(self.0.replace_with(|last| last.wrapping_mul(-7)));
        Err(TransportError::Problem {
            status: 401,
            code: "clock_out_of_window".into(),
            server_ms,
            retry_after_s: None,
        })
    }
}

/// Posts every request twice and gives the second answer, as a careless proxy might.
struct Twice(HttpTransport);

impl Transport for Twice {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let first = self.0.post(court, errand, body, token);
        let second = self.0.post(court, errand, body, token);
        assert_eq!(first.is_ok(), second.as_ref().err().is_some_and(|e| e.code() == "token_used"));
        second
    }
}

fn asked(device: &Device, edit: impl FnOnce(&mut RequestToken)) -> String {
    let request = device.request();
    let (sealed, _) = device.sealed(&request);
    let mut token = device.token(&request, &sealed);
    edit(&mut token);
    let token = to_header(&Signed::seal(&token, &*device.signer).unwrap());
    match device.transport().post(COURT, Errand::Sync, &sealed, &token) {
        Ok(_) => "ok".into(),
        Err(TransportError::Problem { code, server_ms, .. }) => {
            assert_eq!(server_ms.is_some(), code == "clock_out_of_window");
            assert!(server_ms.is_none_or(|now| now == MORNING_MS));
            code
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_token_opens_one_door_at_one_time() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let window = i64::try_from(WINDOW_MS).unwrap();
    assert_eq!(asked(&lu, |_| ()), "ok");
    assert_eq!(asked(&lu, |token| token.at_ms += window), "ok");
    assert_eq!(asked(&lu, |token| token.at_ms -= window), "ok");
    assert_eq!(asked(&lu, |token| token.at_ms += window + 1), "clock_out_of_window");
    assert_eq!(asked(&lu, |token| token.at_ms -= window + 1), "clock_out_of_window");
    assert_eq!(asked(&lu, |token| token.purpose = "photo".into()), "bad_request_token");
    assert_eq!(asked(&lu, |token| token.body[0] ^= 1), "bad_request_token");
    assert_eq!(asked(&lu, |token| token.court = "粤0606".into()), "wrong_court");
    // A colleague's certificate over an own request.
    let wen = world.officer("wenruotang");
    let theirs = wen.phone.signed_in().unwrap().certificate;
    assert_eq!(asked(&lu, |token| token.certificate = theirs), "bad_request_token");
    let mut request = wen.request();
    request.certificate = lu.phone.signed_in().unwrap().certificate;
    let (sealed, _) = wen.sealed(&request);
    let token = wen.token(&wen.request(), &sealed);
    let token = to_header(&Signed::seal(&token, &*wen.signer).unwrap());
    let answer = wen.transport().post(COURT, Errand::Sync, &sealed, &token);
    assert_eq!(answer.unwrap_err().code(), "bad_request_token", "one token, another asker inside");
}

#[test]
fn a_wrong_clock_costs_one_more_request_once() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let month = 30 * 86_400_000;
    world.clock.advance(month);
    let record = lu.seizure();
    let road = Noting::new(lu.transport());
    lu.phone.sync(&road).unwrap();
    assert_eq!(road.codes(), ["clock_out_of_window", "ok"]);
    assert_eq!(lu.phone.skew_ms().unwrap(), Some(-i64::try_from(month).unwrap()));
    // Known now; and what was recorded keeps the phone's own time.
    lu.line(record, "注塑机");
    lu.phone.sync(&road).unwrap();
    assert_eq!(road.codes(), ["ok"]);
    let view = lu.phone.record_view(record).unwrap();
    assert!(view.changes().iter().all(|node| node.provenance.device_ms == MORNING_MS));
    // Somebody set the server right again.
    world.clock.set(MORNING_MS);
    lu.phone.sync(&road).unwrap();
    assert_eq!(road.codes(), ["clock_out_of_window", "ok"]);
}

#[test]
fn a_server_that_lies_about_the_time_is_heard_once() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    lu.sync();
    lu.seizure();
    for lie in [1, i64::MIN, i64::MAX, MORNING_MS] {
        let road = Noting::new(Liar(RefCell::new(lie)));
        assert_eq!(lu.phone.sync(&road).unwrap_err().code(), "clock_out_of_window");
        assert_eq!(road.codes().len(), 2);
    }
    // Nothing stays of it.
    let road = Noting::new(lu.transport());
    lu.phone.sync(&road).unwrap();
    assert!(road.codes().iter().all(|code| code == "ok"));
    assert_eq!(lu.phone.skew_ms().unwrap(), Some(0));
}

#[test]
fn a_proxy_that_repeats_requests_stops_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    let road = Twice(lu.transport());
    lu.line(record, "注塑机");
    // Every answer is thrown away: the work is there, only the phone has not heard of it.
    assert_eq!(lu.phone.sync(&road).unwrap_err().code(), "token_used");
    let log = world.server().store().read::<_, StoreError>(|reading| reading.log_after(0, 10));
    assert_eq!(log.unwrap().len(), 2);
    lu.sync();
    let standing = lu.phone.standing(record).unwrap();
    assert_eq!(standing.standing.label().zh, "回执已核验");
}

#[test]
fn a_captured_request_is_worth_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let mut request = lu.request();
    request.changes = vec![Author::of(&lu, 8).seizure()];
    request.cursors = vec![from_start("directory")];
    let (sealed, token) = lu.sealed(&request);
    lu.transport().post(COURT, Errand::Sync, &sealed, &token).unwrap();
    // News that the captured request, asked again, would show.
    let record = wen.seizure();
    wen.line(record, "后来的一项");
    wen.sync();
    let everything = |server: &Server| {
        server
            .store()
            .read::<_, StoreError>(|reading| {
                let mut channels = Vec::new();
                for name in reading.channels()? {
                    channels
                        .push((name.clone(), reading.channel_head(&name)?.unwrap_or_default().set));
                }
                Ok((reading.log_after(0, 1_000)?.len(), channels))
            })
            .unwrap()
    };
    let before = everything(world.server());
    for _ in 0..3 {
        let replay = lu.transport().post(COURT, Errand::Sync, &sealed, &token);
        assert_eq!(replay.unwrap_err().code(), "token_used");
    }
    assert_eq!(everything(world.server()), before);
    // A second process on the same database does not remember it: it answers, and nothing changes.
    let options =
        Options { clock: Arc::clone(&world.clock) as Arc<dyn Clock>, ..Options::default() };
    let second = Server::open(&world.data(), options).unwrap();
    let answer = Session::open(&second, &sealed, &token).unwrap().answer(&second).unwrap();
    assert_eq!(answer.outcomes, [lastmile_core::sync::response::Outcome::Known]);
    assert_eq!(everything(world.server()), before);
    // After the window nobody answers.
    world.clock.advance(WINDOW_MS + 1);
    let late = Session::open(&second, &sealed, &token);
    assert!(matches!(late, Err(SyncError::ClockOutOfWindow { .. })));
    let replay = lu.transport().post(COURT, Errand::Sync, &sealed, &token);
    assert_eq!(replay.unwrap_err().code(), "clock_out_of_window");
}
