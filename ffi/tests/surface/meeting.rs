//! Phone to phone: over TCP, over the app's own stream, and with nobody there.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

use lastmile_ffi::{ByteStream, CallbackError, LastmileError, MeetingReport, PeerListener, Phone};

use crate::court::Court;
use crate::officer::{CASE, Officer, add_line, seizure, wait};

#[test]
fn two_phones_meet_on_a_hotspot() {
    let mut court = Court::new();
    let (lu, wen) = (court.enrol("luqihang"), court.enrol("wenruotang"));
    court.stop();
    let record = lu.create_record(seizure()).unwrap().record;
    add_line(&lu, &record, "空压机").unwrap();
    let listener = PeerListener::open().unwrap();
    let address = format!("127.0.0.1:{}", listener.port());
    let (came, went) = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| wait(wen.clone().meet_whoever_comes(listener.clone(), 30)));
        let went = wait(lu.clone().meet_at(address));
        (waiting.join().unwrap().unwrap(), went.unwrap())
    });
    assert_eq!((went.person.as_str(), went.given), ("wenruotang", 2));
    assert_eq!((came.person.as_str(), came.received), ("luqihang", 2));
    assert_eq!(came.cases, [CASE]);
    assert_eq!(wen.record(record.clone()).unwrap().state, lu.record(record).unwrap().state);
}

#[test]
fn a_draft_is_gone_on_with_on_the_crews_second_phone() {
    let mut court = Court::new();
    let (lu, wen) = (court.enrol("luqihang"), court.enrol("wenruotang"));
    lu.save_draft("line 1".into(), seizure()).unwrap();
    assert!(lu.drafts(None).unwrap()[0].copies.is_empty());
    let (went, came) = meet(&lu, &wen);
    assert_eq!(went.name, "wenruotang先生");
    assert_eq!((went.drafts_there, went.drafts_here), (Some(1), Some(0)));
    assert_eq!((came.drafts_there, came.drafts_here), (Some(0), Some(1)));
    let copy = lu.drafts(None).unwrap().remove(0).copies.remove(0);
    assert_eq!((copy.person.as_str(), copy.current), ("wenruotang", true));

    let theirs = wen.colleagues_drafts(Some(CASE.into())).unwrap().remove(0);
    assert_eq!((theirs.person.as_str(), theirs.form), ("luqihang", Some(seizure())));
    let origin = theirs.origin.clone();
    let refused = wen.take_over_draft("here".into(), "line 1".into()).unwrap_err();
    assert!(matches!(refused, LastmileError::Input { .. }), "{refused}");
    wen.take_over_draft(origin, "line 1".into()).unwrap();
    assert_eq!(wen.drafts(None).unwrap()[0].form, Some(seizure()));
    wen.create_from_draft("line 1".into(), seizure()).unwrap();
    assert!(wen.drafts(None).unwrap().is_empty());
    let shown = wen.colleagues_drafts(None).unwrap().remove(0);
    assert!(shown.taken_over && !shown.taken_before && shown.since > 0);
    meet(&lu, &wen);
    assert!(lu.drafts(None).unwrap()[0].copies[0].taken_over, "the first phone is told");
    court.stop();
}

/// A meeting of two phones over a socket pair, `one` having made the connection.
fn meet(one: &Arc<Phone>, other: &Arc<Phone>) -> (MeetingReport, MeetingReport) {
    let (here, there) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| wait(other.clone().meet_over(Pipe::of(there), false)));
        let went = wait(one.clone().meet_over(Pipe::of(here), true));
        (went.unwrap(), answer.join().unwrap().unwrap())
    })
}

/// The app's own stream: here a socket pair.
struct Pipe(Mutex<UnixStream>, Mutex<UnixStream>);

impl Pipe {
    fn of(stream: UnixStream) -> Arc<Self> {
        Arc::new(Self(Mutex::new(stream.try_clone().unwrap()), Mutex::new(stream)))
    }
}

impl ByteStream for Pipe {
    fn read(&self, most: u32) -> Result<Vec<u8>, CallbackError> {
        let mut bytes = vec![0; most as usize];
        let came = self.0.lock().unwrap().read(&mut bytes).map_err(|_| CallbackError::Failed)?;
        bytes.truncate(came);
        Ok(bytes)
    }

    fn write(&self, bytes: Vec<u8>) -> Result<(), CallbackError> {
        self.1.lock().unwrap().write_all(&bytes).map_err(|_| CallbackError::Failed)
    }
}

#[test]
fn two_phones_meet_over_the_apps_own_stream() {
    let mut court = Court::new();
    let (lu, wen) = (court.enrol("luqihang"), court.enrol("wenruotang"));
    let record = lu.create_record(seizure()).unwrap().record;
    let (here, there) = UnixStream::pair().unwrap();
    let received = std::thread::scope(|scope| {
        let answer = scope.spawn(|| wait(wen.clone().meet_over(Pipe::of(there), false)));
        wait(lu.clone().meet_over(Pipe::of(here), true)).unwrap();
        answer.join().unwrap().unwrap().received
    });
    assert_eq!(received, 1);
    assert!(wen.record(record).is_ok());
}

fn peer_stream(phone: &Arc<Phone>, address: &str) -> LastmileError {
    wait(phone.clone().meet_at(address.to_owned())).unwrap_err()
}

#[test]
fn nobody_there_is_told_and_waiting_ends_when_the_caller_gives_up() {
    let officer = Officer::new();
    let phone = officer.phone();
    assert_eq!(peer_stream(&phone, "127.0.0.1:1").code(), "peer_stream");
    assert_eq!(peer_stream(&phone, "not an address").code(), "input");
    assert_eq!(peer_stream(&phone, "8.8.8.8:53").code(), "input", "no hotspot is there");
    let listener = PeerListener::open().unwrap();
    let nobody = wait(phone.clone().meet_whoever_comes(listener.clone(), 0));
    assert_eq!(nobody.unwrap_err().code(), "peer_stream");

    // Cancelled as a coroutine is: the future is dropped while it waits.
    let port = listener.port();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let given_up = runtime.block_on(async {
        let call = phone.clone().meet_whoever_comes(listener.clone(), 3_600);
        tokio::time::timeout(std::time::Duration::from_millis(50), call).await.is_err()
    });
    assert!(given_up);
    drop(phone);
    // The thread that waited lets go of listener and phone: the store can be opened by nobody else before.
    let held = Arc::downgrade(&listener);
    drop(listener);
    while held.strong_count() > 0 {
        std::thread::yield_now();
    }
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}
