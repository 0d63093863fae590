//! `POST records/{id}/settlements` and `POST records/{id}/finalisations`: what an officer changes in a record at the
//! console, in the officer's own name. Nothing is decided here: who may, and what fits, say the record's own rules,
//! as on a phone ([`crate::acting`]).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use lastmile_core::document::Refusal;
use lastmile_core::id::{Digest, DocumentId};
use lastmile_core::records::Label;
use lastmile_core::rules::Finding;
use lastmile_core::value::Value;
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::CaseReader;
use super::input::{RecordPath, Segments, Told};
use super::records::{RecordDetail, read};
use crate::acting::finalise::{self, Shown};
use crate::acting::settle::{self, Settlement, Stands};
use crate::acting::{ActError, Actor};
use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::resent::SentKey;
use crate::http::session::{Console, Peer};
use crate::server::Server;
use crate::sync::SyncError;

/// Longest place of a conflict or of one of its sides, bytes.
const MAX_PLACE: usize = 512;

/// A conflict as the person saw it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// Its kind.
    kind: String,
    /// What is contested.
    target: String,
    /// `op` of every side that was shown.
    sides: Vec<String>,
}

/// How a conflict is settled: by one of its sides, another value, or nothing for now; exactly one of the three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSettlement {
    /// The conflict.
    conflict: Seen,
    /// `op` of the side that stands.
    #[serde(default)]
    keep: Option<String>,
    /// The value that stands: text, a whole number (money in fen), yes or no.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    value: Option<serde_json::Value>,
    /// Whether the field is deliberately left without a value (暂不写入).
    #[serde(default)]
    leave_out: bool,
    /// Why, in words.
    reason: String,
}

impl NewSettlement {
    fn read(self) -> Result<Settlement, Problem> {
        let bad = |name: &str| Problem::new(ProblemCode::BadBody).with("field", name);
        let Seen { kind, target, sides } = self.conflict;
        let long = |text: &String| text.len() > MAX_PLACE;
        if long(&kind) || long(&target) || sides.iter().any(long) {
            return Err(bad("conflict"));
        }
        let value = self.value.map(|value| read_value(value).ok_or_else(|| bad("value")));
        let stands = match (self.keep, value.transpose()?, self.leave_out) {
            (Some(op), None, false) => Stands::Side(op),
            (None, Some(value), false) => Stands::Other(value),
            (None, None, true) => Stands::Nothing,
            _ => return Err(bad("keep")),
        };
        Ok(Settlement { kind, target, sides, stands, reason: self.reason })
    }
}

/// A scalar that a person can type.
fn read_value(value: serde_json::Value) -> Option<Value> {
    match value {
        serde_json::Value::Bool(flag) => Some(Value::Bool(flag)),
        serde_json::Value::Number(number) => number.as_i64().map(Value::Int),
        serde_json::Value::String(text) => Some(Value::Text(text)),
        _ => None,
    }
}

/// Settles a conflict, in the name of the officer who is signed in
///
/// One signed change, judged and handed on like one from a phone. Answered 409 `conflict_gone` when the conflict is
/// settled or has other sides by now. Sent again with the same `idempotency-key`, nothing is done twice.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/records/{id}/settlements",
    tag = "records",
    params(RecordPath, SentKey),
    request_body = NewSettlement,
    responses((status = 200, description = "The record after it", body = RecordDetail))
)]
pub(super) async fn settle(
    State(state): State<AppState>,
    reader: CaseReader,
    console: Console,
    Segments(path): Segments<RecordPath>,
    key: SentKey,
    Told(asked): Told<NewSettlement>,
) -> Result<Json<RecordDetail>, Problem> {
    let id = path.document()?;
    let key = key.of(&console).map(|key| format!("{key} {} {asked:?}", id.to_hex()));
    let settlement = asked.read()?;
    let work = move |server: &Server, actor: &Actor| settle::settle(server, actor, id, &settlement);
    change(&state, &console, reader, id, key, work).await.map(Json)
}

/// A record to be finalised.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFinalisation {
    /// `content_digest` of the record as it was shown.
    content_digest: String,
    /// The person's password, asked again.
    password: String,
}

/// Finalises a record (定稿), in the name of the officer who is signed in
///
/// By the same rules as on a phone, and for good. The password is asked for again. Answered 409 `record_moved` when
/// the record is another one than was shown, 422 `rules_block` with the ids of `rules` when the law asks for more.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/records/{id}/finalisations",
    tag = "records",
    params(RecordPath, SentKey),
    request_body = NewFinalisation,
    responses((status = 200, description = "The record after it", body = RecordDetail))
)]
pub(super) async fn finalise(
    State(state): State<AppState>,
    peer: Peer,
    reader: CaseReader,
    console: Console,
    Segments(path): Segments<RecordPath>,
    key: SentKey,
    Told(asked): Told<NewFinalisation>,
) -> Result<Response, Problem> {
    let id = path.document()?;
    let content = Digest::from_hex(&asked.content_digest)
        .map_err(|_| Problem::new(ProblemCode::BadBody).with("field", "content_digest"))?;
    let key = key.of(&console).map(|key| format!("{key} {} {}", id.to_hex(), content.to_hex()));
    if let Some(wait) = peer.shows_password(&state, &console.who.person, asked.password).await? {
        return Ok(wait);
    }
    let work = move |server: &Server, actor: &Actor| {
        finalise::finalise(server, actor, id, Shown { content })
    };
    Ok(Json(change(&state, &console, reader, id, key, work).await?).into_response())
}

/// Changes the record once, and shows it.
async fn change(
    state: &AppState,
    console: &Console,
    reader: CaseReader,
    id: DocumentId,
    key: Option<String>,
    work: impl FnOnce(&Server, &Actor) -> Result<(), ActError> + Send + 'static,
) -> Result<RecordDetail, Problem> {
    let again = state.resent.knows(key.as_ref());
    let actor = console.actor();
    let found = state.run(move |server| {
        let unknown = || Problem::new(ProblemCode::UnknownRecord);
        let shown = read(server, &reader, id)?.ok_or_else(unknown)?;
        // The answer to the first one was lost: what it did stands, and is shown.
        if again {
            return Ok(shown);
        }
        work(server, &actor)?;
        read(server, &reader, id)?.ok_or_else(unknown)
    });
    let shown = found.await??;
    state.resent.note(key);
    Ok(shown)
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Ended => ProblemCode::SessionExpired.into(),
            ActError::UnknownRecord => ProblemCode::UnknownRecord.into(),
            ActError::NotAMember => ProblemCode::NotAMember.into(),
            ActError::Gone => ProblemCode::ConflictGone.into(),
            ActError::Moved => ProblemCode::RecordMoved.into(),
            ActError::Form(field) => Self::new(ProblemCode::BadBody).with("field", field),
            ActError::Refused(Refusal::NotHandler | Refusal::NotAllowed) => {
                ProblemCode::NotHandler.into()
            }
            ActError::Refused(Refusal::Finalised) => ProblemCode::RecordFinalised.into(),
            ActError::Refused(refusal) => refused(refusal.code(), Some(refusal.sentence())),
            ActError::NotTaken(code) => refused(&code, None),
            ActError::Unlawful(found) => unlawful(&found),
            ActError::Court(crate::court::CourtError::Store(error)) => error.into(),
            ActError::Court(crate::court::CourtError::Ingest(error)) => {
                SyncError::Ingest(error).into()
            }
            ActError::Law(error) => error.into(),
            ActError::Court(error) => {
                tracing::error!(code = error.code(), "a change was not signed");
                ProblemCode::Internal.into()
            }
        }
    }
}

/// What the record's own rules say, in the words that a phone shows.
fn refused(code: &str, sentence: Option<Label>) -> Problem {
    let problem = Problem::new(ProblemCode::ChangeRefused).with("reason", code);
    match sentence {
        Some(label) => problem.detail(label.zh).with("detail_en", label.en),
        None => problem,
    }
}

/// What the law asks for, in the words that a phone shows.
fn unlawful(found: &[Finding]) -> Problem {
    let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
    let told = |begin: &str, text: fn(&Finding) -> &str, between: &str| {
        let texts: Vec<&str> = found.iter().map(text).collect();
        format!("{begin}{}", texts.join(between))
    };
    Problem::new(ProblemCode::RulesBlock)
        .detail(told("尚缺法定事项,不能定稿:", |finding| &finding.text.zh, ";"))
        .with(
            "detail_en",
            told("Not finalised, the law asks for: ", |finding| &finding.text.en, " "),
        )
        .with("rules", rules)
}
