//! A text that came: verified, compared with what was heard before, and carried out in the transaction that keeps
//! it. Every text is kept with what was said of it; whatever opened or changed nothing is shown to a person, because
//! it may be a call for help.

use lastmile_core::assistance::check::Actor;
use lastmile_core::assistance::life::Step;
use lastmile_core::assistance::message::{self, Arrival, Content, Heard, SmsError, arrival};
use lastmile_core::assistance::step::StepCode;
use lastmile_core::assistance::withdraw::Withdrawal;
use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::identity::Certificate;
use lastmile_core::records::Role;
use lastmile_core::sync::channel;

use super::request;
use crate::assistance::desk::{self, DeskError};
use crate::assistance::lives::life;
use crate::assistance::{DISPATCH, join, opening};
use crate::ingest::{Ingest, Ingested};
use crate::routing::RoutedBy;
use crate::server::Server;
use crate::store::{RequestRow, StoreError, TextSubject};

/// Longest text, characters: some six messages put together.
pub const MAX_TEXT: usize = 1_000;
/// Longest telephone number or name of a sender, characters.
pub const MAX_NUMBER: usize = 32;
/// Texts of one telephone in a day that are kept although they say nothing to a machine: by then its number has long
/// been seen.
pub const MAX_IN_VAIN: u64 = 100;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Texts looked at again at a time, when a certificate has come.
const AGAIN: usize = 20;
/// What is said to the desk when the certificate of a text was withdrawn.
const WITHDRAWN: &str = "短信所用证书已注销,请先核实求助人身份";

/// What was said of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It opened, updated or asked to take back a request.
    Taken,
    /// It was heard before.
    Again,
    /// It was overtaken by a later one.
    Older,
    /// It speaks of a request that is over: a person decides whether it is not.
    Over,
    /// Whoever signed it is none of the case's people.
    NotOfCrew,
    /// It names a record that is no request.
    NoRequest,
    /// The telephone has sent too much that is nothing; the text was not kept.
    TooMany,
    /// It is none of ours, or not verified.
    Refused(SmsError),
}

impl Verdict {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Taken => "sms_taken",
            Self::Again => "sms_again",
            Self::Older => "sms_older",
            Self::Over => "sms_request_over",
            Self::NotOfCrew => "sms_not_of_crew",
            Self::NoRequest => "sms_no_request",
            Self::TooMany => "sms_too_many",
            Self::Refused(error) => error.code(),
        }
    }
}

/// Whether a gateway may hand this in.
pub fn fits(from: &str, text: &str) -> bool {
    let printed = |text: &str| !text.chars().any(char::is_control);
    let within = |text: &str, most| (1..=most).contains(&text.chars().count());
    within(from, MAX_NUMBER) && printed(from) && !from.trim().is_empty() && within(text, MAX_TEXT)
}

/// Takes a text; gives the code of what was said of it. To be called with what [`fits`].
pub fn take(server: &Server, from: &str, text: &str) -> Result<String, DeskError> {
    let directory = server.directory()?;
    let heard = message::read(text, &directory);
    let from = from.trim();
    let mut said = String::new();
    server.ingest_as(&directory, |ingest| {
        let hash = hash_of(from, text);
        let mut news = Ingested::default();
        if let Some(known) = ingest.writing.text_of(&hash)? {
            ingest.writing.text_came_again(&hash, ingest.now_ms)?;
            said = if known.verdict == Verdict::Taken.code() {
                Verdict::Again.code().to_owned()
            } else {
                known.verdict
            };
            return Ok(news);
        }
        let text = Text { hash, from, body: text };
        text.judged(ingest, &heard, &mut news)?.code().clone_into(&mut said);
        Ok::<_, DeskError>(news)
    })?;
    Ok(said)
}

/// Looks once more at texts whose certificate was not known: it may have come since. Gives how many counted.
pub fn look_again(server: &Server) -> Result<usize, DeskError> {
    let unknown = SmsError::UnknownCertificate.code();
    let since_ms = server.now_ms().saturating_sub(DAY_MS);
    let waiting = server
        .store()
        .read::<_, StoreError>(|reading| reading.texts_with(unknown, since_ms, AGAIN))?;
    let mut counted = 0;
    if waiting.is_empty() {
        return Ok(counted);
    }
    let directory = server.directory()?;
    for row in waiting {
        let heard = message::read(&row.body, &directory);
        if heard == Err(SmsError::UnknownCertificate) {
            continue;
        }
        server.ingest_as(&directory, |ingest| {
            let mut news = Ingested::default();
            let hash = hash_of(&row.sender, &row.body);
            let text = Text { hash, from: &row.sender, body: &row.body };
            counted += usize::from(text.judged(ingest, &heard, &mut news)? == Verdict::Taken);
            Ok::<_, DeskError>(news)
        })?;
    }
    Ok(counted)
}

/// The same telephone and the same text are one, however often it comes and with whatever space around it.
fn hash_of(from: &str, text: &str) -> [u8; 32] {
    sha256(format!("{from}\n{}", text.trim()).as_bytes())
}

/// A text in its transaction.
struct Text<'a> {
    hash: [u8; 32],
    from: &'a str,
    body: &'a str,
}

impl Text<'_> {
    fn judged(
        &self,
        ingest: &Ingest<'_>,
        heard: &Result<Heard, SmsError>,
        news: &mut Ingested,
    ) -> Result<Verdict, DeskError> {
        let verdict = match heard {
            Err(error) => {
                let since_ms = ingest.now_ms.saturating_sub(DAY_MS);
                if ingest.writing.texts_in_vain(self.from, since_ms)? >= MAX_IN_VAIN {
                    return Ok(Verdict::TooMany);
                }
                let verdict = Verdict::Refused(error.clone());
                self.keep(ingest, &verdict, None)?;
                verdict
            }
            Ok(heard) => {
                let subject = subject(heard);
                let highest = ingest.writing.highest_text(&subject)?;
                let verdict = match arrival(highest, heard.message.number) {
                    Arrival::Again => Verdict::Again,
                    Arrival::Older => Verdict::Older,
                    Arrival::New => standing(ingest, heard)?,
                };
                // Kept first: what is signed next is answered to the telephones of texts that counted.
                self.keep(ingest, &verdict, Some(&subject))?;
                if matches!(verdict, Verdict::Taken | Verdict::Over) {
                    self.carry_out(ingest, heard, news)?;
                }
                verdict
            }
        };
        // Consoles look again: it may be a call for help that no machine understands.
        news.channels.insert(DISPATCH.to_owned());
        Ok(verdict)
    }

    fn keep(
        &self,
        ingest: &Ingest<'_>,
        verdict: &Verdict,
        subject: Option<&TextSubject>,
    ) -> Result<(), StoreError> {
        let sent = (self.from, self.body);
        ingest.writing.put_text(&self.hash, sent, verdict.code(), subject, ingest.now_ms)
    }

    fn carry_out(
        &self,
        ingest: &Ingest<'_>,
        heard: &Heard,
        news: &mut Ingested,
    ) -> Result<(), DeskError> {
        let document = heard.message.document;
        let help = match &heard.message.content {
            Content::Help(help) => Some(help),
            _ => None,
        };
        let person = signer(ingest, heard).and_then(|signer| signer.person.as_deref());
        let told = request::told(&heard.message, help, self.body);
        let row = ingest.writing.request(document)?;
        match row {
            None => {
                let station = ingest.stations.route(told.position.as_deref()).0.to_owned();
                let received = Step {
                    station: Some(station),
                    note: heard.withdrawn.then(|| WITHDRAWN.to_owned()),
                    ..desk::by_rule(ingest, document, StepCode::Received)
                };
                let opened = opening::open(ingest, &received, told, person, Actor::Rule)?;
                opening::enter(ingest, opened, news)?;
            }
            Some(row) if help.is_some() => {
                let moved = moved(ingest, &row, told.position.as_deref())?;
                let reported = opening::report(ingest, document, told, person)?;
                opening::enter(ingest, reported, news)?;
                opening::enter(ingest, moved, news)?;
            }
            Some(_) => {}
        }
        if let Content::Withdraw { duress } = heard.message.content {
            let asked = Withdrawal { reason: String::new(), duress };
            opening::enter(ingest, desk::withdrawn(ingest, document, &asked)?, news)?;
        } else {
            opening::enter(ingest, join::by_rule(ingest, document)?, news)?;
        }
        Ok(())
    }
}

fn subject(heard: &Heard) -> TextSubject {
    let kind = if matches!(heard.message.content, Content::Help(_)) { "help" } else { "withdraw" };
    let (document, number) = (heard.message.document, heard.message.number);
    TextSubject { kind, document, certificate: heard.certificate, number }
}

fn signer<'a>(ingest: &Ingest<'a>, heard: &Heard) -> Option<&'a Certificate> {
    ingest.directory.get(&heard.certificate).map(|certificate| certificate.payload())
}

/// Whether a text that says something new may, given where its request stands.
fn standing(ingest: &Ingest<'_>, heard: &Heard) -> Result<Verdict, StoreError> {
    let reading = ingest.writing;
    let document = heard.message.document;
    let Some(certificate) = signer(ingest, heard) else {
        return Ok(Verdict::Refused(SmsError::UnknownCertificate));
    };
    if matches!(heard.message.content, Content::Answer(_)) {
        return Ok(Verdict::Refused(SmsError::NotEntitled));
    }
    let Some(row) = reading.request(document)? else {
        let other = reading.record(document)?.is_some();
        return Ok(if other { Verdict::NoRequest } else { Verdict::Taken });
    };
    let person = certificate.person.as_deref().unwrap_or_default();
    if !row.case_no.is_empty() && !certificate.has_role(Role::Command) {
        let members = reading.members(&channel::of_case(&row.case_no))?;
        if !members.iter().any(|member| member == person) {
            return Ok(Verdict::NotOfCrew);
        }
    }
    let duress = matches!(heard.message.content, Content::Withdraw { duress: true });
    let over = life(reading, document)?.state.ended() && !duress;
    Ok(if over { Verdict::Over } else { Verdict::Taken })
}

/// The crew has moved into another station's area, or says only now where it is.
fn moved(
    ingest: &Ingest<'_>,
    row: &RequestRow,
    position: Option<&str>,
) -> Result<desk::Entries, DeskError> {
    let document: DocumentId = row.document;
    let (station, by) = ingest.stations.route(position);
    let better = match by {
        RoutedBy::Area => true,
        RoutedBy::Nearest => row.routed_by == RoutedBy::Command.code(),
        RoutedBy::Command => false,
    };
    if !better || row.station == station {
        return Ok(Vec::new());
    }
    let (station, routed_by) = (station.to_owned(), by.code().to_owned());
    ingest.writing.put_request(&RequestRow {
        station: station.clone(),
        routed_by,
        ..row.clone()
    })?;
    Ok(desk::routed(ingest, document, &station)?)
}
