//! One change of a person at the console: written on the record as it stands, signed, and let in by the same gate as
//! a phone's, all in one transaction. What the gate does not accept leaves nothing behind, neither the change nor a
//! certificate made for it.

use lastmile_core::document::{Document, Intent, Refusal, Written, write};
use lastmile_core::envelope::{Body, CheckpointRef, Draft};
use lastmile_core::id::{ActorId, DocumentId};
use lastmile_core::records::Role;
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::sync::channel;
use lastmile_core::sync::response::Outcome;
use lastmile_core::time::Moment;
use ulid::Ulid;

use super::ActError;
use super::hand::{Hand, Purpose};
use crate::accounts::session::SessionRow;
use crate::accounts::sign_in::Who;
use crate::certify;
use crate::ingest::{Ingest, Ingested, verify_all};
use crate::roles;
use crate::server::Server;
use crate::store::Reading;

/// Who acts, and by which session.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who, as of this request.
    pub who: Who,
    /// Hash of the session's secret.
    pub session: [u8; 32],
}

/// Changes a record. `wish` says what is wanted of the record as it stands, with a ULID for what is new.
pub fn act(
    server: &Server,
    actor: &Actor,
    record: DocumentId,
    purpose: Purpose,
    wish: impl FnOnce(&Reading<'_>, &Document, String) -> Result<Intent, ActError>,
) -> Result<(), ActError> {
    let moment = server.moment();
    let mut hands = server.hands().held();
    let directory = server.directory()?;
    let kept = match purpose {
        Purpose::Record => hands.take(&actor.session, &directory, &actor.who, moment.device_ms),
        Purpose::Finalise => None,
    };
    let (mut hand, new) = if let Some(hand) = kept {
        (hand, None)
    } else {
        let session = server.store().read(|reading| session_of(reading, actor, &moment))?;
        let (hand, new) = Hand::new(server, &directory, &actor.who, &session, purpose)?;
        (hand, Some(new))
    };
    let with_new = new.as_ref().map_or(&*directory, |new| &new.directory);
    let mut signed = None;
    let done = server.ingest_as(with_new, |ingest| {
        session_of(ingest.writing, actor, &moment)?;
        let mut told = match &new {
            Some(new) => certify::announce(ingest, &new.rows)?,
            None => Ingested::default(),
        };
        let document = ingest.document(record)?.ok_or(ActError::UnknownRecord)?;
        member(ingest.writing, actor, &document)?;
        let item = new_item(server, &moment);
        let intent = wish(ingest.writing, &document, item)?;
        let by = ActorId::derive(hand.certificate, hand.epoch, 0);
        let seconds = moment.device_ms.div_euclid(1_000);
        let written = write(ingest.kinds, Some(&document), by, seconds, &intent)?;
        ingest.hot.put(document);
        let change = sign(server, ingest.writing, &hand, &moment, written)?;
        signed = Some(change.body.id());
        take(ingest, server.court(), change, &mut told)?;
        Ok::<_, ActError>(told)
    });
    let kept = match (&done, signed) {
        (Ok(_), Some(id)) => {
            hand.sequence += 1;
            hand.previous.insert(record, id);
            true
        }
        // A certificate that was not announced after all is nobody's, and the key of a session that has ended serves
        // nobody any more.
        _ => new.is_none() && !matches!(done, Err(ActError::Ended)),
    };
    if kept && purpose == Purpose::Record {
        hands.keep(actor.session, hand);
    }
    done.map(|_| ())
}

/// The session, if it has not ended and the person's roles are still those of this request: another process may
/// have taken either away since it was let in.
fn session_of(
    reading: &Reading<'_>,
    actor: &Actor,
    moment: &Moment,
) -> Result<SessionRow, ActError> {
    let person = &actor.who.person;
    let session = reading
        .session(&actor.session)?
        .filter(|row| row.person == *person && row.ends_ms() > moment.device_ms)
        .ok_or(ActError::Ended)?;
    let mut now = roles::current(reading, person)?.unwrap_or_default();
    // A code of a later version gives no rights here, and takes none away.
    now.retain(|code| Role::from_code(code).is_some());
    let known: Vec<String> = roles::codes(&actor.who.roles);
    if now == known { Ok(session) } else { Err(ActError::Ended) }
}

/// Whoever does not belong to the case would only fill its quarantine.
fn member(reading: &Reading<'_>, actor: &Actor, document: &Document) -> Result<(), ActError> {
    let name = channel::of_case(document.case());
    if reading.is_member(&name, &actor.who.person)? { Ok(()) } else { Err(ActError::NotAMember) }
}

fn new_item(server: &Server, moment: &Moment) -> String {
    let ms = u64::try_from(moment.device_ms).unwrap_or(0);
    Ulid::from_parts(ms, u128::from_be_bytes(server.entropy().bytes16())).to_string()
}

/// The change in its envelope: made at this server's clock, after the newest checkpoint of the court's own log.
fn sign(
    server: &Server,
    reading: &Reading<'_>,
    hand: &Hand,
    moment: &Moment,
    written: Written,
) -> Result<SignedChange, ActError> {
    let newest = reading.newest_checkpoint(server.sequencer().origin())?;
    let body = Body {
        court: server.court().to_owned(),
        document: written.document,
        change: written.hash,
        verb: written.verb.to_owned(),
        certificate: hand.certificate,
        epoch: hand.epoch,
        generation: 0,
        sequence: hand.sequence + 1,
        previous: hand.previous.get(&written.document).copied(),
        replaces: None,
        schema: written.schema,
        device_ms: moment.device_ms,
        monotonic_ms: moment.monotonic_ms,
        boot: moment.boot,
        checkpoint: newest.map(|row| CheckpointRef { size: row.size, root: row.root }),
        position: None,
    };
    let draft = Draft::new(body)?;
    let envelope = draft.sign(&hand.signer)?;
    let signature = *envelope.signature().as_bytes();
    Ok(SignedChange { body: draft.body().clone(), signature, change: written.bytes })
}

/// Through the gate.
fn take(
    ingest: &mut Ingest<'_>,
    court: &str,
    change: SignedChange,
    told: &mut Ingested,
) -> Result<(), ActError> {
    let carrier = change.body.certificate;
    let offered = verify_all(ingest.directory, court, vec![Ok(change)]);
    let taken = ingest.take(carrier, &offered)?;
    match taken.outcomes.first() {
        Some(Outcome::Accepted) => {}
        Some(Outcome::Rejected(code)) => {
            let known = Refusal::ALL.iter().find(|refusal| refusal.code() == code);
            return Err(match known {
                Some(Refusal::NoSuchConflict) => ActError::Gone,
                Some(refusal) => ActError::Refused(*refusal),
                None => ActError::NotTaken(code.clone()),
            });
        }
        Some(Outcome::Held(code) | Outcome::Quarantined(code)) => {
            return Err(ActError::NotTaken(code.clone()));
        }
        Some(Outcome::Known) | None => return Err(ActError::NotTaken("unjudged".to_owned())),
    }
    told.channels.extend(taken.channels);
    told.documents.extend(taken.documents);
    Ok(())
}
