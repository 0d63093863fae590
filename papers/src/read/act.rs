//! What every act has, whatever its paper: crew, recorders, who was told, who was there, persuasion,
//! incidents.

use serde::Serialize;

use super::Reader;
use super::rows::{Row, row};

row! {
    /// One of the crew.
    Officer of ["officers"] { person, role, work_id }
}

row! {
    /// A body-worn recorder.
    Recorder of ["recorders"] { device_no, carried_by, started_at, announced_at, ended_at, gap_reason }
}

row! {
    /// Somebody present.
    Present of ["present"] { person, name, role, org, appointed_by_org, arrived_at, left_at, note }
}

row! {
    /// Somebody told to be present.
    Told of ["notifications"] { person, name, role, org, notified_at, method, notified_by, result, note }
}

row! {
    /// Explaining and persuading.
    Persuasion of ["persuasions"] { person, start_at, end_at, audience_count, summary, outcome, follow_up }
}

row! {
    /// An incident.
    Incident of ["incidents"] { at, act_code, person, text, assistance }
}

/// The people and the tools of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Crew {
    officers: Vec<Row<Officer>>,
    recorders: Vec<Row<Recorder>>,
    present: Vec<Row<Present>>,
    told: Vec<Row<Told>>,
}

impl Crew {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        Self {
            officers: reader.rows("officers"),
            recorders: reader.rows("recorders"),
            present: reader.rows("present"),
            told: reader.rows("notifications"),
        }
    }
}
