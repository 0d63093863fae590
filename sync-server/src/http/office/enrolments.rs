//! `POST enrolments`: an invitation for one phone, as the command line's `enrol add` makes it. It is told once; the
//! server keeps the hash of its secret only.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use lastmile_core::records::Role;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ADMIN, may};
use crate::court::{self, CourtError};
use crate::enrol::{self, NewEnrolment, USUAL_HOURS};
use crate::http::AppState;
use crate::http::api::input::{CourtPath, Told};
use crate::http::api::moment;
use crate::http::problem::{Problem, ProblemCode};
use crate::http::session::Console;
use crate::roles;
use crate::server::Server;

/// How long the certificates are valid, days.
const VALID_DAYS: u32 = 366;
/// Longest name of a phone, characters.
const MAX_NAME: usize = 60;
/// Side of the picture, pixels.
const PICTURE: u32 = 320;

/// A phone is invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitation {
    /// Staff id, of the roster.
    person: String,
    /// Role codes that the person has from now on.
    roles: Vec<String>,
    /// What the phone is called in lists.
    #[schema(max_length = 60)]
    device_name: String,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invitation {
    /// The code, to be typed.
    code: String,
    /// The same to be scanned: an SVG image.
    qr_svg: String,
    /// Until when it can be used, RFC 3339.
    expires_at: String,
    /// How many people must approve before it can be used: 0, because what needs approval is refused.
    approvals_needed: u32,
}

/// Invites one phone of a person
///
/// Gives the person exactly these roles, as `enrol add` does. An administrator's or president's role needs two
/// approvals and is refused here (`approvals_needed`), and so are one's own roles: the command line takes the
/// approvals. The code leads the phone to the address under which this server is known (`serve --public-url`),
/// else to the one where the administrator's browser is.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/enrolments",
    tag = "console",
    params(CourtPath),
    request_body = NewInvitation,
    responses((status = 200, description = "The invitation, told once", body = Invitation))
)]
pub(super) async fn invite(
    State(state): State<AppState>,
    console: Console,
    headers: HeaderMap,
    Told(asked): Told<NewInvitation>,
) -> Result<Json<Invitation>, Problem> {
    may(&console, ADMIN)?;
    let wrong = |name: &'static str| Problem::new(ProblemCode::BadBody).with("name", name);
    let granted: Option<Vec<Role>> = asked.roles.iter().map(|code| Role::from_code(code)).collect();
    let granted = granted.filter(|roles| !roles.is_empty()).ok_or_else(|| wrong("roles"))?;
    let device = asked.device_name.trim().to_owned();
    if device.is_empty()
        || device.chars().count() > MAX_NAME
        || device.chars().any(char::is_control)
    {
        return Err(wrong("device_name"));
    }
    let url = state.server.public_url().map(str::to_owned).or_else(|| origin(&headers));
    let url = url.ok_or_else(|| wrong("origin"))?;
    let own = console.who.person == asked.person;
    let invited = state.run(move |server| {
        let (person, roles) = (asked.person.as_str(), roles::codes(&granted));
        let now = server.store().read(|reading| roles::current(reading, person))?;
        if now.as_ref() != Some(&roles) {
            let official = roles::need_approval(&roles)
                || now.as_ref().is_some_and(|now| roles::need_approval(now));
            if own || official {
                return Err(Problem::new(ProblemCode::ApprovalsNeeded).with("approvals_needed", 2));
            }
        }
        made(server, person, &granted, device, url).map_err(problem)
    });
    Ok(Json(invited.await??))
}

fn made(
    server: &Server,
    person: &str,
    granted: &[Role],
    device: String,
    url: String,
) -> Result<Invitation, CourtError> {
    let (name, granted) = court::name_and_roles(server, person, None, granted)?;
    roles::set(server, person, &granted, &[])?;
    let new = NewEnrolment {
        person: person.to_owned(),
        name,
        valid_days: VALID_DAYS,
        hours: USUAL_HOURS,
        protection: None,
        device: None,
        label: Some(device),
        url,
    };
    let code = enrol::make(server, &new)?;
    let picture = QrCode::with_error_correction_level(code.text(), EcLevel::M)
        .map_err(|error| std::io::Error::other(error.to_string()))?;
    let qr_svg = picture.render::<svg::Color<'_>>().min_dimensions(PICTURE, PICTURE).build();
    Ok(Invitation {
        code: code.typed(),
        // Part of a page: without the line that opens a file.
        qr_svg: qr_svg.split_once("?>").map_or(qr_svg.clone(), |(_, image)| image.to_owned()),
        expires_at: moment(server.now_ms() + i64::from(USUAL_HOURS) * 3_600_000),
        approvals_needed: 0,
    })
}

/// Where the browser is that shows the page: only the page itself can make this request.
fn origin(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let known = origin.starts_with("https://") || origin.starts_with("http://");
    known.then(|| origin.to_owned())
}

fn problem(error: CourtError) -> Problem {
    match error {
        CourtError::UnknownPerson(_) => ProblemCode::UnknownPerson.into(),
        CourtError::Role(_) => {
            Problem::new(ProblemCode::ApprovalsNeeded).with("approvals_needed", 2)
        }
        // A person, name or address that no certificate or code may carry.
        CourtError::Seal(_) => ProblemCode::BadBody.into(),
        CourtError::Store(error) => error.into(),
        other => {
            tracing::error!(code = other.code(), "no invitation was made");
            ProblemCode::Internal.into()
        }
    }
}
