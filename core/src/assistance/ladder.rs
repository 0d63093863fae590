//! The ladder of R-POL-03: while a request rings and nobody acts, who is told next. A pure function of the
//! request, the time and whether a console is live; it says what is due now and when to look again. What was
//! told is itself a signed step (`escalated`), so a restart neither forgets nor repeats a rung.
//!
//! The clock is the server's. Reminding the console does not go through steps: a beat is due every few
//! seconds, counted from the begin of the alarm.

use serde::{Deserialize, Serialize};

use super::life::Life;
use super::step::State;
use crate::identifier::{Reason, reasons};
use crate::pack::court::{CourtPack, EscalationAction};
use crate::records::Label;

reasons! {
    REALERT: "ladder_realert", "重复提醒间隔应为5至60秒。", "The alarm repeats every 5 to 60 seconds.";
    ORDER: "ladder_order", "各级时限应逐级延长:指挥中心、第二渠道、指挥中心电话、院领导。", "Each rung comes later than the one before: command centre, second channel, call, chief.";
    RANGE: "ladder_range", "时限超出范围(10秒至2小时)。", "A rung lies outside 10 seconds to 2 hours.";
    TARGET: "ladder_target", "到场目标应为5至120分钟。", "The arrival target is 5 to 120 minutes.";
}

/// How long each rung waits. A court may change them within bounds; whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The console's alarm repeats, 5 to 60.
    pub realert_s: u32,
    /// The command centre sees it unacknowledged.
    pub command_sees_s: u32,
    /// Second channel: the duty telephone.
    pub second_channel_s: u32,
    /// The command centre calls the station.
    pub command_calls_s: u32,
    /// The chief is told.
    pub chief_s: u32,
    /// Somebody is to be there, from T0 (IX-14).
    pub arrival_target_s: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            realert_s: 15,
            command_sees_s: 60,
            second_channel_s: 3 * 60,
            command_calls_s: 10 * 60,
            chief_s: 20 * 60,
            arrival_target_s: 20 * 60,
        }
    }
}

impl Settings {
    /// What a court has set; a rung that it does not name waits as usual. To be asked whether they may be used.
    pub fn of(court: &CourtPack) -> Self {
        let mut settings = Self {
            realert_s: court.realert_s,
            arrival_target_s: court.response_target_s,
            ..Self::default()
        };
        for step in &court.escalation {
            let rung = match step.action {
                EscalationAction::ShowCommand => &mut settings.command_sees_s,
                EscalationAction::SecondChannel => &mut settings.second_channel_s,
                EscalationAction::CommandCalls => &mut settings.command_calls_s,
                EscalationAction::Chief => &mut settings.chief_s,
                // Of a later version.
                EscalationAction::Other(_) => continue,
            };
            *rung = step.after_s;
        }
        settings
    }

    /// Whether they may be used.
    pub fn check(&self) -> Result<(), Reason> {
        let rungs =
            [self.command_sees_s, self.second_channel_s, self.command_calls_s, self.chief_s];
        if !(5..=60).contains(&self.realert_s) {
            return Err(REALERT);
        }
        if rungs.iter().any(|seconds| !(10..=7_200).contains(seconds)) {
            return Err(RANGE);
        }
        if rungs.iter().zip(rungs.iter().skip(1)).any(|(before, after)| before >= after) {
            return Err(ORDER);
        }
        if (300..=7_200).contains(&self.arrival_target_s) { Ok(()) } else { Err(TARGET) }
    }
}

/// A rung: who is told, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// The crew cancelled under duress: the command centre and the chief, silently.
    Duress,
    /// No console serves the station, or it cannot come: the command centre acts at once.
    NobodyThere,
    /// The command centre sees it.
    CommandSees,
    /// The duty telephone.
    SecondChannel,
    /// The command centre calls the station.
    CommandCalls,
    /// The chief.
    Chief,
    /// The arrival target has passed and nobody is there.
    ArrivalLate,
}

impl Rung {
    /// Every rung.
    pub const ALL: [Self; 7] = [
        Self::Duress,
        Self::NobodyThere,
        Self::CommandSees,
        Self::SecondChannel,
        Self::CommandCalls,
        Self::Chief,
        Self::ArrivalLate,
    ];

    /// The reason code of the step `escalated`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Duress => "duress",
            Self::NobodyThere => "nobody_there",
            Self::CommandSees => "command_sees",
            Self::SecondChannel => "second_channel",
            Self::CommandCalls => "command_calls",
            Self::Chief => "chief",
            Self::ArrivalLate => "arrival_late",
        }
    }

    /// The rung of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| rung.code() == code)
    }

    /// The words on screens.
    pub const fn label(self) -> Label {
        match self {
            Self::Duress => {
                Label::new("胁迫撤回,请秘密处置", "withdrawn under duress: act silently")
            }
            Self::NobodyThere => {
                Label::new("该所无人值守或无法出警", "nobody at the station's console")
            }
            Self::CommandSees => {
                Label::new("未接警,指挥中心已可见", "unacknowledged: command centre sees it")
            }
            Self::SecondChannel => {
                Label::new("未接警,改拨值班电话", "unacknowledged: duty telephone")
            }
            Self::CommandCalls => {
                Label::new("未接警,指挥中心电话联系", "unacknowledged: command centre calls")
            }
            Self::Chief => Label::new("未接警,报告院领导", "unacknowledged: the chief is told"),
            Self::ArrivalLate => {
                Label::new("超过到场目标时间,无人到场", "arrival target passed, nobody there")
            }
        }
    }

    /// Whether it concerns the station that has the request, so that another station has it anew.
    pub const fn of_the_station(self) -> bool {
        matches!(self, Self::NobodyThere | Self::SecondChannel)
    }
}

/// What is due now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// Sound the console's alarm again.
    pub alert: bool,
    /// Rungs not told yet, the first one first.
    pub rungs: Vec<Rung>,
    /// When something will be due next if nothing happens; `None`: never.
    pub next_ms: Option<i64>,
}

/// What is due for a request at `now_ms`.
///
/// `last_alert_ms`: when the console's alarm last sounded, if it did. `console_live`: a console that
/// serves the station answered within its heartbeat.
pub fn due(
    life: &Life,
    settings: &Settings,
    now_ms: i64,
    last_alert_ms: Option<i64>,
    console_live: bool,
) -> Due {
    let mut out = Due::default();
    if !life.open() {
        return out;
    }
    for (rung, at_ms) in plan(life, settings, console_live) {
        if life.told.contains_key(rung.code()) {
            continue;
        }
        if at_ms <= now_ms { out.rungs.push(rung) } else { sooner(&mut out.next_ms, at_ms) }
    }
    if let Some(since_ms) = life.ringing_since_ms {
        let beat_ms = i64::from(settings.realert_s.max(1)) * 1_000;
        // Beats count from the begin of the alarm, so that two servers sound together.
        let beat = now_ms.saturating_sub(since_ms).max(0) / beat_ms;
        let this_ms = since_ms.saturating_add(beat.saturating_mul(beat_ms));
        out.alert = last_alert_ms.is_none_or(|last_ms| last_ms < this_ms);
        sooner(&mut out.next_ms, this_ms.saturating_add(beat_ms));
    }
    out
}

/// Every rung that applies, with its time.
fn plan(life: &Life, settings: &Settings, console_live: bool) -> Vec<(Rung, i64)> {
    let after = |from_ms: i64, seconds: u32| from_ms.saturating_add(i64::from(seconds) * 1_000);
    let mut plan = Vec::new();
    if life.duress {
        plan.push((Rung::Duress, i64::MIN));
    }
    if let Some(since_ms) = life.ringing_since_ms {
        if !console_live || life.state == State::Declined {
            plan.push((Rung::NobodyThere, i64::MIN));
        }
        plan.extend([
            (Rung::CommandSees, after(since_ms, settings.command_sees_s)),
            (Rung::SecondChannel, after(since_ms, settings.second_channel_s)),
            (Rung::CommandCalls, after(since_ms, settings.command_calls_s)),
            (Rung::Chief, after(since_ms, settings.chief_s)),
        ]);
    }
    if let (Some(t0_ms), None) = (life.t0_ms, life.arrived_ms) {
        plan.push((Rung::ArrivalLate, after(t0_ms, settings.arrival_target_s)));
    }
    plan
}

fn sooner(next_ms: &mut Option<i64>, at_ms: i64) {
    *next_ms = Some(next_ms.map_or(at_ms, |next_ms| next_ms.min(at_ms)));
}

/// What the statistics of IX-14 take from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Response {
    /// T0 to the first answer, milliseconds.
    pub answer_ms: Option<i64>,
    /// T0 to the first arrival, milliseconds.
    pub arrival_ms: Option<i64>,
    /// Whether the arrival met the target; `None` while nobody is there and it has not passed.
    pub target_met: Option<bool>,
}

/// How fast a request was answered, as known at `now_ms`.
pub fn response(life: &Life, settings: &Settings, now_ms: i64) -> Response {
    let Some(t0_ms) = life.t0_ms else { return Response::default() };
    let target_ms = i64::from(settings.arrival_target_s) * 1_000;
    let since = |at_ms: i64| at_ms.saturating_sub(t0_ms).max(0);
    let arrival_ms = life.arrived_ms.map(since);
    let over = since(now_ms) > target_ms;
    let target_met = match arrival_ms {
        Some(arrival_ms) => Some(arrival_ms <= target_ms),
        None if life.state.ended() => None,
        None => over.then_some(false),
    };
    Response { answer_ms: life.answered_ms.map(since), arrival_ms, target_met }
}

#[cfg(test)]
mod tests {
    use super::super::life::Step;
    use super::super::test_story::{JIUJIANG, at, ids, step};
    use super::*;

    fn ringing(more: impl IntoIterator<Item = Step>) -> Life {
        let first = step("received", at(9, 7)).for_station(JIUJIANG).build();
        Life::of(ids::A, std::iter::once(first).chain(more))
    }

    /// Lets time run from one look to the next, as a server does, signing what is due; gives what was
    /// told when, in seconds after 09:07, and how often the alarm sounded.
    fn run(life: &mut Life, until_ms: i64, live: bool) -> (Vec<(i64, &'static str)>, usize) {
        let settings = Settings::default();
        let (mut now_ms, mut last_ms, mut told, mut alerts) = (at(9, 7), None, Vec::new(), 0);
        while now_ms <= until_ms {
            let due = due(life, &settings, now_ms, last_ms, live);
            if due.alert {
                (alerts, last_ms) = (alerts + 1, Some(now_ms));
            }
            for rung in due.rungs {
                told.push(((now_ms - at(9, 7)) / 1_000, rung.code()));
                life.take(step("escalated", now_ms).because(rung.code()).build());
            }
            let Some(next_ms) = due.next_ms else { break };
            assert!(next_ms > now_ms, "time must move on");
            now_ms = next_ms;
        }
        (told, alerts)
    }

    #[test]
    fn an_unanswered_request_climbs_the_ladder() {
        let (told, alerts) = run(&mut ringing([]), at(9, 30), true);
        let expected = [
            (60, "command_sees"),
            (180, "second_channel"),
            (600, "command_calls"),
            (1_200, "chief"),
            (1_200, "arrival_late"),
        ];
        assert_eq!(told, expected);
        assert_eq!(alerts, 23 * 4 + 1, "every 15 s from 09:07 to 09:30");
    }

    #[test]
    fn nobody_at_the_console_escalates_at_once_and_once() {
        let (told, _) = run(&mut ringing([]), at(9, 9), false);
        assert_eq!(told, [(0, "nobody_there"), (60, "command_sees")]);
        let declined = step("declined", at(9, 8)).by("tan").because("no_car").build();
        let due = due(&ringing([declined]), &Settings::default(), at(9, 8), None, true);
        assert_eq!(due.rungs, [Rung::NobodyThere, Rung::CommandSees]);
    }

    #[test]
    fn the_morning_told_the_second_channel_and_stopped() {
        let mut life = ringing([]);
        let (told, _) = run(&mut life, at(9, 14), true);
        assert_eq!(told, [(60, "command_sees"), (180, "second_channel")]);
        life.take(step("acknowledged", at(9, 15)).by("tan").build());
        let settings = Settings::default();
        let quiet = due(&life, &settings, at(9, 15), Some(at(9, 14)), true);
        assert_eq!((quiet.alert, quiet.rungs.as_slice()), (false, [].as_slice()));
        assert_eq!(quiet.next_ms, Some(at(9, 27)), "the arrival target is all that is left");
        assert_eq!(response(&life, &settings, at(9, 20)).target_met, None);
        life.take(step("arrived", at(9, 26)).by("tan").build());
        let answer = response(&life, &settings, at(9, 26));
        assert_eq!((answer.answer_ms, answer.arrival_ms), (Some(480_000), Some(19 * 60_000)));
        assert_eq!(answer.target_met, Some(true));
        assert_eq!(due(&life, &settings, at(9, 40), None, true), Due::default());
    }

    #[test]
    fn whoever_acknowledged_and_is_not_there_is_late() {
        let mut life = ringing([step("acknowledged", at(9, 8)).by("tan").build()]);
        let (told, alerts) = run(&mut life, at(10, 0), true);
        assert_eq!((told, alerts), (vec![(1_200, "arrival_late")], 0));
        assert_eq!(response(&life, &Settings::default(), at(9, 28)).target_met, Some(false));
    }

    #[test]
    fn a_joined_report_rings_with_a_ladder_of_its_own() {
        let mut life = ringing([
            step("escalated", at(9, 8)).because("command_sees").build(),
            step("acknowledged", at(9, 9)).by("tan").build(),
            step("merged", at(9, 12)).of(ids::B).with(ids::A).build(),
        ]);
        let settings = Settings::default();
        assert!(due(&life, &settings, at(9, 12), Some(at(9, 9)), true).alert);
        assert_eq!(due(&life, &settings, at(9, 13), None, true).rungs, [Rung::CommandSees]);
        life.take(step("acknowledged", at(9, 13)).by("tan").build());
        assert!(!due(&life, &settings, at(9, 13), None, true).alert);
    }

    #[test]
    fn duress_is_told_at_once_whatever_was_acknowledged() {
        let life = ringing([
            step("acknowledged", at(9, 8)).by("tan").build(),
            step("cancel_asked", at(9, 10)).build(),
            step("duress", at(9, 10)).build(),
        ]);
        let due = due(&life, &Settings::default(), at(9, 10), None, true);
        assert_eq!(due.rungs, [Rung::Duress]);
        assert!(due.alert);
    }

    #[test]
    fn ended_joined_and_undelivered_requests_rest() {
        let ended = step("closed", at(9, 9)).by("tan").because("quiet").build();
        let ended = ringing([step("acknowledged", at(9, 8)).by("tan").build(), ended]);
        let joined = ringing([step("merged", at(9, 8)).with(ids::B).build()]);
        for life in [ended, joined, Life::new(ids::A)] {
            assert_eq!(due(&life, &Settings::default(), at(12, 0), None, false), Due::default());
        }
    }

    #[test]
    fn a_clock_that_jumps_breaks_nothing() {
        let life = ringing([]);
        let settings = Settings::default();
        for now_ms in [i64::MIN, 0, at(9, 7) - 1, i64::MAX] {
            let due = due(&life, &settings, now_ms, Some(i64::MAX), true);
            assert!(!due.alert);
            assert!(now_ms == i64::MAX || due.rungs.is_empty());
        }
    }

    #[test]
    fn settings_have_bounds() {
        let good = Settings::default();
        assert_eq!(good.check(), Ok(()));
        for (bad, reason) in [
            (Settings { realert_s: 4, ..good }, REALERT),
            (Settings { realert_s: 61, ..good }, REALERT),
            (Settings { command_sees_s: 9, ..good }, RANGE),
            (Settings { chief_s: 7_201, ..good }, RANGE),
            (Settings { second_channel_s: 60, ..good }, ORDER),
            (Settings { arrival_target_s: 299, ..good }, TARGET),
        ] {
            assert_eq!(bad.check(), Err(reason));
        }
        let read: Settings = serde_json::from_str(r#"{"chief_s": 1500}"#).unwrap_or_default();
        assert_eq!(read, Settings { chief_s: 1_500, ..good });
        assert!(serde_json::from_str::<Settings>(r#"{"cheif_s": 1500}"#).is_err(), "typing errors");
    }

    #[test]
    fn rungs_have_codes_and_words() {
        for rung in Rung::ALL {
            assert_eq!(Rung::from_code(rung.code()), Some(rung));
        }
        assert_eq!(Rung::from_code("mayor"), None);
    }
}
