//! Which stations have somebody at a console. A console says so itself, every few seconds: a connection that is
//! merely open proves nothing, because a pulled cable leaves it open for minutes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lastmile_core::assistance::life::COMMAND;
use lastmile_core::records::Role;

use crate::accounts::sign_in::Who;

/// A console that said nothing for so long is not there.
pub const LIVE_MS: i64 = 10_000;

/// When each person's console was last heard.
#[derive(Debug, Default)]
pub struct Presence(Mutex<HashMap<String, Seen>>);

#[derive(Debug, Clone)]
struct Seen {
    at_ms: i64,
    station: String,
}

/// The desk a person sits at: a dispatcher's station, or the command centre's.
pub fn desk_of(who: &Who) -> Option<String> {
    match &who.station {
        Some(station) => Some(station.clone()),
        None => who.is(&[Role::Command]).then(|| COMMAND.to_owned()),
    }
}

impl Presence {
    /// A console was heard.
    pub fn heard(&self, who: &Who, now_ms: i64) {
        let Some(station) = desk_of(who) else { return };
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, one| now_ms.saturating_sub(one.at_ms) < LIVE_MS * 6);
        seen.insert(who.person.clone(), Seen { at_ms: now_ms, station });
    }

    /// A person signed out.
    pub fn gone(&self, person: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(person);
    }

    /// Whether somebody is at a console of this station.
    pub fn live(&self, station: &str, now_ms: i64) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.values()
            .any(|one| one.station == station && now_ms.saturating_sub(one.at_ms) < LIVE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(person: &str, station: Option<&str>, role: Role) -> Who {
        Who {
            person: person.into(),
            name: person.into(),
            roles: vec![role],
            station: station.map(str::to_owned),
        }
    }

    #[test]
    fn a_desk_is_staffed_while_its_console_is_heard() {
        let presence = Presence::default();
        let tan = who("tanliheng", Some("jiujiang"), Role::Dispatcher);
        presence.heard(&tan, 1_000);
        presence.heard(&who("luqihang", None, Role::Officer), 1_000);
        assert!(presence.live("jiujiang", 1_000 + LIVE_MS - 1));
        assert!(!presence.live("jiujiang", 1_000 + LIVE_MS));
        assert!(!presence.live("xiqiao", 1_000) && !presence.live(COMMAND, 1_000));
        presence.heard(&tan, 30_000);
        presence.gone("tanliheng");
        assert!(!presence.live("jiujiang", 30_000));
        presence.heard(&who("guanyongyi", None, Role::Command), 30_000);
        assert!(presence.live(COMMAND, 30_000));
    }
}
