//! How one court works: its units, and the numbers that rules and escalation use. Adapters and
//! settings are per court, never national.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, SHORT},
    payload::{Audience, Payload},
    problem::{Checker, Fault, Problem},
    word::open_word,
};

open_word! {
    /// What happens at a step of the ladder of R-POL-03.
    EscalationAction {
        /// The command centre sees the request as unacknowledged.
        ShowCommand = "show_command", "指挥中心提示", "show to the command centre";
        /// A second channel to the station.
        SecondChannel = "second_channel", "第二渠道通知派出所", "second channel";
        /// The command centre calls.
        CommandCalls = "command_calls", "指挥中心电话联系", "command centre calls";
        /// The chief is told.
        Chief = "chief", "报告局长", "report to the chief";
    }
}

/// One step of the ladder.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EscalationStep {
    /// Seconds after receipt (T0, R-POL-02) without acknowledgement.
    pub after_s: u32,
    /// What happens then.
    pub action: EscalationAction,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A unit of the court: 执行局, a tribunal.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Unit {
    /// Key.
    pub code: String,
    /// Name, 九江人民法庭.
    pub name: String,
    /// Telephone, if any.
    pub phone: Option<String>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A court's settings. Missing values take the defaults of this type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CourtPack {
    /// Court code, 粤0605.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Rises with every replacement.
    pub version: u64,
    /// When it was set.
    pub as_of: Option<Timestamp>,
    /// Division codes of its territory.
    pub areas: Vec<String>,
    /// Units.
    pub units: Vec<Unit>,
    /// Law-enforcement recorders that must run at a seizure, search or eviction (R-GEN-09).
    pub recorders_required: u8,
    /// Seconds between alarms at the station until somebody acknowledges.
    pub realert_s: u32,
    /// The ladder, rising.
    pub escalation: Vec<EscalationStep>,
    /// Target from receipt to arrival, seconds; a target, not a promise (20 minutes in one story).
    pub response_target_s: u32,
    /// Seconds after which a console without heartbeat counts as gone.
    pub console_timeout_s: u32,
    /// Number of the command centre's duty room.
    pub command_phone: Option<String>,
    /// Number of the court's text gateway: where phones without data send a request for help. 5-20 digits,
    /// with a leading `+` if need be: no emergency number, where nobody reads what a machine wrote.
    pub sms_gateway: Option<String>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for CourtPack {
    fn default() -> Self {
        let step = |after_s, action| EscalationStep { after_s, action, extra: Extra::new() };
        Self {
            code: String::new(),
            name: String::new(),
            version: 0,
            as_of: None,
            areas: Vec::new(),
            units: Vec::new(),
            recorders_required: 1,
            realert_s: 15,
            escalation: vec![
                step(60, EscalationAction::ShowCommand),
                step(180, EscalationAction::SecondChannel),
                step(600, EscalationAction::CommandCalls),
                step(1_200, EscalationAction::Chief),
            ],
            response_target_s: 1_200,
            console_timeout_s: 10,
            command_phone: None,
            sms_gateway: None,
            extra: Extra::new(),
        }
    }
}

const DAY_S: u32 = 86_400;

/// Gateways have short codes, long ones of the 106 kind, and mobile numbers.
fn is_sms_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    (5..=20).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

impl CourtPack {
    fn validate_numbers(&self, checker: &mut Checker) {
        let ranged = [
            ("realert_s", self.realert_s, 5, 600),
            ("response_target_s", self.response_target_s, 60, DAY_S),
            ("console_timeout_s", self.console_timeout_s, 5, 600),
            ("recorders_required", u32::from(self.recorders_required), 0, 9),
        ];
        for (path, value, min, max) in ranged {
            if !(min..=max).contains(&value) {
                checker.add(
                    path,
                    Fault::error(
                        "setting_out_of_range",
                        format!("应在{min}至{max}之间。"),
                        format!("Must be {min} to {max}."),
                    ),
                );
            }
        }
        if !check::list(checker, "escalation", self.escalation.len(), 20) {
            return;
        }
        if self.escalation.is_empty() {
            checker.add(
                "escalation",
                Fault::error(
                    "escalation_missing",
                    "未设置升级步骤,无人接警时不会有人知道。",
                    "There is no escalation: nobody would learn that a request is unanswered.",
                ),
            );
        }
        let mut before = 0;
        for (index, step) in self.escalation.iter().enumerate() {
            if step.after_s <= before || step.after_s > DAY_S {
                checker.add(
                    format!("escalation[{index}].after_s"),
                    Fault::error(
                        "escalation_not_rising",
                        "升级时间应逐级递增。",
                        "The steps must rise in time.",
                    ),
                );
            }
            before = step.after_s;
            if let EscalationAction::Other(code) = &step.action {
                checker.add(format!("escalation[{index}].action"), check::unknown_word(code, true));
            }
        }
    }
}

impl Payload for CourtPack {
    const KIND: &'static str = "court";
    const MAX_BYTES: usize = 256 * 1024;

    fn subject(&self) -> &str {
        &self.code
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn audience(&self) -> Audience {
        Audience::Everyone
    }

    fn validate(&self) -> Vec<Problem> {
        let mut checker = Checker::new();
        check::required(&mut checker, "code", &self.code, SHORT);
        check::required(&mut checker, "name", &self.name, SHORT);
        if check::list(&mut checker, "areas", self.areas.len(), 200) {
            for (index, area) in self.areas.iter().enumerate() {
                checker.add_some(format!("areas[{index}]"), check::local_id(area));
            }
        }
        if check::list(&mut checker, "units", self.units.len(), 500) {
            for (index, unit) in self.units.iter().enumerate() {
                let path = format!("units[{index}]");
                checker.add_some(format!("{path}.code"), check::local_id(&unit.code));
                check::required(&mut checker, &format!("{path}.name"), &unit.name, SHORT);
                checker.add_some(
                    format!("{path}.phone"),
                    unit.phone.as_deref().and_then(check::phone),
                );
                check::extra(&mut checker, &path, &unit.extra);
            }
        }
        checker.add_some("command_phone", self.command_phone.as_deref().and_then(check::phone));
        if self.sms_gateway.as_deref().is_some_and(|number| !is_sms_number(number)) {
            checker.add(
                "sms_gateway",
                Fault::error(
                    "sms_gateway_odd",
                    "短信网关号码应为5至20位数字,前面可加“+”;不能填110等报警电话。",
                    "The number of the text gateway has 5 to 20 digits, after a + if need be; no emergency number.",
                ),
            );
        }
        self.validate_numbers(&mut checker);
        check::extra(&mut checker, "", &self.extra);
        checker.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_ladder_of_the_design_and_valid() {
        let court = CourtPack {
            code: "粤0605".into(),
            name: "佛山市南海区人民法院".into(),
            ..CourtPack::default()
        };
        assert_eq!(court.validate(), []);
        let seconds: Vec<_> = court.escalation.iter().map(|step| step.after_s).collect();
        assert_eq!(seconds, [60, 180, 600, 1_200]);
    }

    #[test]
    fn a_text_gateway_is_a_number() {
        let with = |number: &str| CourtPack {
            code: "粤0605".into(),
            name: "法院".into(),
            sms_gateway: Some(number.into()),
            ..CourtPack::default()
        };
        for good in ["106000000605", "+8613800000605", "12368"] {
            assert_eq!(with(good).validate(), [], "{good}");
        }
        for bad in [
            "",
            "+",
            "110",
            "+110",
            "0757-00000605",
            "1.06E+11",
            "１０６０",
            "123456789012345678901",
        ] {
            assert_eq!(with(bad).validate()[0].code, "sms_gateway_odd", "{bad}");
        }
    }

    #[test]
    fn a_ladder_must_rise_and_exist() {
        let mut court =
            CourtPack { code: "粤0605".into(), name: "法院".into(), ..CourtPack::default() };
        court.escalation.swap(1, 2);
        assert_eq!(court.validate()[0].path, "escalation[2].after_s");
        court.escalation.clear();
        assert_eq!(court.validate()[0].code, "escalation_missing");
    }
}
