//! Evidence from phone to phone, to the court and onto paper, over the real server and with the program itself.
//!
//! | file | subject |
//! | --- | --- |
//! | `withdrawn` | phones that lost their access hand in what they have and let go of it |
//! | `lost` | originals that the court lost |
//! | `colleagues` | what one phone captured on the screen of another |
//! | `pictures` | small pictures that are missing at the court |
//! | `roads` | proxies on the way |
//! | `findings` | what does not fit about photos, as the court finds it |
//! | `papers` | papers of a court that has originals, by the program and by HTTP |
//! | `inspect` | the reading of files, as support staff asks for it |

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod colleagues;
mod findings;
mod inspect;
mod lost;
mod papers;
mod pictures;
#[path = "../reader/mod.rs"]
mod reader;
mod roads;
mod withdrawn;
#[path = "../world/mod.rs"]
mod world;
