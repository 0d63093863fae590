//! A request for assistance from the phone to the dispatcher and back, over real sockets: every step is signed,
//! seen by those it is for, and told to the phone.
//!
//! | file | subject |
//! | --- | --- |
//! | `scene` | a court with two stations, dispatchers, the command centre, and a crew that asks |
//! | `steps` | the steps people and rules take |
//! | `voice` | calls by telephone, and several reports of one event |
//! | `alarm` | the daily test of the alarm |
//! | `duty` | plans of who is on duty |
//! | `joined` | reports of one event, and what one does to the others |
//! | `lent` | a unit of one station at another one's request |
//! | `near` | who could come |
//! | `needs` | what the crew asks for |
//! | `photos` | photos of the scene |
//! | `withdrawn` | the crew takes it back, of its own will or not |

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod alarm;
#[path = "../browser/mod.rs"]
mod browser;
mod duty;
mod joined;
mod lent;
mod near;
mod needs;
mod photos;
#[path = "../reader/mod.rs"]
mod reader;
mod scene;
mod steps;
mod voice;
mod withdrawn;
#[path = "../world/mod.rs"]
mod world;
