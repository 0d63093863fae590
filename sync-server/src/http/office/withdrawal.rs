//! `POST devices/{certificate}/withdrawal`: a phone is taken out of service, as the command line's `device revoke`
//! and `device wipe` do, in the name of the administrator who is signed in.

use axum::Json;
use axum::extract::State;
use lastmile_core::id::CertificateId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::devices::{Device, Shelf, key_of, phones};
use super::{ADMIN, may};
use crate::http::AppState;
use crate::http::api::input::{Segments, Told};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::resent::SentKey;
use crate::http::session::Console;
use crate::server::Server;
use crate::store::StoreError;
use crate::withdraw::{self, Order};

/// A phone.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DevicePath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where the session is read
    pub court: String,
    /// A certificate of the phone, 64 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{64}$")]
    pub certificate: String,
}

/// Why a phone is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawal {
    /// A code: `lost`, `left`, `replaced`, `compromised`.
    reason: String,
    /// Whether the phone is to destroy its copy at its next contact.
    #[serde(default)]
    wipe: bool,
}

/// Withdraws a phone: every certificate that its owner has on it
///
/// Signed by the server as the decision of the person who is signed in. A phone that was withdrawn before stays
/// so; an order to wipe it is given all the same. Sent again with the same `idempotency-key`, nothing is done
/// twice.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/devices/{certificate}/withdrawal",
    tag = "console",
    params(DevicePath, SentKey),
    request_body = Withdrawal,
    responses((status = 200, description = "The phone as it stands now", body = Device))
)]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    Segments(path): Segments<DevicePath>,
    console: Console,
    key: SentKey,
    Told(asked): Told<Withdrawal>,
) -> Result<Json<Device>, Problem> {
    may(&console, ADMIN)?;
    let certificate = CertificateId::from_hex(&path.certificate)
        .map_err(|_| Problem::new(ProblemCode::BadPath).with("name", "certificate"))?;
    let key = key.of(&console);
    let again = state.resent.knows(key.as_ref());
    let who = console.who.person;
    let device = state.run(move |server| {
        let directory = server.directory()?;
        let unknown = || Problem::new(ProblemCode::UnknownDevice);
        let found = directory.get(&certificate).ok_or_else(unknown)?;
        let phone = key_of(found.payload()).ok_or_else(unknown)?;
        let certificates = phones(&directory).remove(&phone).ok_or_else(unknown)?;
        if !again {
            for certificate in &certificates {
                take(server, *certificate, &asked, &who)?;
            }
        }
        let directory = server.directory()?;
        server
            .store()
            .read::<_, StoreError>(|reading| {
                Shelf::new(server, reading, &directory)?.device(&certificates)
            })?
            .ok_or_else(unknown)
    });
    let device = device.await??;
    state.resent.note(key);
    Ok(Json(device))
}

fn take(
    server: &Server,
    certificate: CertificateId,
    asked: &Withdrawal,
    who: &str,
) -> Result<(), Problem> {
    let order = Order { certificate, reason: asked.reason.clone(), on_behalf_of: who.to_owned() };
    let work = if asked.wipe { withdraw::wipe } else { withdraw::revoke };
    work(server, &order)?;
    Ok(())
}
