//! How a phone becomes somebody's: the court hands a person a one-time code, the phone makes its keys
//! and shows that it holds them, the court answers with certificates. The code carries the pin of the
//! court's root and a secret, so the phone need trust nothing else: not the network, not the name of
//! the server, not the app's store.
//!
//! | file | subject |
//! | --- | --- |
//! | [`code`] | the code, on paper and as a QR picture |
//! | [`message`] | the phone's request with its proofs, and the court's answer |
//!
//! Format: `docs/protocol/enrolment.cddl`.

pub mod code;
pub mod message;

pub use code::{CodeError, EnrolmentCode};
pub use message::{EnrolmentAnswer, EnrolmentRequest, NewKey, Possession, PossessionError};

/// Media type of the request and its answer.
pub const MEDIA_TYPE: &str = "application/vnd.lastmile.enrolment";
