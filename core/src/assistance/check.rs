//! Whether a step fits a request. Asked twice: before a step is signed, with the person who wants it
//! ([`may`]), and while folding, where only what everybody can see counts (`fits`). A refusal says what
//! is so already (who has it, since when), so that a second dispatcher is informed and nothing is lost.

use super::life::{COMMAND, Life, Step};
use super::step::{Need, State, StepCode};
use crate::id::DocumentId;
use crate::records::Role;
use crate::rules::Texts;

/// How far ahead an expected arrival may lie, milliseconds: a day.
pub const MAX_ETA_MS: i64 = 24 * 3_600_000;

/// Who wants to take a step.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// The server, by a rule.
    Rule,
    /// A person signed in at a console.
    Person {
        /// Roles of the certificate or account.
        roles: &'a [Role],
        /// The station a dispatcher belongs to.
        station: Option<&'a str>,
    },
}

/// Why a step does not fit. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// A step of a later version.
    #[error("this version does not know the step")]
    UnknownStep,
    /// It cannot follow the present state.
    #[error("the step does not follow the state {}", .state.code())]
    WrongState {
        /// Where the request stands.
        state: State,
    },
    /// Somebody has it.
    #[error("somebody has acknowledged it")]
    AlreadyAcknowledged {
        /// Staff id.
        by: String,
        /// Since when.
        at_ms: i64,
    },
    /// Something the step must bring along is missing.
    #[error("the step lacks: {}", .0.code())]
    Missing(Need),
    /// The person's roles do not allow it.
    #[error("the roles do not allow the step")]
    NotEntitled,
    /// Another station has it.
    #[error("another station has it")]
    OtherStation {
        /// Which.
        station: String,
    },
    /// It belongs to the incident of another request, which is where the step is to be taken.
    #[error("it was joined with another request")]
    JoinedElsewhere {
        /// That request.
        head: DocumentId,
    },
    /// A report joined meanwhile has not been acknowledged: whoever closes has not seen it.
    #[error("a report that was joined has not been acknowledged")]
    ReportUnseen,
    /// A request cannot be joined with itself, nor parted from what it is not joined with.
    #[error("the two requests cannot be joined or parted")]
    WrongPair,
    /// Nobody of the crew asked for it.
    #[error("the crew did not ask to withdraw")]
    NoCancelAsked,
    /// Under duress it stays open until somebody was there.
    #[error("it stays open until somebody was on the spot")]
    UnderDuress,
    /// The expected arrival lies in the past or more than a day ahead.
    #[error("the expected arrival is not plausible")]
    EtaOutOfRange,
}

impl Unfit {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownStep => "step_unknown",
            Self::WrongState { .. } => "step_wrong_state",
            Self::AlreadyAcknowledged { .. } => "already_acknowledged",
            Self::Missing(_) => "step_incomplete",
            Self::NotEntitled => "step_not_entitled",
            Self::OtherStation { .. } => "other_station",
            Self::JoinedElsewhere { .. } => "joined_elsewhere",
            Self::ReportUnseen => "report_unseen",
            Self::WrongPair => "wrong_pair",
            Self::NoCancelAsked => "no_cancel_asked",
            Self::UnderDuress => "under_duress",
            Self::EtaOutOfRange => "eta_out_of_range",
        }
    }

    /// The sentence a dispatcher reads. Names of people are the caller's to look up.
    pub fn texts(&self) -> Texts {
        let (zh, en) = match self {
            Self::UnknownStep => {
                ("此操作需要新版本程序。".to_owned(), "This step needs a newer program.".to_owned())
            }
            Self::WrongState { state } => (
                format!("该求助目前为“{}”,不能进行此操作。", state.label().zh),
                format!("The request is \"{}\"; this step does not follow.", state.label().en),
            ),
            Self::AlreadyAcknowledged { .. } => (
                "已有人接警,无需重复操作。".to_owned(),
                "Somebody has acknowledged it; nothing more to do.".to_owned(),
            ),
            Self::Missing(need) => (
                format!("请填写{}。", need.label().zh),
                format!("Please state: {}.", need.label().en),
            ),
            Self::NotEntitled => (
                "您的岗位不能进行此操作。".to_owned(),
                "Your role does not allow this step.".to_owned(),
            ),
            Self::OtherStation { .. } => (
                "该求助已由其他派出所处理。".to_owned(),
                "Another station has this request.".to_owned(),
            ),
            Self::JoinedElsewhere { .. } => (
                "该求助已并入另一警情,请在该警情上操作。".to_owned(),
                "It was joined with another incident; act there.".to_owned(),
            ),
            Self::ReportUnseen => (
                "有新并入的报告尚未确认,请先接警。".to_owned(),
                "A report that was joined meanwhile has not been acknowledged; acknowledge it first."
                    .to_owned(),
            ),
            Self::WrongPair => (
                "这两条求助不能合并或拆分。".to_owned(),
                "These two requests cannot be joined or parted.".to_owned(),
            ),
            Self::NoCancelAsked => {
                ("现场没有请求撤回。".to_owned(), "The crew did not ask to withdraw.".to_owned())
            }
            Self::UnderDuress => (
                "该求助为胁迫撤回,有人到场核实前不得结束。".to_owned(),
                "It was withdrawn under duress; it stays open until somebody was there.".to_owned(),
            ),
            Self::EtaOutOfRange => (
                "预计到达时间有误,应在现在之后、一天之内。".to_owned(),
                "The expected arrival must lie within a day from now.".to_owned(),
            ),
        };
        Texts { zh, en }
    }
}

/// Whether `state` is one in which a person has it.
pub(super) fn held(state: State) -> bool {
    matches!(state, State::Acknowledged | State::UnitSent | State::Arrived)
}

/// Whether somebody may take a step now. To be asked in the transaction that signs it.
pub fn may(life: &Life, step: &Step, actor: Actor<'_>) -> Result<(), Unfit> {
    let code = step.known().ok_or(Unfit::UnknownStep)?;
    let spec = code.spec();
    match actor {
        Actor::Rule if spec.by_rule => {}
        Actor::Rule => return Err(Unfit::NotEntitled),
        Actor::Person { roles, station } => {
            if !spec.roles.iter().any(|role| roles.contains(role)) {
                return Err(Unfit::NotEntitled);
            }
            // The command centre acts for every station; a dispatcher for the own one. What is written
            // down from a voice call belongs to nobody yet.
            let begins = life.state == State::NotDelivered;
            let own = life.station.as_deref() == station || begins;
            if !own && !roles.contains(&Role::Command) {
                let station = life.station.clone().unwrap_or_else(|| COMMAND.to_owned());
                return Err(Unfit::OtherStation { station });
            }
            // Whose units are sent elsewhere is the command centre's to say.
            let lent = code == StepCode::UnitSent && step.station.is_some();
            if lent && step.station != life.station && !roles.contains(&Role::Command) {
                return Err(Unfit::NotEntitled);
            }
            let ends =
                matches!(code, StepCode::Closed | StepCode::FalseAlarm | StepCode::CancelConfirmed);
            if ends && !life.joined.is_empty() && life.ringing_since_ms.is_some() {
                return Err(Unfit::ReportUnseen);
            }
        }
    }
    if let Some(when_ms) = step.when_ms
        && matches!(code, StepCode::Eta | StepCode::Acknowledged | StepCode::UnitSent)
        && !(step.at_ms..=step.at_ms.saturating_add(MAX_ETA_MS)).contains(&when_ms)
    {
        return Err(Unfit::EtaOutOfRange);
    }
    fits(life, step)
}

/// Whether a step follows what is known of a request, whoever takes it.
pub(super) fn fits(life: &Life, step: &Step) -> Result<(), Unfit> {
    let code = step.known().ok_or(Unfit::UnknownStep)?;
    let spec = code.spec();
    if let Some(need) = spec.needs.iter().find(|need| !brings(step, **need)) {
        return Err(Unfit::Missing(*need));
    }
    if step.other == Some(step.document) {
        return Err(Unfit::WrongPair);
    }
    if step.document != life.document {
        return Ok(()); // judged at the request it was taken on
    }
    if !spec.from.contains(&life.state) {
        return Err(Unfit::WrongState { state: life.state });
    }
    match (code, life.merged_into) {
        // Asked or told from the field, or by a rule: true of this report wherever it was joined.
        (StepCode::CancelAsked | StepCode::Duress | StepCode::Alerted, _) => {}
        (StepCode::Split, head) if head == step.other => {}
        (StepCode::Split, _) => return Err(Unfit::WrongPair),
        (_, Some(head)) => return Err(Unfit::JoinedElsewhere { head }),
        (StepCode::Merged, None) if step.other.is_some_and(|o| life.joined.contains(&o)) => {
            return Err(Unfit::WrongPair);
        }
        (_, None) => {}
    }
    match code {
        StepCode::Acknowledged if held(life.state) && life.ringing_since_ms.is_none() => {
            let (by, at_ms) = life.holder.as_ref().map_or_else(
                || (String::new(), life.since_ms.unwrap_or(0)),
                |holder| (holder.person.clone(), holder.since_ms),
            );
            Err(Unfit::AlreadyAcknowledged { by, at_ms })
        }
        StepCode::CancelConfirmed if life.cancel_asked_ms.is_none() => Err(Unfit::NoCancelAsked),
        StepCode::Closed | StepCode::FalseAlarm if life.duress && life.arrived_ms.is_none() => {
            Err(Unfit::UnderDuress)
        }
        _ => Ok(()),
    }
}

fn brings(step: &Step, need: Need) -> bool {
    match need {
        Need::Station => step.station.is_some(),
        Need::Unit => step.unit.is_some(),
        Need::When => step.when_ms.is_some(),
        Need::Other => step.other.is_some(),
        Need::Reason => step.reason.is_some(),
    }
}
