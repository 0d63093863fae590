//! The table of steps: what can happen to a request, who may do it, from which state, what it needs and
//! where it leads. Data only; [`super::life`] folds it, [`super::check`] asks it. The reviewed copy in
//! `steps.md` is compared by a test, so that no right and no road appears unseen.

use std::fmt::Write as _;

use crate::records::{Label, Role};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum State {
    /// No step is known: it lies on the phone, or nobody confirmed anything yet.
    #[default]
    NotDelivered,
    /// The server has it and a station is to see it.
    Received,
    /// It stands on a console that a person looks at.
    Alerted,
    /// The station cannot come; the command centre has to find somebody else.
    Declined,
    /// A dispatcher has it.
    Acknowledged,
    /// Somebody is on the way.
    UnitSent,
    /// Somebody is there.
    Arrived,
    /// Dealt with.
    Closed,
    /// There was nothing.
    FalseAlarm,
    /// The crew took it back, the station confirmed.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::NotDelivered,
        Self::Received,
        Self::Alerted,
        Self::Declined,
        Self::Acknowledged,
        Self::UnitSent,
        Self::Arrived,
        Self::Closed,
        Self::FalseAlarm,
        Self::Cancelled,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotDelivered => "not_delivered",
            Self::Received => "received",
            Self::Alerted => "alerted",
            Self::Declined => "declined",
            Self::Acknowledged => "acknowledged",
            Self::UnitSent => "unit_sent",
            Self::Arrived => "arrived",
            Self::Closed => "closed",
            Self::FalseAlarm => "false_alarm",
            Self::Cancelled => "cancelled",
        }
    }

    /// The words on screens.
    pub const fn label(self) -> Label {
        match self {
            Self::NotDelivered => Label::new("尚未送达", "NOT delivered"),
            Self::Received => Label::new("已送达", "delivered"),
            Self::Alerted => Label::new("已送达,值班台已提醒", "delivered, on the console"),
            Self::Declined => Label::new("该所无法出警", "the station cannot come"),
            Self::Acknowledged => Label::new("已接警", "acknowledged"),
            Self::UnitSent => Label::new("已出警", "on the way"),
            Self::Arrived => Label::new("已到场", "on the spot"),
            Self::Closed => Label::new("已处置完毕", "closed"),
            Self::FalseAlarm => Label::new("误报", "false alarm"),
            Self::Cancelled => Label::new("已撤回", "withdrawn"),
        }
    }

    /// Whether it is over, as far as anybody knows.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Closed | Self::FalseAlarm | Self::Cancelled)
    }
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepCode {
    /// The server has it; or a dispatcher wrote down what was asked by voice.
    Received,
    /// A console said that it shows it.
    Alerted,
    /// A dispatcher took it.
    Acknowledged,
    /// The station cannot come.
    Declined,
    /// Another station has it from now on.
    Transferred,
    /// The next shift has it from now on.
    TakenOver,
    /// A unit is on the way.
    UnitSent,
    /// When it is expected.
    Eta,
    /// A unit is there.
    Arrived,
    /// The crew handed a person over.
    HandedOver,
    /// The next rung of the ladder was told.
    Escalated,
    /// The crew asks to take it back.
    CancelAsked,
    /// The crew asks to take it back, under duress. Never told to a phone.
    Duress,
    /// The station confirmed the withdrawal.
    CancelConfirmed,
    /// Dealt with.
    Closed,
    /// There was nothing.
    FalseAlarm,
    /// It is another report of the incident that `other` reports.
    Merged,
    /// It is an incident of its own after all.
    Split,
    /// It was not over.
    Reopened,
}

/// What a step must bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The station's code.
    Station,
    /// The unit, in words.
    Unit,
    /// An instant: the expected arrival.
    When,
    /// Another request.
    Other,
    /// Why, a code.
    Reason,
}

impl Need {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Unit => "unit",
            Self::When => "when",
            Self::Other => "other",
            Self::Reason => "reason",
        }
    }

    /// What it is called on screens.
    pub const fn label(self) -> Label {
        match self {
            Self::Station => Label::new("派出所", "station"),
            Self::Unit => Label::new("出警单位", "unit"),
            Self::When => Label::new("预计到达时间", "expected arrival"),
            Self::Other => Label::new("另一条求助", "other request"),
            Self::Reason => Label::new("原因", "reason"),
        }
    }
}

/// What a step does to the alarm that sounds until a person acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// Nothing.
    Same,
    /// It sounds; if it sounded already, since then.
    Rings,
    /// It stops.
    Stops,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Which step.
    pub step: StepCode,
    /// The code in transitions.
    pub code: &'static str,
    /// The words on screens.
    pub label: Label,
    /// From which states.
    pub from: &'static [State],
    /// The state after it; `None`: as before.
    pub to: Option<State>,
    /// Which people may take it.
    pub roles: &'static [Role],
    /// Whether the server takes it by itself, by a rule.
    pub by_rule: bool,
    /// What it must bring along.
    pub needs: &'static [Need],
    /// What it does to the alarm.
    pub alarm: Alarm,
}

const DESK: &[Role] = &[Role::Dispatcher, Role::Command];
const NOBODY: &[Role] = &[];

const BEFORE: &[State] = &[State::NotDelivered];
const UNHEARD: &[State] = &[State::Received];
const HELD: &[State] = &[State::Acknowledged, State::UnitSent, State::Arrived];
const COMING: &[State] = &[State::Acknowledged, State::UnitSent];
const NOT_THERE: &[State] =
    &[State::Received, State::Alerted, State::Declined, State::Acknowledged, State::UnitSent];
const OPEN: &[State] = &[
    State::Received,
    State::Alerted,
    State::Declined,
    State::Acknowledged,
    State::UnitSent,
    State::Arrived,
];
const ANY: &[State] = &[
    State::Received,
    State::Alerted,
    State::Declined,
    State::Acknowledged,
    State::UnitSent,
    State::Arrived,
    State::Closed,
    State::FalseAlarm,
    State::Cancelled,
];
const ENDED: &[State] = &[State::Closed, State::FalseAlarm, State::Cancelled];
const ON_THE_SPOT: &[State] = &[State::Arrived];

const fn line(step: StepCode, code: &'static str, label: Label) -> Spec {
    Spec {
        step,
        code,
        label,
        from: OPEN,
        to: None,
        roles: DESK,
        by_rule: false,
        needs: &[],
        alarm: Alarm::Same,
    }
}

/// Every step, in the order of a usual life.
pub const STEPS: &[Spec] = &[
    Spec {
        from: BEFORE,
        to: Some(State::Received),
        by_rule: true,
        needs: &[Need::Station],
        alarm: Alarm::Rings,
        ..line(StepCode::Received, "received", Label::new("已送达", "delivered"))
    },
    Spec {
        from: UNHEARD,
        to: Some(State::Alerted),
        roles: NOBODY,
        by_rule: true,
        ..line(StepCode::Alerted, "alerted", Label::new("值班台已提醒", "shown on the console"))
    },
    Spec {
        // Also by whoever holds it already: a joined report rings again.
        to: Some(State::Acknowledged),
        alarm: Alarm::Stops,
        ..line(StepCode::Acknowledged, "acknowledged", Label::new("已接警", "acknowledged"))
    },
    Spec {
        from: NOT_THERE,
        to: Some(State::Declined),
        needs: &[Need::Reason],
        alarm: Alarm::Rings,
        ..line(StepCode::Declined, "declined", Label::new("无法出警", "declined"))
    },
    Spec {
        from: NOT_THERE,
        to: Some(State::Received),
        by_rule: true,
        needs: &[Need::Station],
        alarm: Alarm::Rings,
        ..line(StepCode::Transferred, "transferred", Label::new("转派", "transferred"))
    },
    Spec {
        from: HELD,
        ..line(StepCode::TakenOver, "taken_over", Label::new("接班", "taken over"))
    },
    Spec {
        // Sending somebody is an answer too: nobody is made to press two buttons.
        to: Some(State::UnitSent),
        needs: &[Need::Unit],
        alarm: Alarm::Stops,
        ..line(StepCode::UnitSent, "unit_sent", Label::new("已出警", "unit sent"))
    },
    Spec {
        from: COMING,
        needs: &[Need::When],
        ..line(StepCode::Eta, "eta", Label::new("预计到达", "expected arrival"))
    },
    Spec {
        // A patrol may be there before anybody pressed anything.
        from: NOT_THERE,
        to: Some(State::Arrived),
        alarm: Alarm::Stops,
        ..line(StepCode::Arrived, "arrived", Label::new("已到场", "arrived"))
    },
    Spec {
        from: ON_THE_SPOT,
        needs: &[Need::Unit],
        ..line(StepCode::HandedOver, "handed_over", Label::new("已移交人员", "person handed over"))
    },
    Spec {
        by_rule: true,
        needs: &[Need::Reason],
        ..line(StepCode::Escalated, "escalated", Label::new("已升级", "escalated"))
    },
    Spec {
        roles: NOBODY,
        by_rule: true,
        ..line(StepCode::CancelAsked, "cancel_asked", Label::new("请求撤回", "asks to withdraw"))
    },
    Spec {
        // Even when everybody thought it was over: it is open again.
        from: ANY,
        roles: NOBODY,
        by_rule: true,
        alarm: Alarm::Rings,
        ..line(StepCode::Duress, "duress", Label::new("胁迫撤回", "withdrawn under duress"))
    },
    Spec {
        to: Some(State::Cancelled),
        alarm: Alarm::Stops,
        ..line(
            StepCode::CancelConfirmed,
            "cancel_confirmed",
            Label::new("确认撤回", "withdrawal confirmed"),
        )
    },
    Spec {
        from: HELD,
        to: Some(State::Closed),
        needs: &[Need::Reason],
        alarm: Alarm::Stops,
        ..line(StepCode::Closed, "closed", Label::new("处置完毕", "closed"))
    },
    Spec {
        from: HELD,
        to: Some(State::FalseAlarm),
        needs: &[Need::Reason],
        alarm: Alarm::Stops,
        ..line(StepCode::FalseAlarm, "false_alarm", Label::new("误报", "false alarm"))
    },
    Spec {
        by_rule: true,
        needs: &[Need::Other],
        alarm: Alarm::Rings,
        ..line(StepCode::Merged, "merged", Label::new("并入", "joined"))
    },
    Spec {
        by_rule: true,
        needs: &[Need::Other],
        alarm: Alarm::Rings,
        ..line(StepCode::Split, "split", Label::new("拆分", "parted"))
    },
    Spec {
        from: ENDED,
        to: Some(State::Received),
        needs: &[Need::Reason],
        alarm: Alarm::Rings,
        ..line(StepCode::Reopened, "reopened", Label::new("重新打开", "reopened"))
    },
];

impl StepCode {
    /// The step of a code; a code this version does not know is kept and shown, and changes nothing.
    pub fn from_code(code: &str) -> Option<Self> {
        STEPS.iter().find(|spec| spec.code == code).map(|spec| spec.step)
    }

    /// Its line of the table.
    pub fn spec(self) -> &'static Spec {
        // Every step has its line, as a test shows; the first one is the most harmless answer.
        STEPS.iter().find(|spec| spec.step == self).unwrap_or(&STEPS[0])
    }

    /// The code in transitions.
    pub fn code(self) -> &'static str {
        self.spec().code
    }

    /// Whether a phone may be told: everything but duress, which whoever holds the phone must not see.
    pub fn told_to_phones(self) -> bool {
        self != Self::Duress
    }
}

/// The table in Markdown.
pub fn steps_table() -> String {
    let mut out = String::from(
        "# Steps of a request for police assistance · 求助的每一步\n\n\
         Generated from `step.rs` and compared by a test. `rule`: the server by itself.\n\n\
         | step | zh-CN | English | from | to | by | needs | alarm |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for spec in STEPS {
        let from: Vec<&str> = spec.from.iter().map(|state| state.code()).collect();
        let rule = spec.by_rule.then_some("rule");
        let by: Vec<&str> = rule.into_iter().chain(spec.roles.iter().map(|r| r.code())).collect();
        let needs: Vec<&str> = spec.needs.iter().map(|need| need.code()).collect();
        let alarm = match spec.alarm {
            Alarm::Same => "",
            Alarm::Rings => "rings",
            Alarm::Stops => "stops",
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {alarm} |",
            spec.code,
            spec.label.zh,
            spec.label.en,
            from.join(", "),
            spec.to.map_or("as before", State::code),
            by.join(", "),
            needs.join(", "),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_the_reviewed_ones() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/assistance/steps.md");
        let now = steps_table();
        if std::env::var_os("REVIEWED").is_some() {
            std::fs::write(path, &now).ok();
        }
        let reviewed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            now == reviewed,
            "steps changed: review `git diff` after `REVIEWED=1 cargo test -p lastmile-core --lib assistance`"
        );
    }

    #[test]
    fn codes_are_unique_and_lead_back() {
        for (index, spec) in STEPS.iter().enumerate() {
            assert_eq!(StepCode::from_code(spec.code), Some(spec.step));
            assert_eq!(spec.step as usize, index, "{}: the enum and the table differ", spec.code);
            assert_eq!(spec.step.code(), spec.code);
            assert!(spec.by_rule || !spec.roles.is_empty(), "{}: nobody may", spec.code);
        }
        assert_eq!(StepCode::from_code("teleported"), None);
    }

    #[test]
    fn nothing_ends_an_alarm_but_a_person() {
        for spec in STEPS.iter().filter(|spec| spec.alarm == Alarm::Stops) {
            assert!(!spec.by_rule, "{}: a rule would silence a call for help", spec.code);
        }
        for spec in STEPS.iter().filter(|spec| spec.to.is_some_and(State::ended)) {
            assert!(!spec.by_rule && spec.roles == DESK, "{}", spec.code);
        }
    }

    #[test]
    fn every_open_state_has_a_way_to_be_answered_and_every_end_a_way_back() {
        for state in State::ALL {
            let ways = |step: StepCode| step.spec().from.contains(&state);
            if state.ended() {
                assert!(ways(StepCode::Reopened), "{}", state.code());
            } else if state != State::NotDelivered {
                assert!(
                    ways(StepCode::Acknowledged) && ways(StepCode::Escalated),
                    "{}",
                    state.code()
                );
            }
        }
    }
}
