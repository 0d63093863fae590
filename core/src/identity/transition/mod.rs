//! Transitions: what the court decides, as opposed to what people recorded. Who is in a channel, which
//! channel a record enters, which certificate is withdrawn, how a request stands. A server process
//! signs them and they travel in the feed, so that phones check each other without the server.
//!
//! A transition says what was decided; carrying it out is the business of whoever reads the feed.
//! Format: `docs/protocol/transition.cddl`.

mod approvals;
mod kind;
mod told;

pub use kind::TransitionKind;
pub use told::Told;

use crate::id::{CertificateId, sha256};

use super::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use super::certificate::CertificateKind;
use super::signed::SignedBody;

const CHANNEL_LEN: usize = 128;
const CODE_LEN: usize = 32;
const PERSON_LEN: usize = 64;
const CONTENT_LEN: usize = 4_096;

/// The unsigned body of a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The court's code.
    pub court: String,
    /// The channel it belongs to.
    pub channel: String,
    /// What was decided.
    pub kind: TransitionKind,
    /// The person who decided, attested by the server; `None` for what rules decide by themselves.
    pub on_behalf_of: Option<String>,
    /// When, by the server's clock, milliseconds since 1970.
    pub at_ms: i64,
    /// Random, so that the same decision taken twice is two transitions.
    pub nonce: [u8; 16],
    /// The transition on the same subject in this channel that this one follows, so that order can
    /// be checked without the feed's numbers and without clocks.
    pub follows: Option<[u8; 32]>,
    /// The server's certificate.
    pub certificate: CertificateId,
}

impl Transition {
    /// Its identity: SHA-256 of the unsigned body.
    pub fn id(&self) -> [u8; 32] {
        sha256(&self.encode())
    }
}

impl Canonical for Transition {
    const TAG: &'static str = "lastmile-transition";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 9;
    const MAX_LEN: usize = 5_120;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.text(&self.channel);
        out.text(self.kind.code());
        out.bytes(&self.kind.content());
        out.optional(self.on_behalf_of.as_deref(), Writer::text);
        out.int(self.at_ms);
        out.bytes(&self.nonce);
        out.optional(self.follows, |out, id| out.bytes(&id));
        out.bytes(&self.certificate.0);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            channel: input.text(CHANNEL_LEN, "channel")?.to_owned(),
            kind: {
                let kind = input.text(CODE_LEN, "kind")?;
                TransitionKind::from_content(kind, input.bytes(CONTENT_LEN, "content")?)?
            },
            on_behalf_of: input
                .optional(|input| input.text(PERSON_LEN, "on_behalf_of").map(str::to_owned))?,
            at_ms: input.int()?,
            nonce: input.fixed("nonce")?,
            follows: input.optional(|input| input.fixed("follows"))?,
            certificate: CertificateId(input.fixed("certificate")?),
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::printed(&self.channel, CHANNEL_LEN, "channel")?;
        bound::instant(self.at_ms, "at_ms")?;
        if let Some(person) = &self.on_behalf_of {
            bound::token(person, PERSON_LEN, "on_behalf_of")?;
        }
        self.kind.check()
    }
}

impl SignedBody for Transition {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        *kind == CertificateKind::Server
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::id::{BlobHash, DocumentId, EnvelopeId};
    use crate::identity::test_keys::{COURT, TestCourt, TestIdentity};
    use crate::identity::{Finding, Signed, TrustError};

    fn transition(server: &TestIdentity, kind: TransitionKind) -> Transition {
        Transition {
            court: COURT.to_owned(),
            channel: "case:(2026)粤0605执1101号".to_owned(),
            kind,
            on_behalf_of: Some("guanyongyi".to_owned()),
            at_ms: 1_773_710_000_000,
            nonce: [1; 16],
            follows: None,
            certificate: server.id,
        }
    }

    fn every_kind() -> Vec<TransitionKind> {
        let document = DocumentId([9; 16]);
        let station = || "station:440605-09".to_owned();
        vec![
            TransitionKind::Member { person: "wenruotang".to_owned(), enter: true },
            TransitionKind::Route { document, to_channel: station() },
            TransitionKind::Unroute { document, from_channel: station() },
            TransitionKind::Revoke {
                certificate: CertificateId([8; 32]),
                reason: "lost".to_owned(),
            },
            TransitionKind::Block {
                series: "S".to_owned(),
                certificate: CertificateId([8; 32]),
                first: 1,
                last: 50,
            },
            TransitionKind::Decide {
                document,
                decision: "on_the_way".to_owned(),
                due_ms: Some(1_773_710_540_000),
                note: Some("预计9分钟到场".to_owned()),
            },
            TransitionKind::Role {
                person: "guanyongyi".to_owned(),
                roles: vec!["admin".to_owned(), "command".to_owned()],
                approvals: vec![vec![1; 200], vec![2; 200]],
            },
            TransitionKind::Wipe { certificate: CertificateId([8; 32]), reason: "lost".to_owned() },
            TransitionKind::Judge {
                envelope: EnvelopeId([7; 32]),
                admit: true,
                reason: "撤销前已在现场完成,内容属实".to_owned(),
            },
            TransitionKind::Restore {
                origin: "lastmile/粤0605/00112233445566778899aabbccddeeff".to_owned(),
                size: 4_711,
                root: [6; 32],
                approvals: vec![vec![1; 200], vec![2; 200]],
            },
            TransitionKind::Stored { hash: BlobHash([5; 32]), bytes: 4_123_456 },
            TransitionKind::Lost { hash: BlobHash([5; 32]), reason: "missing".to_owned() },
            TransitionKind::Assist {
                document,
                step: "unit_sent".to_owned(),
                station: Some("440605-09".to_owned()),
                unit: Some("九江所2号车".to_owned()),
                when_ms: Some(1_773_710_540_000),
                other: Some(DocumentId([4; 16])),
                reason: Some("nearest".to_owned()),
                note: Some("预计9分钟到场".to_owned()),
            },
            TransitionKind::Report {
                document,
                told: Box::new(Told {
                    how: "voice".to_owned(),
                    called_ms: 1_773_709_620_000,
                    case: Some("(2026)粤0605执1101号".to_owned()),
                    place: Some("九江镇测试工业区1号门口".to_owned()),
                    situation: Some("surrounding".to_owned()),
                    people: Some(15),
                    weapons: Some(false),
                    needs: vec!["officers".to_owned()],
                    callback: Some("0757-00000000".to_owned()),
                    ..Told::default()
                }),
            },
            TransitionKind::Other { kind: "sealing_ceremony".to_owned(), content: vec![1, 2, 3] },
        ]
    }

    #[test]
    fn every_kind_survives_and_is_verified() {
        let court = TestCourt::nanhai();
        for kind in every_kind() {
            let body = transition(&court.server, kind);
            assert_eq!(Transition::decode(&body.encode()), Ok(body.clone()));
            let signed = Signed::seal(&body, court.server.signer.as_ref()).unwrap();
            let received = Signed::<Transition>::from_bytes(&signed.to_bytes()).unwrap();
            assert_eq!(court.directory.verify(received).unwrap().payload(), &body);
        }
    }

    #[test]
    fn only_a_server_decides_and_every_damage_is_noticed() {
        let court = TestCourt::nanhai();
        let officer = court.person("luqihang");
        let own = transition(officer, every_kind().remove(0));
        let signed = Signed::seal(&own, officer.signer.as_ref()).unwrap();
        assert_eq!(court.directory.verify(signed), Err(TrustError::WrongKind));

        let body = transition(&court.server, every_kind().remove(5));
        let signed = Signed::seal(&body, court.server.signer.as_ref()).unwrap();
        let (bytes, signature) = signed.raw_parts();
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.to_vec();
                damaged[index] ^= 1 << bit;
                let damaged = Signed::<Transition>::from_parts(&damaged, signature).unwrap();
                assert!(court.directory.verify(damaged).is_err(), "byte {index} bit {bit}");
            }
        }
        for length in 0..bytes.len() {
            assert!(Transition::decode(&bytes[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn content_of_a_known_kind_is_held_to_its_form() {
        let court = TestCourt::nanhai();
        let encode = |kind: &str, content: &[u8]| {
            let placeholder =
                TransitionKind::Other { kind: kind.to_owned(), content: content.to_vec() };
            Transition::decode(&transition(&court.server, placeholder).encode())
        };
        let block = |first, last| TransitionKind::Block {
            series: "S".to_owned(),
            certificate: CertificateId([8; 32]),
            first,
            last,
        };
        assert!(encode("block", &block(1, 50).content()).is_ok());
        assert!(encode("block", &block(51, 50).content()).is_err(), "first after last");
        assert_eq!(encode("member", &[0x80]), Err(CanonicalError::Malformed));
        // `true` after a person, and then one byte more.
        let member = TransitionKind::Member { person: "a".to_owned(), enter: true }.content();
        assert!(encode("member", &member).is_ok());
        let longer = [member.clone(), vec![0]].concat();
        assert_eq!(encode("member", &longer), Err(CanonicalError::TrailingBytes));
        // The head of the array in two bytes instead of one.
        let wasteful = [vec![0x98, 0x02], member[1..].to_vec()].concat();
        assert_eq!(encode("member", &wasteful), Err(CanonicalError::NotCanonical));
    }

    #[test]
    fn a_revocation_becomes_a_finding() {
        let mut court = TestCourt::nanhai();
        let lost = court.person("wenruotang").id;
        let reason = "lost".to_owned();
        let body = transition(&court.server, TransitionKind::Revoke { certificate: lost, reason });
        let signed = Signed::seal(&body, court.server.signer.as_ref()).unwrap();
        let verified = court.directory.verify(signed).unwrap();
        assert_eq!(court.directory.note(&verified), Ok(true));
        assert_eq!(court.directory.note(&verified), Ok(false), "nothing new");
        assert_eq!(
            court.directory.findings(&lost, body.at_ms),
            [Finding::Revoked { certificate: lost, at_ms: body.at_ms }]
        );
        let mut other = TestCourt::named("粤0606", &[]).directory;
        assert_eq!(other.note(&verified), Err(TrustError::WrongCourt));
    }

    proptest! {
        #[test]
        fn unknown_kinds_keep_every_byte(kind in "x[a-z_]{0,31}", content in prop::collection::vec(any::<u8>(), 0..200)) {
            let court = CertificateId([1; 32]);
            let body = Transition {
                court: COURT.to_owned(),
                channel: "directory".to_owned(),
                kind: TransitionKind::Other { kind, content },
                on_behalf_of: None,
                at_ms: 0,
                nonce: [0; 16],
                follows: Some([2; 32]),
                certificate: court,
            };
            prop_assert_eq!(Transition::decode(&body.encode()), Ok(body));
        }
    }
}
