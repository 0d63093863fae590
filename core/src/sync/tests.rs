//! The messages there and back, with honest changes, damage and random bytes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::batch::SignedChange;
use super::channel::SetHash;
use super::peer::{self, Have, Hello};
use super::request::{Cursor, HeldLog, Repair, SyncRequest};
use super::response::{ChannelNews, Entry, Outcome, SyncResponse};
use crate::document::tests::{candidate_of, kinds};
use crate::document::{Document, Fields, Intent, accept, write};
use crate::envelope::{Body, CheckpointRef};
use crate::id::{BootId, CertificateId, DocumentId, EnvelopeId, Epoch, ServerEpoch};
use crate::identity::test_keys::COURT;

/// A record with two edits, as its author's phone would send them.
fn changes() -> Vec<SignedChange> {
    let certificate = CertificateId([7; 32]);
    let epoch = Epoch([8; 16]);
    let kinds = kinds();
    let mut document: Option<Document> = None;
    let mut out: Vec<SignedChange> = Vec::new();
    for step in 0..3_u64 {
        let intent = if step == 0 {
            Intent::Create {
                kind: "test_list".into(),
                case: "(2026)粤0605执1101号".into(),
                handler: "lu".into(),
                nonce: vec![1; 16],
                head: Fields::new(),
                items: Vec::new(),
            }
        } else {
            let colour = format!("色{step}");
            Intent::Set {
                verb: "set".into(),
                fields: Fields::from([("colour".into(), colour.into())]),
            }
        };
        let actor = crate::id::ActorId::derive(certificate, epoch, 0);
        let written = write(&kinds, document.as_ref(), actor, 5, &intent).unwrap();
        let body = Body {
            court: COURT.to_owned(),
            document: written.document,
            change: written.hash,
            verb: written.verb.to_owned(),
            certificate,
            epoch,
            generation: 0,
            sequence: 10 + step,
            previous: out.last().map(|last| last.body.id()),
            replaces: (step == 2).then_some(EnvelopeId([3; 32])),
            schema: 1,
            device_ms: 1_773_700_000_000 + i64::try_from(step).unwrap() * 61_000,
            monotonic_ms: 90_000 - step,
            boot: BootId([4; 8]),
            checkpoint: (step == 1).then_some(CheckpointRef { size: 9, root: [6; 32] }),
            position: (step == 2).then(|| "geo:22.8335,112.985;crs=wgs84;u=12".to_owned()),
        };
        let candidate = candidate_of("lu", actor, &written);
        document = accept(&kinds, document, &[candidate]).document;
        out.push(SignedChange {
            body,
            signature: [u8::try_from(step).unwrap(); 64],
            change: written.bytes,
        });
    }
    out
}

fn request(changes: Vec<SignedChange>) -> SyncRequest {
    SyncRequest {
        court: COURT.to_owned(),
        certificate: CertificateId([7; 32]),
        epoch: Epoch([8; 16]),
        server_epoch: Some(ServerEpoch([9; 16])),
        max_bytes: 4_000_000,
        wait_s: 25,
        probe: false,
        cursors: vec![Cursor { channel: "directory".into(), seq: 12, set: SetHash([1; 32]) }],
        repairs: vec![Repair {
            channel: "case:x".into(),
            seed: [2; 8],
            fingerprints: vec![[3; 8], [4; 8]],
        }],
        certificates: vec![vec![1, 2, 3]],
        changes,
        log: Some(HeldLog {
            origin: "lastmile/粤0605/00".into(),
            checkpoint: CheckpointRef { size: 9, root: [5; 32] },
        }),
        evidence: vec![vec![7, 8]],
    }
}

fn response(changes: Vec<SignedChange>) -> SyncResponse {
    SyncResponse {
        server_epoch: ServerEpoch([9; 16]),
        server_ms: 1_773_700_000_000,
        outcomes: vec![
            Outcome::Accepted,
            Outcome::Accepted,
            Outcome::Known,
            Outcome::Held("missing_dependency".into()),
            Outcome::Quarantined("not_a_member".into()),
            Outcome::Rejected("twin".into()),
            Outcome::Rejected("fact_stands".into()),
        ],
        have: vec![(1, 5), (7, 9)],
        news: vec![ChannelNews {
            channel: "case:x".into(),
            after: 3,
            entries: vec![
                Entry::Own(0),
                Entry::Own(1),
                Entry::Own(4),
                Entry::Change,
                Entry::Change,
                Entry::Certificate(vec![1]),
                Entry::Transition(vec![2]),
                Entry::Pack(vec![3]),
                Entry::Change,
                Entry::Have([5; 8]),
            ],
            set: SetHash([6; 32]),
            more: true,
            differs: false,
            repaired: true,
        }],
        changes,
        receipt: Some(vec![1, 2]),
    }
}

#[test]
fn a_request_says_the_same_after_the_journey() {
    let sent = request(changes());
    let received = SyncRequest::decode(&sent.encode()).unwrap();
    let rows: Vec<SignedChange> = received.changes.into_iter().map(Result::unwrap).collect();
    assert_eq!(SyncRequest { changes: rows, ..received.request }, sent);
}

#[test]
fn an_edit_without_its_creating_change_names_document_and_previous() {
    let all = changes();
    let sent = request(vec![all[2].clone(), all[1].clone()]);
    let received = SyncRequest::decode(&sent.encode()).unwrap();
    let rows: Vec<SignedChange> = received.changes.into_iter().map(Result::unwrap).collect();
    assert_eq!(rows, sent.changes);
}

#[test]
fn damage_to_one_change_is_that_rows_and_its_followers() {
    let mut all = changes();
    let length = all[0].change.len();
    all[0].change[length - 1] ^= 1;
    let received = SyncRequest::decode(&request(all.clone()).encode()).unwrap();
    assert!(received.changes[0].is_err());
    all = changes();
    all[2].change.truncate(20);
    let received = SyncRequest::decode(&request(all).encode()).unwrap();
    assert!(
        received.changes[0].is_ok() && received.changes[1].is_ok() && received.changes[2].is_err()
    );
}

#[test]
fn an_answer_says_the_same_after_the_journey() {
    let sent = response(changes());
    assert_eq!(SyncResponse::decode(&sent.encode(), COURT).unwrap(), sent);
}

#[test]
fn runs_make_the_usual_answer_small() {
    let mut sent = response(Vec::new());
    sent.outcomes = vec![Outcome::Accepted; 160];
    sent.have.clear();
    sent.news[0].entries = (0..160).map(Entry::Own).collect();
    assert!(sent.encode().len() < 130, "{} bytes", sent.encode().len());
}

#[test]
fn announced_lengths_are_not_believed() {
    // A run of four billion accepted outcomes, and one of own entries.
    let mut out = crate::identity::canonical::Writer::default();
    out.array(8);
    out.uint(2);
    out.bytes(&[0; 16]);
    out.int(0);
    out.array(1);
    out.array(3);
    out.uint(4_000_000_000);
    out.uint(0);
    out.text("");
    let refused = SyncResponse::decode(&out.into_bytes(), COURT).unwrap_err();
    assert_eq!(refused.code(), "field_out_of_bounds");
}

#[test]
fn peer_messages_go_there_and_back_and_the_stream_is_bounded() {
    let hello = Hello {
        court: COURT.to_owned(),
        certificate: CertificateId([1; 32]),
        certificates: vec![vec![1], vec![2]],
        nonce: [3; 16],
    };
    assert_eq!(Hello::decode(&hello.encode()).unwrap(), hello);
    let have = vec![Have { channel: "case:x".into(), fingerprints: vec![[1; 8]; 3] }];
    assert_eq!(peer::decode_have(&peer::encode_have(&have)).unwrap(), have);
    let (certificates, rows) =
        peer::decode_give(&peer::encode_give(&[vec![9]], &changes()), COURT).unwrap();
    assert_eq!((certificates, rows.len()), (vec![vec![9]], 3));
    let mut stream = Vec::new();
    peer::send(&mut stream, b"message").unwrap();
    assert_eq!(peer::receive(&mut stream.as_slice()).unwrap(), b"message");
    assert!(peer::receive(&mut &stream[..stream.len() - 1]).is_err());
    assert!(peer::receive(&mut [0xff_u8; 8].as_slice()).is_err());
}

#[test]
fn another_version_is_told_apart_from_damage() {
    let mut bytes = request(Vec::new()).encode();
    for version in [1, 3] {
        bytes[1] = version;
        let error = SyncRequest::decode(&bytes).unwrap_err();
        assert_eq!(error.code(), "unsupported_version");
    }
}

proptest! {
    #[test]
    fn random_and_mutated_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let _ = SyncRequest::decode(&bytes);
        let _ = SyncResponse::decode(&bytes, COURT);
        let _ = Hello::decode(&bytes);
        let _ = super::frame::open(&bytes);
        for honest in [request(changes()).encode(), response(changes()).encode()] {
            let mut mutated = honest;
            for (at, value) in &flips {
                let at = at.index(mutated.len());
                mutated[at] = *value;
            }
            let _ = SyncRequest::decode(&mutated);
            let _ = SyncResponse::decode(&mutated, COURT);
        }
    }

    #[test]
    fn references_survive_any_order(seed in any::<u64>()) {
        let mut all = changes();
        let swap = usize::try_from(seed % 3).unwrap();
        all.swap(0, swap);
        let received = SyncRequest::decode(&request(all.clone()).encode()).unwrap();
        let rows: Vec<SignedChange> = received.changes.into_iter().map(Result::unwrap).collect();
        prop_assert_eq!(rows, all);
    }
}

#[test]
fn documents_are_told_apart_in_one_batch() {
    let mut all = changes();
    let mut stranger = changes();
    for signed in &mut stranger {
        signed.body.document = DocumentId([5; 16]);
    }
    all.push(stranger[1].clone());
    let received = SyncRequest::decode(&request(all.clone()).encode()).unwrap();
    let rows: Vec<SignedChange> = received.changes.into_iter().map(Result::unwrap).collect();
    assert_eq!(rows, all);
}

/// Messages that every reader must refuse: name, message, bytes.
fn refused() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let asked = request(Vec::new()).encode();
    let mut short = response(Vec::new());
    short.outcomes = vec![Outcome::Accepted];
    short.news[0].entries = vec![Entry::Own(0)];
    let answered = short.encode();
    assert!(SyncRequest::decode(&asked).is_ok() && SyncResponse::decode(&answered, COURT).is_ok());
    let hello = Hello {
        court: COURT.to_owned(),
        certificate: CertificateId([1; 32]),
        certificates: Vec::new(),
        nonce: [3; 16],
    }
    .encode();
    let mut all = Vec::new();
    for (message, good) in [("request", &asked), ("response", &answered), ("peer_hello", &hello)] {
        let changed = |at: usize, byte: u8| {
            let mut out = good.clone();
            out[at] = byte;
            out
        };
        let mut endless = changed(0, 0x9f);
        endless.push(0xff);
        all.extend([
            (message, "nothing", Vec::new()),
            (message, "cut short by one byte", good[..good.len() - 1].to_vec()),
            (message, "one byte more", [good.as_slice(), &[0]].concat()),
            (message, "one element fewer announced", changed(0, good[0] - 1)),
            (message, "array of indefinite length", endless),
            (message, "version 9", changed(1, 9)),
        ]);
    }
    let with = |change: fn(&mut SyncRequest)| {
        let mut bent = request(Vec::new());
        change(&mut bent);
        bent.encode()
    };
    all.extend([
        ("request", "a court's code of 100 bytes", with(|request| request.court = "x".repeat(100))),
        (
            "request",
            "a channel's name of 1,000 bytes",
            with(|request| request.cursors[0].channel = "x".repeat(1_000)),
        ),
        (
            "request",
            "more evidence than is taken",
            with(|request| {
                request.evidence = vec![vec![7]; 100];
            }),
        ),
        (
            "request",
            "more certificates than are taken",
            with(|request| {
                request.certificates = vec![vec![7]; 300];
            }),
        ),
    ]);
    // An answer that claims endless outcomes in a few bytes.
    let mut run = crate::identity::canonical::Writer::default();
    run.array(8);
    run.uint(2);
    run.bytes(&[0; 16]);
    run.int(0);
    run.array(1);
    run.array(3);
    run.uint(4_000_000_000);
    run.uint(0);
    run.text("");
    all.push(("response", "four thousand million outcomes", run.into_bytes()));
    let have = peer::encode_have(&[Have { channel: "case:x".into(), fingerprints: Vec::new() }]);
    let give = peer::encode_give(&[vec![9]], &[]);
    for (message, good) in [("peer_have", &have), ("peer_give", &give)] {
        all.push((message, "cut short by one byte", good[..good.len() - 1].to_vec()));
        all.push((message, "one byte more", [good.as_slice(), &[0]].concat()));
    }
    all
}

/// The code under which a message is refused.
fn code_of(message: &str, name: &str, bytes: &[u8]) -> &'static str {
    let refused = match message {
        "request" => SyncRequest::decode(bytes).map(drop),
        "response" => SyncResponse::decode(bytes, COURT).map(drop),
        "peer_hello" => Hello::decode(bytes).map(drop),
        "peer_have" => peer::decode_have(bytes).map(drop),
        _ => peer::decode_give(bytes, COURT).map(drop),
    };
    refused.expect_err(name).code()
}

/// The recorded messages, byte for byte: what other implementations test themselves against.
#[test]
fn the_recorded_vectors_are_what_is_sent() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/protocol/vectors/sync.json");
    let hex = |bytes: Vec<u8>| data_encoding::HEXLOWER.encode(&bytes);
    let hello = Hello {
        court: COURT.to_owned(),
        certificate: CertificateId([1; 32]),
        certificates: vec![vec![1], vec![2]],
        nonce: [3; 16],
    };
    let have = vec![Have { channel: "case:x".into(), fingerprints: vec![[1; 8]; 3] }];
    let entry = crate::sync::channel::EntryHash::of_change(EnvelopeId([1; 32]));
    let refused: Vec<_> = refused()
        .into_iter()
        .map(|(message, name, bytes)| {
            let code = code_of(message, name, &bytes);
            serde_json::json!({ "message": message, "name": name, "code": code, "body": hex(bytes) })
        })
        .collect();
    let now = serde_json::json!({
        "refused": refused,
        "about": "Plain messages before the zstd frame, lower-case hex. Invented content.",
        "request": hex(request(changes()).encode()),
        "response": hex(response(changes()).encode()),
        "peer_hello": hex(hello.encode()),
        "peer_have": hex(peer::encode_have(&have)),
        "peer_give": hex(peer::encode_give(&[vec![9]], &changes())),
        "channel": {
            "envelope": hex(vec![1; 32]),
            "entry": hex(entry.0.to_vec()),
            "set_of_one": hex(SetHash::default().with(entry).0.to_vec()),
            "set_of_twice_the_same": hex(SetHash::default().with(entry).with(entry).0.to_vec()),
            "fingerprint_seed_00": hex(entry.fingerprint([0; 8]).to_vec()),
        },
    });
    let text = serde_json::to_string_pretty(&now).unwrap() + "\n";
    if std::env::var_os("LASTMILE_UPDATE_VECTORS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}
