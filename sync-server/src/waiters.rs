//! Requests that wait for news of their channels, and how they are woken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

/// No channel, but woken like one: whenever something of an act changes, in whichever case. No channel is called
/// so: those of cases, stations and devices have a colon in their names.
pub const ACTS: &str = "acts";

/// Who waits for which channel.
#[derive(Debug, Default)]
pub struct Waiters {
    waiting: Mutex<HashMap<String, Vec<Weak<Notify>>>>,
    /// How often each channel was told to have news.
    turns: Mutex<HashMap<String, u64>>,
}

impl Waiters {
    /// Registers for `channels`. Register first, look afterwards: news between the two then wakes.
    pub fn register(&self, channels: &[String]) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for channel in channels {
            let list = waiting.entry(channel.clone()).or_default();
            list.retain(|other| other.strong_count() > 0);
            list.push(Arc::downgrade(&notify));
        }
        notify
    }

    /// Wakes everybody who waits for one of `channels`.
    pub fn wake<'a>(&self, channels: impl IntoIterator<Item = &'a String>) {
        let channels: Vec<&String> = channels.into_iter().collect();
        // Counted first: whoever wakes finds the new turn.
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        for channel in &channels {
            *turns.entry((*channel).clone()).or_default() += 1;
        }
        drop(turns);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for channel in channels {
            for notify in waiting.remove(channel).unwrap_or_default() {
                if let Some(notify) = notify.upgrade() {
                    // Keeps one permit when nobody waits yet.
                    notify.notify_one();
                }
            }
        }
    }

    /// How often a channel was told to have news: what was made of it at the same turn is as it stands.
    pub fn turn(&self, channel: &str) -> u64 {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.get(channel).copied().unwrap_or_default()
    }

    /// Wakes everybody: the service stops.
    pub fn wake_all(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for notify in waiting.drain().flat_map(|(_, list)| list) {
            if let Some(notify) = notify.upgrade() {
                notify.notify_one();
            }
        }
    }
}
