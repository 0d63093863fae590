//! Papers as a court gets them: made of real documents, typeset, drawn as pictures and read as text.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bounds;
mod cases;
mod desk;
mod drawn;
mod golden;
mod names;
mod said;
