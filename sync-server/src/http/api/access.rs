//! Who may read content, and only this court's. The command centre and the president read all of it, signed in or
//! with an operator's token; officers, clerks and judicial police who are signed in read the cases that they belong to
//! now, as on their phones.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use lastmile_core::records::Role;
use lastmile_core::sync::channel::of_case;

use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::session::{self, Console};
use crate::operator::{self, Operator, OperatorRole};
use crate::store::{Reading, StoreError};

/// The roles that read every case at a console.
pub(in crate::http) const READERS: &[Role] = &[Role::Command, Role::President];
/// The roles that read their own cases there.
const TEAM: &[Role] = &[Role::Officer, Role::Clerk, Role::JudicialPolice];

/// A token is shorter; nothing longer is looked at.
const MAX_HEADER: usize = 200;

/// Proof that the request may read all content: what looks at the whole court takes one.
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
        match asks(parts, state).await? {
            Asks { person, own_cases: false } => Ok(Self { person }),
            Asks { own_cases: true, .. } => Err(ProblemCode::NotYourRole.into()),
        }
    }
}

/// Proof that the request may read cases, and which: what looks at one case takes one, and asks it.
#[derive(Debug, Clone)]
pub(in crate::http) struct CaseReader {
    member: Option<String>,
}

impl CaseReader {
    /// The person whose cases alone are read; nothing for whoever reads all.
    pub(in crate::http) fn only_of(&self) -> Option<&str> {
        self.member.as_deref()
    }

    /// Whether this case may be read. One that may not is for the reader as one that is not there.
    pub(in crate::http) fn reads(
        &self,
        reading: &Reading<'_>,
        case_no: &str,
    ) -> Result<bool, StoreError> {
        match &self.member {
            Some(person) => reading.is_member(&of_case(case_no), person),
            None => Ok(true),
        }
    }
}

impl FromRequestParts<AppState> for CaseReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Asks { person, own_cases } = asks(parts, state).await?;
        Ok(Self { member: person.filter(|_| own_cases) })
    }
}

/// Who asks for content.
struct Asks {
    /// The person, when the token names one or somebody is signed in.
    person: Option<String>,
    /// Whether only the person's own cases are read. Then there is a person.
    own_cases: bool,
}

async fn asks(parts: &mut Parts, state: &AppState) -> Result<Asks, Problem> {
    if parts.headers.get(header::AUTHORIZATION).is_none() && session::has_cookie(&parts.headers) {
        let who = Console::from_request_parts(parts, state).await?.who;
        let (all, own) = (who.is(READERS), who.is(TEAM));
        return if all || own {
            Ok(Asks { person: Some(who.person), own_cases: !all })
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
        OperatorRole::Command => Ok(Asks { person, own_cases: false }),
        OperatorRole::Admin => Err(ProblemCode::NoContentForAdmin.into()),
        OperatorRole::Gateway => Err(ProblemCode::NotYourRole.into()),
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
