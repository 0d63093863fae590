//! # Lastmile core
//!
//! Everything a field officer's phone needs to record court enforcement acts without a network, and
//! everything a server needs to judge what phones send. Knows no server, no screen and no Android.
//!
//! One change walks through the modules in this order:
//!
//! ```text
//! intent ──► document ──► envelope ──► store ──► sync ──► (server: document again) ──► feed ──► view
//! typed wish  automerge    signed       durable   one POST  the same acceptance          read model
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`id`], [`value`], [`time`] | the small shared vocabulary: hashes and ids, scalars, clocks and randomness |
//! | [`identifier`], [`calendar`], [`geo`] | case numbers, ID numbers, plates, money; L-CPL 85 dates; datums and polygons |
//! | [`records`] | the record kinds, one file each, over one descriptor type |
//! | [`rules`] | the law as data: rule packs and their evaluation |
//! | [`document`] | Automerge documents: acceptance of outside changes, history, conflicts, digests, intents |
//! | [`identity`], [`envelope`] | keys, certificates, signatures; the signed envelope of a change |
//! | [`log`] | the court's transparency log: leaves, proofs, checkpoints, receipts |
//! | [`signing`] | what those present sign: the content read back, declarations, strokes |
//! | [`export`] | one case in one file, and its verification |
//! | [`picture`] | what a photo says about itself, its thumbnail and preview, what does not fit |
//! | [`vault`] | files of evidence on the phone, sealed, each named by its hash |
//! | [`pack`] | server-signed reference data: case packs, grids, rule packs |
//! | [`store`] | the phone's SQLite: log of signed changes, caches, drafts, search |
//! | [`sync`] | the wire protocol, the client and phone-to-phone exchange |
//! | [`assistance`] | what becomes of a request for police assistance: steps, ladder, text messages, hops |
//! | [`courier`] | work sealed to the court and carried by somebody else, and the receipt back |

pub mod assistance;
pub mod calendar;
pub mod courier;
pub mod document;
pub mod envelope;
pub mod export;
pub mod geo;
mod guard;
pub mod id;
pub mod identifier;
pub mod identity;
pub mod log;
pub mod pack;
pub mod phone;
pub mod picture;
pub mod records;
pub mod rules;
pub mod signing;
pub mod store;
pub mod sync;
pub mod time;
pub mod value;
pub mod vault;
