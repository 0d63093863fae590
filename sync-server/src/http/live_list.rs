//! The open incidents as a desk sees them, made once for all consoles that see the same: a request wakes a hundred
//! of them at once, and all they would read is equal. What a person sees follows from roles and station alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::records::Role;
use serde_json::{Value, json};

use super::incident_view::{Desk, IncidentView};
use super::problem::Problem;
use crate::accounts::sign_in::Who;
use crate::assistance::DISPATCH;
use crate::server::Server;

/// Kinds of desk that are remembered; a court has a few dozen stations.
const MOST_DESKS: usize = 256;

/// One incident, ready to be sent.
#[derive(Debug)]
pub(super) struct Shown {
    /// The request.
    pub id: DocumentId,
    /// Tells whether it differs from what was sent last.
    pub hash: [u8; 32],
    /// The body of the event.
    pub event: Value,
    /// It has ended.
    pub over: bool,
}

impl Shown {
    /// What is sent of a request.
    pub(super) fn of(id: DocumentId, view: &IncidentView) -> Self {
        let over = view.over();
        let event = json!({ "incident": view });
        Self { id, hash: sha256(event.to_string().as_bytes()), event, over }
    }
}

type Kind = (Vec<Role>, Option<String>);

/// What was made for each kind of desk, and at which turn of the dispatch channel.
type Slot = Mutex<Option<(u64, Arc<Vec<Shown>>)>>;

/// The lists of all desks.
#[derive(Debug, Default)]
pub struct Lists(Mutex<HashMap<Kind, Arc<Slot>>>);

impl Lists {
    /// The open incidents that a person may see. Whoever asks while they are made waits for them.
    pub(super) fn open(&self, server: &Server, who: &Who) -> Result<Arc<Vec<Shown>>, Problem> {
        let slot = self.slot(who);
        let mut kept = slot.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken before reading: what is written meanwhile makes the next one ask again.
        let turn = server.waiters().turn(DISPATCH);
        if let Some((at, list)) = &*kept
            && *at == turn
        {
            return Ok(Arc::clone(list));
        }
        let desk = Desk::new(server, who.clone())?;
        let list = server.store().read::<_, Problem>(|reading| {
            let mut list = Vec::new();
            for row in reading.open_requests_of_desk()? {
                if let Some(view) = desk.see(reading, &row, false)? {
                    list.push(Shown::of(row.document, &view));
                }
            }
            Ok(list)
        })?;
        let list = Arc::new(list);
        *kept = Some((turn, Arc::clone(&list)));
        Ok(list)
    }

    fn slot(&self, who: &Who) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > MOST_DESKS {
            slots.clear();
        }
        let mut roles = who.roles.clone();
        roles.sort_by_key(|role| role.code());
        Arc::clone(slots.entry((roles, who.station.clone())).or_default())
    }
}
