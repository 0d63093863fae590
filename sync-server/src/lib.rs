//! # Lastmile server
//!
//! The court's sync service: takes what phones recorded, judges it by the same rules as the phones,
//! orders it, keeps it, hands it on. One binary, one data directory, no outside service.
//!
//! ```text
//! http ──► sync (session, answer) ──► ingest (verify, judge, publish) ──► store (log, feeds, models)
//!              ▲                            ▲                                   │
//!          waiters ◄── news ────────────────┴── publish (packs, memberships) ◄──┘ import
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`store`] | the database; all SQL |
//! | [`ingest`] | from offered bytes to verdicts, feeds, read models |
//! | [`sync`] | the sync endpoint without HTTP: who may read what, answers, repairs |
//! | [`publish`], [`issuer`] | what the server signs: packs, memberships, routes |
//! | [`export`] | one case in one file, for the other side |
//! | [`files`] | files of evidence: uploads, their verification, where they lie |
//! | [`restore`] | backups, and the new life after one |
//! | [`sequencer`] | signs the checkpoints of the court's log |
//! | [`routing`] | which station a request goes to |
//! | [`server`] | one court's server as a value; [`app`] runs it on a socket |
//! | [`http`] | the endpoints and their problems; the read API with its description, health, metrics |
//! | [`assistance`] | requests for police assistance: the steps taken about them, signed |
//! | [`sms`] | requests as text messages, and the answers |
//! | [`accounts`] | people at the console: passwords, one-time codes, sessions |
//! | [`acting`] | what those people change in records, signed in their own name |
//! | [`operator`] | tokens of programs that read the API |
//! | [`papers`] | papers of records, as PDF |
//! | [`law`] | what the rules say about records, as the court has them |
//! | [`court`] | making a court: keys, certificates, devices |
//! | [`keys`], [`rotate`] | the court's private keys: sealed at rest, held against certificates, replaced |
//! | [`certify`] | certificates on their way into the database and the directory channel |
//! | [`enrol`], [`roles`] | one-time codes, the certificates they become, and who has which role |
//! | [`import`] | from a court's files to checked packs; pure |
//! | [`reference`] | a checked import on its way into the database |
//! | [`withdraw`] | certificates withdrawn, phones wiped, changes in quarantine decided |
//! | [`cli`] | the command line |
//! | [`upkeep`] | `rebuild` and `verify` |
//! | [`demo`] | what a demonstration needs around the server |

pub mod accounts;
pub mod acting;
pub mod app;
pub mod assistance;
pub mod certify;
pub mod cli;
pub mod courier;
pub mod court;
pub mod demo;
pub mod enrol;
pub mod export;
pub mod files;
pub mod http;
pub mod import;
pub mod ingest;
pub mod issuer;
pub mod keys;
pub mod law;
pub mod operator;
pub mod outside;
pub mod papers;
pub mod publish;
pub mod reference;
pub mod renew;
pub mod restore;
pub mod roles;
pub mod rotate;
pub mod routing;
pub mod sequencer;
pub mod server;
pub mod sms;
pub mod store;
pub mod sync;
pub mod timestamp;
pub mod trust;
pub mod upkeep;
pub mod waiters;
pub mod withdraw;
