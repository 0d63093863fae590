//! Signing in and out, and who a session is. Whoever is refused is told the same whether the person, the
//! password or the role was wrong; only a missing one-time code is named, after the password was right.

use lastmile_core::pack::roster::RosterPack;
use lastmile_core::records::Role;
use lastmile_core::time::Entropy;

use super::password::{self, Cost, PasswordError};
use super::session::{Secret, SessionRow};
use super::totp;
use crate::publish::{PublishError, stored};
use crate::roles;
use crate::server::Server;
use crate::store::{AccountRow, Reading, Store, StoreError};

/// The roles that have something to do at a console.
const CONSOLE: &[Role] = &[
    Role::Officer,
    Role::Clerk,
    Role::JudicialPolice,
    Role::Command,
    Role::Dispatcher,
    Role::President,
    Role::Admin,
];

/// Nobody was signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// Person, password or one-time code.
    #[error("person, password or code is wrong")]
    Refused,
    /// The password is right; the account has one-time codes, and none was given.
    #[error("a one-time code is needed")]
    CodeNeeded,
    /// The password is not taken, or what is kept of it cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The roster.
    #[error(transparent)]
    Roster(#[from] PublishError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignInError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused => "sign_in_refused",
            Self::CodeNeeded => "totp_needed",
            Self::Password(error) => error.code(),
            Self::Roster(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// A person at a console, as of this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Staff id.
    pub person: String,
    /// Name by the roster.
    pub name: String,
    /// Roles now; one that was taken away a moment ago is not among them.
    pub roles: Vec<Role>,
    /// For a dispatcher: the station's code.
    pub station: Option<String>,
}

impl Who {
    /// Whether the person has one of these roles.
    pub fn is(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// What a sign-in brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub who: Who,
    /// For the cookie.
    pub secret: Secret,
    /// When the session ends if nothing more is asked.
    pub ends_ms: i64,
}

/// Signs a person in. Costs the same time for somebody who has no account.
pub fn sign_in(
    server: &Server,
    person: &str,
    password: &str,
    code: Option<&str>,
    entropy: &dyn Entropy,
) -> Result<SignedIn, SignInError> {
    let now_ms = server.now_ms();
    let account = server.store().read::<_, StoreError>(|reading| reading.account(person))?;
    let nobodys = || password::nobodys(Cost::USUAL);
    let kept = account.as_ref().map_or_else(nobodys, |row| row.password.clone());
    let holds = password::holds(password, &kept)?;
    let account = account.filter(|_| holds).ok_or(SignInError::Refused)?;
    let step = match (&account.totp, code) {
        (None, _) => account.totp_step,
        (Some(_), None) => return Err(SignInError::CodeNeeded),
        (Some(secret), Some(code)) => {
            totp::step_of(secret, code, now_ms, account.totp_step).ok_or(SignInError::Refused)?
        }
    };
    let secret = Secret::new(entropy);
    let session = SessionRow {
        hash: secret.hash(),
        person: person.to_owned(),
        begun_ms: now_ms,
        seen_ms: now_ms,
    };
    let who = server.store().write::<_, SignInError>(|writing| {
        // Another password since our look ends every session: this one must not begin after it.
        let now = writing.account(person)?;
        if now.is_none_or(|now| now.password != account.password) {
            return Err(SignInError::Refused);
        }
        let who = who(writing, person)?.ok_or(SignInError::Refused)?;
        if account.totp.is_some() && !writing.use_code(person, step)? {
            // Somebody used it between our look and our lock.
            return Err(SignInError::Refused);
        }
        writing.put_session(&session)?;
        writing.end_old_sessions(now_ms)?;
        Ok(who)
    })?;
    Ok(SignedIn { who, secret, ends_ms: session.ends_ms() })
}

/// Who holds this secret now; notes that the session was used. `None`: it has ended, or the person has no role any
/// more.
pub fn session(server: &Server, secret: &Secret) -> Result<Option<(Who, SessionRow)>, SignInError> {
    let now_ms = server.now_ms();
    let hash = secret.hash();
    let found = server.store().read::<_, SignInError>(|reading| {
        let Some(row) = reading.session(&hash)?.filter(|row| row.ends_ms() > now_ms) else {
            return Ok(None);
        };
        if reading.account(&row.person)?.is_none() {
            return Ok(None);
        }
        Ok(who(reading, &row.person)?.map(|who| (who, row)))
    })?;
    let Some((who, mut row)) = found else { return Ok(None) };
    // Once a minute is enough, and spares the disk.
    if now_ms - row.seen_ms > 60_000 {
        row.seen_ms = now_ms;
        server.store().write::<_, StoreError>(|writing| writing.use_session(&hash, now_ms))?;
    }
    Ok(Some((who, row)))
}

/// Ends a session; a second time changes nothing.
pub fn sign_out(server: &Server, secret: &Secret) -> Result<(), StoreError> {
    server.store().write(|writing| writing.end_session(&secret.hash()))
}

/// Whether this is the person's password now.
pub fn check_password(store: &Store, person: &str, password: &str) -> Result<(), SignInError> {
    let account = store.read::<_, StoreError>(|reading| reading.account(person))?;
    let account = account.ok_or(SignInError::Refused)?;
    if password::holds(password, &account.password)? { Ok(()) } else { Err(SignInError::Refused) }
}

/// Gives an account its password, and makes the account when there is none. Its sessions end: whoever knew
/// the old one is out.
pub fn set_password(
    store: &Store,
    person: &str,
    password: &str,
    cost: Cost,
    entropy: &dyn Entropy,
    now_ms: i64,
) -> Result<(), SignInError> {
    password::check_form(person, password)?;
    let hash = password::hash(password, cost, entropy)?;
    store.write(|writing| {
        let known = writing.account(person)?;
        writing.put_account(&AccountRow {
            person: person.to_owned(),
            password: hash,
            totp: known.as_ref().and_then(|row| row.totp.clone()),
            totp_step: known.as_ref().map_or(0, |row| row.totp_step),
            changed_ms: now_ms,
        })?;
        writing.end_sessions_of(person)?;
        Ok(())
    })
}

/// Who a person is by directory and roster; nobody without a role that has something to do here.
pub fn who(reading: &Reading<'_>, person: &str) -> Result<Option<Who>, SignInError> {
    let codes = roles::current(reading, person)?.unwrap_or_default();
    let roles: Vec<Role> = codes.iter().filter_map(|code| Role::from_code(code)).collect();
    if !roles.iter().any(|role| CONSOLE.contains(role)) {
        return Ok(None);
    }
    let roster: Option<RosterPack> = stored(reading, reading.court())?;
    let staff = roster.as_ref().and_then(|roster| roster.find(person));
    let name = staff.map_or_else(|| person.to_owned(), |staff| staff.name.clone());
    let station = staff
        .filter(|staff| staff.role() == Some(Role::Dispatcher))
        .filter(|_| roles.contains(&Role::Dispatcher))
        .map(|staff| staff.unit.clone());
    Ok(Some(Who { person: person.to_owned(), name, roles, station }))
}
