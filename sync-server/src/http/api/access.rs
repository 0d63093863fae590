//! Who may read all content: the command centre and the president, signed in or with an operator's token, and only
//! this court's data.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use lastmile_core::records::Role;

use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::session::{self, Console};
use crate::operator::{self, Operator, OperatorRole};

/// The roles that read every case at a console.
const READERS: &[Role] = &[Role::Command, Role::President];

/// A token is shorter; nothing longer is looked at.
const MAX_HEADER: usize = 200;

/// Proof that the request may read content: every handler of the API takes one.
#[derive(Debug)]
pub(in crate::http) struct Reader {
    person: Option<String>,
}

impl Reader {
    /// Who decides with this request: the person whose token it carries, not whom its body names.
    pub(in crate::http) fn decides(self) -> Result<String, Problem> {
        self.person.ok_or_else(|| ProblemCode::TokenOfNobody.into())
    }
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if parts.headers.get(header::AUTHORIZATION).is_none() && session::has_cookie(&parts.headers)
        {
            let who = Console::from_request_parts(parts, state).await?.who;
            return if who.is(READERS) {
                Ok(Self { person: Some(who.person) })
            } else if who.is(&[Role::Admin]) {
                Err(ProblemCode::NoContentForAdmin.into())
            } else {
                Err(ProblemCode::NotYourRole.into())
            };
        }
        let Operator { role, person } = operator(&parts.headers, state).await?;
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(ProblemCode::BadPath))?;
        let court = path.iter().find(|(name, _)| *name == "court").map(|(_, court)| court);
        if court != Some(state.server.court()) {
            return Err(ProblemCode::WrongCourt.into());
        }
        match role {
            OperatorRole::Command => Ok(Self { person }),
            OperatorRole::Admin => Err(ProblemCode::NoContentForAdmin.into()),
            OperatorRole::Gateway => Err(ProblemCode::NotYourRole.into()),
        }
    }
}

/// The operator whose token the request carries.
pub(in crate::http) async fn operator(
    headers: &HeaderMap,
    state: &AppState,
) -> Result<Operator, Problem> {
    let token = bearer(headers).ok_or(ProblemCode::Unauthorized)?;
    state
        .run(move |server| server.store().read(|reading| operator::check(reading, &token)))
        .await??
        .ok_or_else(|| ProblemCode::Unauthorized.into())
}

/// The one bearer token of the request.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().filter(|value| value.len() <= MAX_HEADER)?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
