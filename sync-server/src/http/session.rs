//! `/v1/courts/{court}/session`: a person signs in to the console, asks who is signed in, signs out, changes
//! the password. The session is a cookie that scripts cannot read (`HttpOnly`), that other sites' requests do not
//! carry (`SameSite=Strict`) and that goes over TLS or the loopback only (`Secure`); what changes anything also
//! carries the header `x-csrf`, whose value only the page knows.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::PoisonError;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lastmile_core::id::sha256;
use lastmile_core::pack::station::StationPack;
use lastmile_core::time::SystemEntropy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{CourtPath, Segments, Told};
use super::api::moment;
use super::problem::{Problem, ProblemCode};
use crate::accounts::password::Cost;
use crate::accounts::session::{MOST_MS, Secret};
use crate::accounts::sign_in::{self, SignInError, SignedIn, Who};
use crate::accounts::throttle::Throttle;
use crate::acting::Actor;
use crate::assistance::settings;
use crate::operator::equal;
use crate::publish::stored;
use crate::server::Server;
use crate::store::StoreError;

const COOKIE: &str = "lastmile_session";
const CSRF: HeaderName = HeaderName::from_static("x-csrf");
/// Longest person, password or code that is looked at, characters.
const MAX_FIELD: usize = 256;

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => ProblemCode::SignInRefused.into(),
            SignInError::CodeNeeded => ProblemCode::TotpNeeded.into(),
            SignInError::Password(_) => ProblemCode::BadPassword.into(),
            SignInError::Store(error) => error.into(),
            SignInError::Roster(error) => {
                tracing::error!(code = error.code(), "the roster cannot be read");
                ProblemCode::Internal.into()
            }
        }
    }
}

/// A sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// Staff id.
    person: String,
    /// Password.
    password: String,
    /// One-time code, when the account has them.
    #[serde(default)]
    totp: Option<String>,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The one that holds now.
    old: String,
    /// The one to hold from now on.
    new: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Staff id.
    person: String,
    /// Name.
    name: String,
    /// Role codes, as of now.
    roles: Vec<&'static str>,
    /// For a dispatcher: the station.
    station: Option<StationView>,
    /// Seconds from receipt within which somebody is to be on the spot (IX-14).
    arrival_target_s: u32,
    /// What requests that change something carry in the header `x-csrf`.
    csrf: String,
    /// When the session ends if nothing more is asked, RFC 3339.
    expires_at: String,
    /// The server's clock, RFC 3339.
    server_time: String,
}

/// A station.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StationView {
    /// Code.
    code: String,
    /// Name; the code, when the court's list does not have it.
    name: String,
}

/// Whoever is signed in with this request's cookie.
#[derive(Debug, Clone)]
pub struct Console {
    /// Who.
    pub who: Who,
    secret: Secret,
    ends_ms: i64,
}

impl FromRequestParts<AppState> for Console {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(ProblemCode::BadPath))?;
        let court = path.iter().find(|(name, _)| *name == "court").map(|(_, court)| court);
        if court != Some(state.server.court()) {
            return Err(ProblemCode::WrongCourt.into());
        }
        let secret = secret(&parts.headers).ok_or(ProblemCode::SessionExpired)?;
        if parts.method != Method::GET && !shows_csrf(&parts.headers, &secret) {
            return Err(ProblemCode::BadCsrf.into());
        }
        let asked = secret.clone();
        let found = state.run(move |server| {
            let found = sign_in::session(server, &asked)?;
            if found.is_none() {
                server.hands().forget(&asked.hash());
            }
            Ok::<_, SignInError>(found)
        });
        let (who, row) = found.await??.ok_or(ProblemCode::SessionExpired)?;
        Ok(Self { who, secret, ends_ms: row.ends_ms() })
    }
}

impl Console {
    /// Who acts in a record with this request.
    pub(super) fn actor(&self) -> Actor {
        Actor { who: self.who.clone(), session: self.secret.hash() }
    }

    /// The same console now: its session may have ended, its roles changed.
    pub(super) async fn again(&self, state: &AppState) -> Result<Self, Problem> {
        let secret = self.secret.clone();
        let found = state.run(move |server| sign_in::session(server, &secret)).await??;
        let (who, row) = found.ok_or(ProblemCode::SessionExpired)?;
        Ok(Self { who, secret: self.secret.clone(), ends_ms: row.ends_ms() })
    }
}

/// Whether the request has a session's cookie.
pub(super) fn has_cookie(headers: &HeaderMap) -> bool {
    secret(headers).is_some()
}

fn secret(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut named = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE);
    let (_, value) = named.next()?;
    // Of two nobody knows which one the page means.
    if named.next().is_some() { None } else { Secret::read(value) }
}

fn shows_csrf(headers: &HeaderMap, secret: &Secret) -> bool {
    let shown = headers.get(CSRF).map(HeaderValue::as_bytes).unwrap_or_default();
    let wanted = secret.csrf();
    equal(&sha256(shown), &sha256(wanted.as_bytes()))
}

fn cookie(value: &str, seconds: i64) -> Result<HeaderValue, Problem> {
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict");
    HeaderValue::from_str(&text).map_err(|_| ProblemCode::Internal.into())
}

/// Where the request comes from. Behind a proxy everybody has its address, and shares its waits.
#[derive(Debug)]
pub(super) struct Peer(IpAddr);

impl Peer {
    /// Whether this is the password of somebody who is signed in, asked again. Gives the answer for whoever has to
    /// wait after too many mistakes.
    pub(super) async fn shows_password(
        &self,
        state: &AppState,
        person: &str,
        password: String,
    ) -> Result<Option<Response>, Problem> {
        if password.chars().count() > MAX_FIELD {
            return Err(ProblemCode::SignInRefused.into());
        }
        let now_ms = state.server.now_ms();
        let wait_ms = throttle(state).wait_ms(self.0, person, now_ms);
        if wait_ms > 0 {
            return Ok(Some(throttled(wait_ms)));
        }
        let of = person.to_owned();
        let checked = state
            .run(move |server| sign_in::check_password(server.store(), &of, &password))
            .await?;
        match checked {
            Err(SignInError::Refused) => {
                throttle(state).failed(self.0, person, now_ms);
                Err(ProblemCode::WrongPassword.into())
            }
            other => Ok(other.map(|()| None)?),
        }
    }
}

impl FromRequestParts<AppState> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical())))
    }
}

/// Signs a person in
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/session",
    tag = "console",
    params(CourtPath),
    request_body = Credentials,
    responses((status = 200, description = "Signed in", body = SessionView))
)]
pub(super) async fn begin(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    Peer(address): Peer,
    Told(asked): Told<Credentials>,
) -> Result<Response, Problem> {
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let fields = [Some(&asked.person), Some(&asked.password), asked.totp.as_ref()];
    if fields.into_iter().flatten().any(|field| field.chars().count() > MAX_FIELD) {
        return Err(ProblemCode::SignInRefused.into());
    }
    let now_ms = state.server.now_ms();
    let wait_ms = throttle(&state).wait_ms(address, &asked.person, now_ms);
    if wait_ms > 0 {
        return Ok(throttled(wait_ms));
    }
    let person = asked.person.clone();
    let signed = state
        .run(move |server| {
            let Credentials { person, password, totp } = &asked;
            let signed =
                sign_in::sign_in(server, person, password, totp.as_deref(), &SystemEntropy)?;
            let view = view(server, &signed.who, &signed.secret, signed.ends_ms)?;
            Ok::<_, SignInError>((signed, view))
        })
        .await?;
    match signed {
        Ok((SignedIn { secret, .. }, view)) => {
            throttle(&state).succeeded(address, &person);
            let seconds = MOST_MS / 1_000;
            let headers = [(header::SET_COOKIE, cookie(secret.cookie(), seconds)?)];
            Ok((headers, Json(view)).into_response())
        }
        Err(error) => {
            if matches!(error, SignInError::Refused) {
                throttle(&state).failed(address, &person, now_ms);
            }
            Err(error.into())
        }
    }
}

fn throttle(state: &AppState) -> std::sync::MutexGuard<'_, Throttle> {
    state.throttle.lock().unwrap_or_else(PoisonError::into_inner)
}

fn throttled(wait_ms: i64) -> Response {
    let seconds = wait_ms.div_euclid(1_000) + 1;
    let mut response = Problem::new(ProblemCode::SignInThrottled)
        .with("retry_after_seconds", seconds)
        .into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn view(
    server: &Server,
    who: &Who,
    secret: &Secret,
    ends_ms: i64,
) -> Result<SessionView, SignInError> {
    let names: Option<StationPack> = match &who.station {
        Some(_) => server.store().read(|reading| stored(reading, server.court()))?,
        None => None,
    };
    let ladder = server
        .store()
        .read::<_, StoreError>(|reading| Ok(settings::ladder(reading, server.court())))?;
    let station = who.station.as_ref().map(|code| StationView {
        code: code.clone(),
        name: names
            .as_ref()
            .and_then(|pack| pack.stations.iter().find(|station| station.code == *code))
            .map_or_else(|| code.clone(), |station| station.name.clone()),
    });
    Ok(SessionView {
        person: who.person.clone(),
        name: who.name.clone(),
        roles: who.roles.iter().map(|role| role.code()).collect(),
        station,
        arrival_target_s: ladder.arrival_target_s,
        csrf: secret.csrf(),
        expires_at: moment(ends_ms),
        server_time: moment(server.now_ms()),
    })
}

/// Who is signed in
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/session",
    tag = "console",
    params(CourtPath),
    responses((status = 200, description = "Whoever is signed in", body = SessionView))
)]
pub(super) async fn current(
    State(state): State<AppState>,
    Console { who, secret, ends_ms }: Console,
) -> Result<Json<SessionView>, Problem> {
    Ok(Json(state.run(move |server| view(server, &who, &secret, ends_ms)).await??))
}

/// Signs out
#[utoipa::path(
    delete,
    path = "/v1/courts/{court}/session",
    tag = "console",
    params(CourtPath),
    responses((status = 204, description = "Signed out"))
)]
pub(super) async fn end(
    State(state): State<AppState>,
    Console { secret, who, .. }: Console,
) -> Result<Response, Problem> {
    state.server.presence().gone(&who.person);
    let ending = state.run(move |server| {
        sign_in::sign_out(server, &secret)?;
        // Afterwards: an act under way keeps the key for a session that it still found.
        server.hands().forget(&secret.hash());
        Ok::<_, StoreError>(())
    });
    ending.await??;
    let gone = [(header::SET_COOKIE, cookie("", 0)?)];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

/// Changes the password; every browser of the person is signed out
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/session/password",
    tag = "console",
    params(CourtPath),
    request_body = NewPassword,
    responses((status = 204, description = "The new password holds"))
)]
pub(super) async fn change_password(
    State(state): State<AppState>,
    Peer(address): Peer,
    Console { who, .. }: Console,
    Told(asked): Told<NewPassword>,
) -> Result<Response, Problem> {
    let now_ms = state.server.now_ms();
    let person = who.person;
    let wait_ms = throttle(&state).wait_ms(address, &person, now_ms);
    if wait_ms > 0 {
        return Ok(throttled(wait_ms));
    }
    let of = person.clone();
    let changed = state
        .run(move |server| {
            sign_in::check_password(server.store(), &of, &asked.old)?;
            let store = server.store();
            sign_in::set_password(store, &of, &asked.new, Cost::USUAL, &SystemEntropy, now_ms)?;
            server.hands().forget_person(&of);
            Ok(())
        })
        .await?;
    if let Err(SignInError::Refused) = &changed {
        throttle(&state).failed(address, &person, now_ms);
    }
    changed?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
