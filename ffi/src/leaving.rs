//! 出发检查: the facts of the check before leaving, one call for the page. Battery, storage and printer are
//! the app's own to know.

use std::sync::Arc;

use lastmile_core::phone::SealsLeft;

use crate::cases::DutyPhone;
use crate::error::LastmileError;
use crate::open::Phone;
use crate::status::Backlog;
use crate::work::run;

/// Kinds of packs a phone works from.
const KINDS: [&str; 6] = ["case", "court", "roster", "station", "grid", "rules"];

/// A pack in force on this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PackLine {
    /// Kind: `case`, `court`, `roster`, `station`, `grid`, `rules`.
    pub kind: String,
    /// Which one of its kind: a case number, a court's code.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// When the court made it, milliseconds since 1970; 0 when it does not verify: red.
    pub made_at_ms: i64,
    /// When it came, milliseconds since 1970 by this phone.
    pub received_ms: i64,
}

/// A block of seal strips.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SealBlockLeft {
    /// The case.
    pub case_no: String,
    /// The first strip as printed.
    pub first: String,
    /// The last strip as printed.
    pub last: String,
    /// Strips that no record names, by what this phone knows.
    pub left: u32,
    /// The lowest of them.
    pub next: Option<String>,
}

/// The facts; the app says which are green and which are red.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LeaveCheck {
    /// Packs that are here.
    pub packs: Vec<PackLine>,
    /// Seal strips of the person signed in, by case.
    pub seals: Vec<SealBlockLeft>,
    /// Duty telephones: of the cases that were asked about, the stations, and the command centre.
    pub duty_phones: Vec<DutyPhone>,
    /// This phone's clock minus the server's at the last contact, milliseconds; none before any.
    pub skew_ms: Option<i64>,
    /// The last contact, milliseconds since 1970 by this phone; none before any.
    pub last_contact_ms: Option<i64>,
    /// What waits on this phone.
    pub backlog: Backlog,
    /// A key that finalises is at hand.
    pub may_finalise: bool,
}

#[uniffi::export]
impl Phone {
    /// The facts of the check before leaving for these cases; for all of the person's cases when none is
    /// given. Reads the records of the cases: some 100 ms.
    pub async fn leave_check(
        self: Arc<Self>,
        cases: Vec<String>,
    ) -> Result<LeaveCheck, LastmileError> {
        run(move || {
            let acting = self.core.signed_in()?;
            let all = self.core.cases("", usize::MAX)?;
            let mut seals = Vec::new();
            let mut phones = Vec::new();
            for case in all {
                let case_no = case.pack.case_no;
                if !cases.is_empty() && !cases.contains(&case_no) {
                    continue;
                }
                let left = self.core.seals_left(&case_no)?.into_iter();
                seals.extend(left.map(|block| seal_block(&case_no, block)));
                let own = case.pack.duty_phones.into_iter();
                phones.extend(own.map(|one| DutyPhone { name: one.name, phone: one.phone }));
            }
            let known = self.core.duty_phones()?.into_iter();
            phones.extend(known.map(|(name, phone)| DutyPhone { name, phone }));
            phones.sort_by(|one, other| (&one.name, &one.phone).cmp(&(&other.name, &other.phone)));
            phones.dedup();
            let packs = self.core.packs_here(&KINDS)?.into_iter().map(|pack| PackLine {
                kind: pack.kind,
                id: pack.id,
                version: pack.version,
                made_at_ms: pack.made_at_ms,
                received_ms: pack.received_ms,
            });
            Ok(LeaveCheck {
                packs: packs.collect(),
                seals,
                duty_phones: phones,
                skew_ms: self.core.skew_ms()?,
                last_contact_ms: self.core.last_contact_ms()?,
                backlog: self.backlog()?,
                may_finalise: acting.finalising.is_some(),
            })
        })
        .await
    }
}

fn seal_block(case_no: &str, block: SealsLeft) -> SealBlockLeft {
    SealBlockLeft {
        case_no: case_no.to_owned(),
        first: block.first,
        last: block.last,
        left: block.left,
        next: block.next,
    }
}
