//! Evidence from phone to phone and to the court, over the real server.
//!
//! | file | subject |
//! | --- | --- |
//! | `withdrawn` | phones that lost their access hand in what they have and let go of it |
//! | `colleagues` | what one phone captured on the screen of another |

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod colleagues;
mod withdrawn;
#[path = "../world/mod.rs"]
mod world;
