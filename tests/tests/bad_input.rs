//! One sweep of bad input over real HTTP, and one question after each: is everything on the server as it was? The server's own tests look at
//! each code; here the state is compared whole: every channel's sequence and set hash, every record's digest.

use std::collections::BTreeMap;
use std::error::Error;

use lastmile_core::id::{Digest, DocumentId, EnvelopeId, sha256};
use lastmile_core::identity::{Canonical, Signed};
use lastmile_core::log::receipt::WAITING;
use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::phone::{Limit, Phone};
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::sync::channel::SetHash;
use lastmile_core::sync::frame;
use lastmile_core::sync::request::SyncRequest;
use lastmile_core::sync::response::{Outcome, SyncResponse};
use lastmile_core::sync::token::{Errand, RequestToken, to_header};
use lastmile_core::time::{Entropy, SystemEntropy};
use lastmile_server::store::{State, StoreError};
use lastmile_server::upkeep;
use lastmile_tests::acts::{CASE, OTHER_CASE, add_line, at_server, begin, road};
use lastmile_tests::court_stage::{COURT, CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// Everything that others could see: channels with sequence and hash, records with digest.
type Everything = (Vec<(String, u64, SetHash)>, BTreeMap<DocumentId, Digest>);

struct Court {
    _dir: TempDir,
    stage: CourtStage,
    lu: (Registered, Phone),
    wen: (Registered, Phone),
}

impl Court {
    /// A case of `luqihang`, another of `wenruotang`, and a record in the first.
    fn new() -> Tested<(Self, DocumentId)> {
        let dir = TempDir::new()?;
        let stage = CourtStage::new(dir.path())?;
        stage.case(CASE, 1, &["luqihang"])?;
        stage.case(OTHER_CASE, 1, &["wenruotang"])?;
        let registered = [stage.register("luqihang", 1)?, stage.register("wenruotang", 2)?];
        let [lu, wen] = registered.map(|one| stage.open(&one, 0).map(|phone| (one, phone)));
        let court = Self { _dir: dir, stage, lu: lu?, wen: wen? };
        let url = court.url()?;
        court.lu.1.sync(&road(&url))?;
        court.wen.1.sync(&road(&url))?;
        let record = begin(&court.lu.1, CASE)?;
        add_line(&court.lu.1, record, "注塑机")?;
        court.lu.1.sync(&road(&url))?;
        Ok((court, record))
    }

    fn url(&self) -> Tested<String> {
        Ok(self.stage.server()?.url())
    }

    fn everything(&self) -> Tested<Everything> {
        let server = self.stage.server()?.server();
        let channels = server.store().read::<_, StoreError>(|reading| {
            let mut heads = Vec::new();
            // What waits is kept, in a feed of its own that nobody reads.
            for name in reading.channels()?.into_iter().filter(|name| name != WAITING) {
                let head = reading.channel_head(&name)?.unwrap_or_default();
                heads.push((name, head.seq, head.set));
            }
            Ok(heads)
        })?;
        Ok((channels, at_server(server)?))
    }

    /// Posts `request` as `who`.
    fn ask(
        &self,
        who: &(Registered, Phone),
        request: &SyncRequest,
    ) -> Tested<Result<SyncResponse, String>> {
        let sealed = frame::seal(&request.encode())?;
        let token = token(&who.0, request, &sealed)?;
        self.post(&sealed, &token)
    }

    fn post(&self, sealed: &[u8], token: &str) -> Tested<Result<SyncResponse, String>> {
        match road(&self.url()?).post(COURT, Errand::Sync, sealed, token) {
            Ok(answer) => Ok(Ok(SyncResponse::decode(&frame::open(&answer)?, COURT)?)),
            Err(TransportError::Problem { code, .. }) => Ok(Err(code)),
            Err(other) => Err(other.into()),
        }
    }
}

/// A token of `who` for `request`, whose bytes are `sealed`.
fn token(who: &Registered, request: &SyncRequest, sealed: &[u8]) -> Tested<String> {
    let token = RequestToken {
        court: request.court.clone(),
        certificate: request.certificate,
        purpose: Errand::Sync.code().to_owned(),
        at_ms: MORNING_MS,
        nonce: SystemEntropy.bytes16(),
        body: sha256(sealed),
    };
    Ok(to_header(&Signed::seal(&token, who.signer.as_ref())?))
}

/// What `phone` would send now.
fn request(phone: &Phone) -> Tested<SyncRequest> {
    while phone.sign_pending(64)? > 0 {}
    Ok(phone.plan(Limit { up: 1 << 20, down: 1 << 20, probe: false, wait_s: 0 })?.request)
}

/// A change of `phone` that the server has not seen.
fn fresh(phone: &Phone, record: DocumentId) -> Tested<SignedChange> {
    add_line(phone, record, "新加一项")?;
    request(phone)?.changes.pop().ok_or_else(|| "nothing pending".into())
}

/// `change` with another body, signed by `who`.
fn signed_anew(
    who: &Registered,
    mut change: SignedChange,
    edit: impl FnOnce(&mut SignedChange),
) -> Tested<SignedChange> {
    edit(&mut change);
    change.signature = *who.signer.sign(&change.body.encode())?.as_bytes();
    Ok(change)
}

#[test]
fn refused_requests_change_nothing() -> Tested {
    let (court, record) = Court::new()?;
    let lu = &court.lu;
    add_line(&lu.1, record, "未到法院的一项")?;
    let good = request(&lu.1)?;
    assert_eq!(good.changes.len(), 1);
    let before = court.everything()?;
    let with = |edit: &dyn Fn(&mut SyncRequest)| {
        let mut changed = good.clone();
        edit(&mut changed);
        changed
    };
    let other_court = with(&|request| request.court = "粤0606".into());
    let server = court.stage.server()?.server().issuer().certificate;
    let not_a_person = with(&|request| request.certificate = server);
    let unknown = with(&|request| request.certificate.0[0] ^= 1);
    for (request, code) in [
        (&other_court, "wrong_court"),
        (&not_a_person, "not_a_person"),
        (&unknown, "unknown_certificate"),
    ] {
        assert_eq!(court.ask(lu, request)?.err().as_deref(), Some(code));
        assert_eq!(court.everything()?, before, "{code}");
    }
    // Broken on the way: every cut, and every changed byte of the signature's reach.
    let sealed = frame::seal(&good.encode())?;
    let token = token(&lu.0, &good, &sealed)?;
    for cut in (0..sealed.len()).step_by(97) {
        let code = court.post(&sealed[..cut], &token)?.err();
        assert!(
            matches!(code.as_deref(), Some("message_damaged" | "bad_request_token")),
            "{cut}: {code:?}"
        );
    }
    for at in (0..sealed.len()).step_by(61) {
        let mut flipped = sealed.clone();
        flipped[at] ^= 0x10;
        let code = court.post(&flipped, &token)?.err().ok_or("a forged request was answered")?;
        let stable = [
            "message_damaged",
            "bad_request_token",
            "malformed_request",
            "wrong_protocol",
            "wrong_court",
            "unknown_certificate",
            "message_too_large",
        ];
        assert!(stable.contains(&code.as_str()), "{at}: {code}");
    }
    assert_eq!(court.everything()?, before);
    let log = court
        .stage
        .server()?
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.log_after(0, 99))?;
    assert_eq!(log.len(), 2);
    // The honest one still passes.
    let answer = court.ask(lu, &good)?.map_err(|code| format!("refused: {code}"))?;
    assert_eq!(answer.outcomes, [Outcome::Accepted]);
    Ok(())
}

#[test]
fn refused_changes_change_no_record_and_no_channel() -> Tested {
    let (court, record) = Court::new()?;
    let (lu, wen) = (&court.lu, &court.wen);
    let honest = fresh(&lu.1, record)?;
    let before = court.everything()?;
    let second = fresh(&lu.1, record)?;
    let free = |number: u64| move |change: &mut SignedChange| change.body.sequence = number;
    let mut forged = honest.clone();
    forged.signature[7] ^= 1;
    let mut damaged = honest.clone();
    damaged.change.truncate(damaged.change.len() / 2);
    let other_bytes =
        signed_anew(&lu.0, honest.clone(), |change| change.change.clone_from(&second.change))?;
    let elsewhere = signed_anew(&lu.0, honest.clone(), |change| {
        change.body.document = DocumentId([9; 16]);
        free(801)(change);
    })?;
    let bad_verb = signed_anew(&lu.0, honest.clone(), |change| {
        change.body.verb = "finalise".into();
        free(802)(change);
    })?;
    let not_mine = signed_anew(&wen.0, honest.clone(), |change| {
        change.body.certificate =
            wen.1.signed_in().map(|acting| acting.certificate).unwrap_or_default();
        free(803)(change);
    })?;
    for (name, change) in [
        ("forged", forged),
        ("damaged", damaged),
        ("other bytes", other_bytes),
        ("another document", elsewhere),
        ("another verb", bad_verb),
        ("another's actor", not_mine),
    ] {
        let asked = SyncRequest { changes: vec![change], ..request(&lu.1)? };
        match court.ask(lu, &asked)? {
            Ok(answer) => match answer.outcomes.as_slice() {
                [Outcome::Rejected(code) | Outcome::Held(code)] => println!("{name}: {code}"),
                other => panic!("{name}: {other:?}"),
            },
            Err(code) => println!("{name}: problem {code}"),
        }
        assert_eq!(court.everything()?, before, "{name}");
    }
    // A newer app's verb is held, not refused, and shown to nobody yet.
    let newer = signed_anew(&lu.0, honest.clone(), |change| {
        change.body.schema += 1;
        change.body.verb = "teleport".into();
        free(804)(change);
    })?;
    let answer = court.ask(lu, &SyncRequest { changes: vec![newer], ..request(&lu.1)? })?;
    assert!(
        matches!(answer.map(|answer| answer.outcomes), Ok(outcomes) if matches!(outcomes[..], [Outcome::Held(_)]))
    );
    assert_eq!(court.everything()?, before);
    assert_eq!(upkeep::verify(court.stage.server()?.server())?.findings, Vec::new());
    // What is honest is not concerned, once and twice.
    let asked = request(&lu.1)?;
    let first = court.ask(lu, &asked)?.map_err(|code| format!("refused: {code}"))?;
    assert_eq!(first.outcomes, [Outcome::Accepted, Outcome::Accepted]);
    let after = court.everything()?;
    let again = court.ask(lu, &asked)?.map_err(|code| format!("refused: {code}"))?;
    assert_eq!(again.outcomes, [Outcome::Known, Outcome::Known]);
    assert_eq!(court.everything()?, after);
    Ok(())
}

#[test]
fn what_a_stranger_writes_into_a_case_waits_for_a_person() -> Tested {
    let (court, record) = Court::new()?;
    let before = court.everything()?;
    let ids = |changes: &[SignedChange]| {
        changes.iter().map(|change| change.body.id()).collect::<Vec<EnvelopeId>>()
    };
    // Into somebody else's case, and into one that the court does not know.
    let mut changes = Vec::new();
    for case in [CASE, "(2026)粤0605执9999号"] {
        let own = begin(&court.wen.1, case)?;
        add_line(&court.wen.1, own, "他案")?;
        changes = request(&court.wen.1)?.changes;
    }
    assert_eq!(changes.len(), 4);
    let report = court.wen.1.sync(&road(&court.url()?))?;
    assert_eq!((report.applied.accepted, report.applied.quarantined), (0, 4), "{report:?}");
    assert_eq!(court.everything()?, before);
    assert!(court.everything()?.1.contains_key(&record));
    let server = court.stage.server()?.server();
    let waiting = server
        .store()
        .read::<_, StoreError>(|reading| reading.waiting_page(State::Quarantined, 0, 10))?;
    let mut kept: Vec<EnvelopeId> = waiting.iter().map(|row| row.envelope).collect();
    let mut sent = ids(&changes);
    kept.sort_unstable();
    sent.sort_unstable();
    assert_eq!(kept, sent);
    Ok(())
}
