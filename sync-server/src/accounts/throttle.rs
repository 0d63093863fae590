//! Whoever guesses waits. A few mistakes cost nothing; then each one doubles the wait of that address for
//! that person. Nobody can lock a person out from elsewhere: a dispatcher at the own desk signs in at once,
//! whatever somebody else tries under that name, because a station without a console harms people.
//!
//! Kept in memory: a restart forgives, and the seconds a restart takes cost more than the waits it saves.

use std::collections::HashMap;
use std::net::IpAddr;

/// Mistakes that cost nothing, for one person at one address.
const FREE: u32 = 5;
/// The longest wait.
const MOST_MS: i64 = 15 * 60_000;
/// Mistakes that cost nothing, for one address whatever names it tries.
const FREE_OF_ADDRESS: u32 = 30;
/// A wait is forgotten so long after its last mistake.
const FORGET_MS: i64 = 60 * 60_000;
/// Most names and addresses remembered; beyond, the oldest mistakes are forgotten first.
const MOST: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Who {
    address: IpAddr,
    /// `None`: the address as a whole.
    person: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Mistakes {
    count: u32,
    last_ms: i64,
}

/// The mistakes of the last hour.
#[derive(Debug, Default)]
pub struct Throttle {
    mistakes: HashMap<Who, Mistakes>,
}

impl Throttle {
    /// How long `person` at `address` must wait from `now_ms` on, milliseconds; 0: not at all.
    pub fn wait_ms(&self, address: IpAddr, person: &str, now_ms: i64) -> i64 {
        let of = |who: &Who, free| {
            let known = self.mistakes.get(who);
            known.map_or(0, |known| known.last_ms.saturating_add(wait(known.count, free)) - now_ms)
        };
        let [whole, own] = both(address, person);
        of(&whole, FREE_OF_ADDRESS).max(of(&own, FREE)).max(0)
    }

    /// A mistake.
    pub fn failed(&mut self, address: IpAddr, person: &str, now_ms: i64) {
        self.forget(now_ms);
        for who in both(address, person) {
            let known = self.mistakes.entry(who).or_insert(Mistakes { count: 0, last_ms: now_ms });
            *known = Mistakes { count: known.count.saturating_add(1), last_ms: now_ms };
        }
    }

    /// The person signed in.
    pub fn succeeded(&mut self, address: IpAddr, person: &str) {
        let [_, own] = both(address, person);
        self.mistakes.remove(&own);
    }

    fn forget(&mut self, now_ms: i64) {
        self.mistakes.retain(|_, known| now_ms.saturating_sub(known.last_ms) < FORGET_MS);
        while self.mistakes.len() + 2 > MOST {
            let oldest = self.mistakes.iter().min_by_key(|(_, known)| known.last_ms);
            let Some(who) = oldest.map(|(who, _)| who.clone()) else { break };
            self.mistakes.remove(&who);
        }
    }
}

fn both(address: IpAddr, person: &str) -> [Who; 2] {
    [Who { address, person: None }, Who { address, person: Some(person.to_owned()) }]
}

/// 2 s after the first mistake that counts, then twice as long each time.
fn wait(count: u32, free: u32) -> i64 {
    match count.checked_sub(free) {
        None | Some(0) => 0,
        Some(over) => (1_000_i64 << over.min(20)).min(MOST_MS),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn each_mistake_doubles_the_wait_and_success_ends_it() {
        let mut throttle = Throttle::default();
        let mut waits = Vec::new();
        for _ in 0..20 {
            throttle.failed(HERE, "tanliheng", 0);
            waits.push(throttle.wait_ms(HERE, "tanliheng", 0));
        }
        assert_eq!(waits[..8], [0, 0, 0, 0, 0, 2_000, 4_000, 8_000]);
        assert_eq!(waits[19], MOST_MS);
        assert_eq!(throttle.wait_ms(HERE, "tanliheng", MOST_MS), 0);
        throttle.succeeded(HERE, "tanliheng");
        assert_eq!(throttle.wait_ms(HERE, "tanliheng", 0), 0);
    }

    #[test]
    fn nobody_locks_a_person_out_from_elsewhere() {
        let mut throttle = Throttle::default();
        for _ in 0..1_000 {
            throttle.failed(HERE, "tanliheng", 0);
        }
        assert_eq!(throttle.wait_ms(THERE, "tanliheng", 0), 0);
        assert!(throttle.wait_ms(HERE, "chenyi", 0) > 0, "one address tries many names");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten() {
        let mut throttle = Throttle::default();
        for number in 0..20_000_u32 {
            let address = IpAddr::V4(Ipv4Addr::from(number));
            throttle.failed(address, "x", i64::from(number / 100));
        }
        assert!(throttle.mistakes.len() <= MOST);
        throttle.failed(HERE, "x", FORGET_MS * 2);
        assert_eq!(throttle.mistakes.len(), 2);
    }
}
