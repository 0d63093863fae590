//! The day in Nanhai as a demonstration: `lastmile-server demo`. A real server process, real HTTP,
//! three phones with stores of their own behind links that are cut and restored; a timeline while it
//! happens, then assertions that compare stores. Nothing here runs in production.

pub mod cast;
pub mod check;
pub mod clock;
pub mod day;
mod eviction;
mod exports;
mod factory;
pub mod link;
pub mod lost;
mod papers;
pub mod photos;
pub mod police;
pub mod report;
mod rewrite;
pub mod run;
mod scene;
pub mod script;
mod settling;
mod signing;
pub mod stage;
pub mod withdrawn;
