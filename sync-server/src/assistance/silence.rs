//! Silence calls for help: promises that crews left before a dead zone, and what is raised when one is not kept. The
//! clock is the server's, a promise counts from when the server has it, and deadlines stand in the database, so that
//! a restart forgets none. Whether a promise is kept is [`lastmile_core::assistance::watch`]'s to say.

use lastmile_core::assistance::check::{self, Actor};
use lastmile_core::assistance::life::Step;
use lastmile_core::assistance::step::StepCode;
use lastmile_core::assistance::watch::{CheckIn, Promise, Standing, Word, standing};
use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::identity::transition::Told;
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::records::Role;
use lastmile_core::sync::watch::{WatchAnswer, WatchMessage, id_of};

use super::desk::{self, DeskError};
use super::lives::life;
use super::{DISPATCH, join, opening};
use crate::ingest::{Ingest, Ingested};
use crate::publish::stored;
use crate::server::Server;
use crate::store::{Reading, StoreError, WatchRow};
use crate::sync::{Asker, SyncError};

/// Open promises of one person at most.
pub const MAX_OPEN: u32 = 20;
/// Words of one promise that are kept: a day of check-ins every five minutes, twice.
const MAX_WORDS: usize = 600;
/// Bytes of the words that say what happened.
const MAX_TEXT: usize = 900;

/// A phone's word was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SilenceError {
    /// Who asks.
    #[error(transparent)]
    Asker(#[from] SyncError),
    /// The message cannot be read, or a field of it is outside its bounds.
    #[error("the message's {0} is not as it should be")]
    Message(&'static str),
    /// Whoever asks is not of a crew, or not of this one.
    #[error("only those of the crew may say so")]
    NotOfCrew,
    /// No such promise.
    #[error("there is no such promise")]
    Unknown,
    /// Nobody of the person's crews asks for help.
    #[error("no request of the person's crews is open")]
    NoOpenRequest,
    /// Too many open ones.
    #[error("a person has at most {MAX_OPEN} open promises")]
    TooMany,
    /// Storing or signing.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<StoreError> for SilenceError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

/// Takes a phone's message with the token of its request; gives what the phone may know.
pub fn take(server: &Server, body: &[u8], token: &str) -> Result<WatchAnswer, SilenceError> {
    let directory = server.directory()?;
    let asker = Asker::of(&directory, &Asker::token(token)?, "watch", body)?;
    asker.admit(server)?;
    let crew = [Role::Officer, Role::Clerk, Role::JudicialPolice];
    if !crew.iter().any(|role| asker.certificate.has_role(*role)) {
        return Err(SilenceError::NotOfCrew);
    }
    let message = WatchMessage::read(body).ok_or(SilenceError::Message("body"))?;
    let mut answer = None;
    server.ingest_as(&directory, |ingest| {
        let mut news = Ingested::default();
        let id = match &message {
            WatchMessage::Leave { .. } => left(ingest, &asker, &message)?,
            WatchMessage::CheckIn { id, word } => {
                let id = id_of(id).ok_or(SilenceError::Message("id"))?;
                let word = Word::from_code(word).ok_or(SilenceError::Message("word"))?;
                heard(ingest, &asker, &id, word, &mut news)?;
                id
            }
        };
        news.channels.insert(DISPATCH.to_owned());
        answer = Some(told(ingest.writing, &id, ingest.now_ms)?);
        Ok::<_, SilenceError>(news)
    })?;
    answer.ok_or(SilenceError::Unknown)
}

fn left(
    ingest: &Ingest<'_>,
    asker: &Asker,
    message: &WatchMessage,
) -> Result<[u8; 16], SilenceError> {
    let promise = match message.promise() {
        Some(made) => made.map_err(SilenceError::Message)?,
        None => return Err(SilenceError::Message("say")),
    };
    if promise.crew.first() != Some(&asker.person) {
        return Err(SilenceError::NotOfCrew);
    }
    match ingest.writing.watch(&promise.id)? {
        Some(known) if known.person == asker.person => return Ok(promise.id),
        Some(_) => return Err(SilenceError::Unknown),
        None => {}
    }
    if ingest.writing.watches_of(&asker.person)? >= MAX_OPEN {
        return Err(SilenceError::TooMany);
    }
    ingest.writing.put_watch(&WatchRow {
        id: promise.id,
        person: asker.person.clone(),
        message: serde_json::to_string(message).map_err(|_| SilenceError::Message("body"))?,
        received_ms: ingest.now_ms,
        raised: None,
        over_ms: None,
    })?;
    Ok(promise.id)
}

fn heard(
    ingest: &Ingest<'_>,
    asker: &Asker,
    id: &[u8; 16],
    word: Word,
    news: &mut Ingested,
) -> Result<(), SilenceError> {
    let row = ingest.writing.watch(id)?.ok_or(SilenceError::Unknown)?;
    let promise = promise_of(&row)?;
    if !promise.crew.contains(&asker.person) {
        return Err(SilenceError::Unknown);
    }
    // A word under duress is kept however many came before it.
    if word == Word::Duress || ingest.writing.watch_words(id)?.len() < MAX_WORDS {
        ingest.writing.put_watch_word(id, word.code(), asker.id, ingest.now_ms)?;
    }
    Ok(settle(ingest, &row, news).map(|_| ())?)
}

/// Looks at every open promise; raises what is due. Gives how many incidents that were.
pub fn look(server: &Server) -> Result<usize, DeskError> {
    let now_ms = server.now_ms();
    let due = server.store().read::<_, StoreError>(|reading| {
        let mut due = Vec::new();
        for row in reading.watches_open()? {
            let stands = stands(reading, &row, now_ms)?;
            if !matches!(stands, Standing::Quiet { .. } | Standing::Overdue { .. }) {
                due.push(row.id);
            }
        }
        Ok(due)
    })?;
    let mut raised = 0;
    if due.is_empty() {
        return Ok(raised);
    }
    let directory = server.directory()?;
    for id in due {
        let settled = server.ingest_as(&directory, |ingest| {
            let mut news = Ingested::default();
            // Looked at again, in the transaction that signs: they may have been heard of meanwhile.
            if let Some(row) = ingest.writing.watch(&id)?.filter(|row| row.over_ms.is_none()) {
                raised += usize::from(settle(ingest, &row, &mut news)?);
            }
            Ok::<_, DeskError>(news)
        });
        // One that cannot be raised must not stand before the others.
        if let Err(error) = settled {
            tracing::error!(code = error.code(), "a missed promise could not be raised");
        }
    }
    Ok(raised)
}

/// Does what follows from where a promise stands; whether an incident was raised.
fn settle(ingest: &Ingest<'_>, row: &WatchRow, news: &mut Ingested) -> Result<bool, DeskError> {
    let (promise, now_ms) = (promise_of(row)?, ingest.now_ms);
    match stands(ingest.writing, row, now_ms)? {
        Standing::Quiet { .. } | Standing::Overdue { .. } => Ok(false),
        Standing::Kept { .. } => {
            ingest.writing.end_watch(&row.id, None, now_ms)?;
            Ok(false)
        }
        // Heard of so late that nobody had looked yet: help is called, and a person closes it.
        Standing::Raised { duress, .. } => raise(ingest, row, &promise, duress, news),
        Standing::HeardLate { .. } => raise(ingest, row, &promise, false, news),
    }
}

/// Opens the incident of a promise, once; under duress it says so silently.
fn raise(
    ingest: &Ingest<'_>,
    row: &WatchRow,
    promise: &Promise,
    duress: bool,
    news: &mut Ingested,
) -> Result<bool, DeskError> {
    let document = incident_of(&ingest.issuer.court, &row.id);
    let new = ingest.writing.request(document)?.is_none();
    if new {
        let told = report(ingest, promise, duress);
        let station = ingest.stations.route(told.position.as_deref()).0.to_owned();
        let received =
            Step { station: Some(station), ..desk::by_rule(ingest, document, StepCode::Received) };
        let opened = opening::open(ingest, &received, told, Some(&row.person), Actor::Rule)?;
        opening::enter(ingest, opened, news)?;
        opening::enter(ingest, join::by_rule(ingest, document)?, news)?;
        ingest.writing.end_watch(&row.id, Some(document), ingest.now_ms)?;
    }
    let before = life(ingest.writing, document)?;
    let step =
        Step { other: before.merged_into, ..desk::by_rule(ingest, document, StepCode::Duress) };
    if duress && !before.duress && check::may(&before, &step, Actor::Rule).is_ok() {
        opening::enter(ingest, desk::sign(ingest, &before, &step)?, news)?;
    }
    Ok(new)
}

/// What is told of a crew nobody hears of. Under duress the case is named in words only: no channel that its phones
/// read hears of the incident.
fn report(ingest: &Ingest<'_>, promise: &Promise, duress: bool) -> Told {
    let roster: Option<RosterPack> = stored(ingest.writing, &ingest.issuer.court).ok().flatten();
    let name = |id: &String| {
        let known = roster.as_ref().and_then(|roster| roster.find(id));
        known.map_or_else(|| id.clone(), |staff| staff.name.clone())
    };
    let crew = promise.crew.iter().map(name).collect::<Vec<_>>().join("、");
    let why = if duress {
        "报平安时发出胁迫暗号"
    } else {
        "已过约定联系时间,失去联系"
    };
    let mut text = format!("{why}。案件{};人员:{crew}", promise.case);
    while text.len() > MAX_TEXT {
        text.pop();
    }
    Told {
        how: "watch".to_owned(),
        called_ms: ingest.now_ms,
        case: (!duress).then(|| promise.case.clone()),
        place: Some(promise.place.clone()),
        position: promise.position.clone(),
        situation: Some("other".to_owned()),
        text: Some(text),
        people: None,
        weapons: None,
        injured: None,
        officers: Some(promise.crew.len() as u64),
        needs: Vec::new(),
        callback: None,
        message: None,
    }
}

/// A promise raises one incident, however often it is looked at.
fn incident_of(court: &str, id: &[u8; 16]) -> DocumentId {
    let hex = data_encoding::HEXLOWER.encode(id);
    let hash = sha256(format!("lastmile-watch\n{court}\n{hex}").as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    DocumentId(id)
}

/// The promise of a row.
pub fn promise_of(row: &WatchRow) -> Result<Promise, StoreError> {
    let made = WatchMessage::read(row.message.as_bytes()).and_then(|message| message.promise());
    made.and_then(Result::ok).ok_or(StoreError::Damaged("promise of a crew"))
}

/// Where a promise stands.
pub fn stands(reading: &Reading<'_>, row: &WatchRow, now_ms: i64) -> Result<Standing, StoreError> {
    Ok(standing(&promise_of(row)?, row.received_ms, &words(reading, &row.id)?, now_ms))
}

fn words(reading: &Reading<'_>, id: &[u8; 16]) -> Result<Vec<CheckIn>, StoreError> {
    let words = reading.watch_words(id)?.into_iter();
    Ok(words
        .filter_map(|(at_ms, word)| Some(CheckIn { at_ms, word: Word::from_code(&word)? }))
        .collect())
}

/// What the phone is told: under duress what it would be told without.
fn told(reading: &Reading<'_>, id: &[u8; 16], now_ms: i64) -> Result<WatchAnswer, SilenceError> {
    let row = reading.watch(id)?.ok_or(SilenceError::Unknown)?;
    let mut words = words(reading, id)?;
    for word in &mut words {
        if word.word == Word::Duress {
            word.word = Word::Well;
        }
    }
    let stands = standing(&promise_of(&row)?, row.received_ms, &words, now_ms);
    Ok(WatchAnswer {
        id: data_encoding::HEXLOWER.encode(id),
        standing: stands.code().to_owned(),
        until_ms: stands.next_ms(),
        server_ms: now_ms,
    })
}
