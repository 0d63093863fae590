//! What the officer's phone shows of a request: which hop has it now and since when, the four steps with their
//! times, whether a dispatcher is there, and what to do. Never more than is known: a request without an answer
//! is not delivered to the police, and every view that may be old says how old it is.

use super::life::Life;
use super::plain::clock;
use super::step::State;
use crate::records::Label;
use crate::rules::Texts;

/// How far the record itself has come, as the phone knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// On this phone only.
    OnThisPhone,
    /// The court's server has it since then, verified by a receipt or not.
    WithCourt {
        /// When the phone learned it.
        since_ms: i64,
    },
}

/// A text message that was sent for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texted {
    /// When the phone handed it to the network.
    pub sent_ms: i64,
    /// When the network said that it was delivered, if it said so.
    pub delivered_ms: Option<i64>,
}

/// What the server last said about the console of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Console {
    /// A console that serves the station answers.
    pub live: bool,
    /// When that was known.
    pub as_of_ms: i64,
}

/// Everything the phone knows. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// When it was saved.
    pub saved_ms: i64,
    /// How far the record has come.
    pub carried: Carried,
    /// The text message, if one was sent.
    pub texted: Option<Texted>,
    /// The steps, as far as they arrived; of the incident's head when it was joined with another request.
    pub life: &'a Life,
    /// The console, as last heard.
    pub console: Option<Console>,
    /// The station's name.
    pub station: Option<&'a str>,
    /// Its duty telephone.
    pub duty_phone: Option<&'a str>,
    /// The crew recorded that it wants to withdraw.
    pub withdrawn_ms: Option<i64>,
    /// The crew recorded that it saw the police arrive: a proposal, shown beside the steps.
    pub seen_arrived_ms: Option<i64>,
    /// Last contact with the server.
    pub contact_ms: Option<i64>,
    /// Now.
    pub now_ms: i64,
}

/// Which hop has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// On this phone.
    Phone,
    /// In the network of text messages.
    Sms,
    /// At the court's server.
    Server,
    /// On a console of the station.
    Console,
    /// The station cannot come; the command centre has it.
    CommandCentre,
    /// A dispatcher.
    Dispatcher,
    /// A unit on the way.
    OnTheWay,
    /// Somebody is there.
    OnTheSpot,
    /// The crew asked to withdraw; the station has to confirm.
    Withdrawing,
    /// Over.
    Over,
}

impl Hop {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Sms => "sms",
            Self::Server => "server",
            Self::Console => "console",
            Self::CommandCentre => "command_centre",
            Self::Dispatcher => "dispatcher",
            Self::OnTheWay => "on_the_way",
            Self::OnTheSpot => "on_the_spot",
            Self::Withdrawing => "withdrawing",
            Self::Over => "over",
        }
    }

    /// Whether no person is known to have it, so that the officer has to telephone. Shown full screen.
    pub const fn alone(self) -> bool {
        matches!(self, Self::Phone | Self::Sms | Self::Server | Self::Console | Self::CommandCentre)
    }
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// Stable code: `call_110`, `call_station`, `send_sms`, `read_aloud`, `say_arrived`.
    pub code: &'static str,
    /// The words on the button.
    pub texts: Texts,
    /// The number it dials.
    pub number: Option<String>,
}

/// What the screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which hop has it.
    pub hop: Hop,
    /// Since when.
    pub since_ms: i64,
    /// The largest words on the screen.
    pub headline: Texts,
    /// Whether the officer has to telephone: full screen, red, with the call button.
    pub alarm: bool,
    /// Delivered, acknowledged, on the way, on the spot: the time of each, if it happened.
    pub steps: [Option<i64>; 4],
    /// Whether a dispatcher is there, as far as known.
    pub console: Texts,
    /// What to do, the most urgent first.
    pub todo: Vec<Todo>,
    /// Says how old the view is, when it may have changed.
    pub stale: Option<Texts>,
}

/// The words of the four steps.
pub const STEP_LABELS: [Label; 4] = [
    Label::new("已送达", "delivered"),
    Label::new("已接警", "acknowledged"),
    Label::new("已出警", "on the way"),
    Label::new("已到场", "on the spot"),
];

/// How long without contact until the view says its age, milliseconds: two missed heartbeats and some.
pub const STALE_AFTER_MS: i64 = 30_000;

/// What the phone shows.
pub fn shown(known: &Known<'_>) -> Shown {
    let life = known.life.as_phones_see();
    let (hop, since_ms) = hop_of(known, &life);
    let alone = hop.alone();
    Shown {
        hop,
        since_ms,
        headline: headline(known, &life, hop),
        alarm: alone,
        steps: [delivered(known, &life), life.answered_ms, life.sent_ms, life.arrived_ms],
        console: console(known),
        todo: todo(known, &life, hop),
        stale: stale(known),
    }
}

/// When the court had it: by its own word, or by the receipt of the record.
fn delivered(known: &Known<'_>, life: &Life) -> Option<i64> {
    life.t0_ms.or(match known.carried {
        Carried::OnThisPhone => None,
        Carried::WithCourt { since_ms } => Some(since_ms),
    })
}

fn hop_of(known: &Known<'_>, life: &Life) -> (Hop, i64) {
    let since_ms = life.since_ms.unwrap_or(known.saved_ms);
    let hop = match life.state {
        State::Closed | State::FalseAlarm | State::Cancelled => Hop::Over,
        State::Arrived => Hop::OnTheSpot,
        // Whether somebody is on the way already is seen in the four steps.
        _ if known.withdrawn_ms.or(life.cancel_asked_ms).is_some() && held(known, life) => {
            let asked_ms = known.withdrawn_ms.or(life.cancel_asked_ms).unwrap_or(since_ms);
            return (Hop::Withdrawing, asked_ms);
        }
        State::UnitSent => Hop::OnTheWay,
        State::Acknowledged => Hop::Dispatcher,
        State::Declined => Hop::CommandCentre,
        State::Alerted => Hop::Console,
        State::Received => Hop::Server,
        State::NotDelivered => {
            return match (known.carried, known.texted) {
                (Carried::WithCourt { since_ms }, _) => (Hop::Server, since_ms),
                (Carried::OnThisPhone, Some(texted)) => {
                    (Hop::Sms, texted.delivered_ms.unwrap_or(texted.sent_ms))
                }
                (Carried::OnThisPhone, None) => (Hop::Phone, known.saved_ms),
            };
        }
    };
    (hop, since_ms)
}

/// A withdrawal that nobody heard of yet withdraws nothing, and leaves the crew as alone as before.
fn held(known: &Known<'_>, life: &Life) -> bool {
    let somebody = matches!(life.state, State::Acknowledged | State::UnitSent);
    life.cancel_asked_ms.is_some() || (somebody && known.carried != Carried::OnThisPhone)
}

fn texts(zh: impl Into<String>, en: impl Into<String>) -> Texts {
    Texts { zh: zh.into(), en: en.into() }
}

fn headline(known: &Known<'_>, life: &Life, hop: Hop) -> Texts {
    let nobody = known.console.is_some_and(|console| !console.live);
    let station = known.station.unwrap_or("派出所");
    match hop {
        Hop::Phone => texts(
            "已离线保存,尚未送达公安!请立即拨打110",
            "Saved offline, NOT delivered: call 110 now",
        ),
        Hop::Sms => texts(
            "短信已发出,尚无回音!请同时拨打110",
            "Text message sent, no answer yet: call 110 too",
        ),
        Hop::Server | Hop::Console if nobody => texts(
            format!("{station}无人值守,请拨打110"),
            "No dispatcher online: call 110".to_owned(),
        ),
        Hop::Server => texts("已送达,等待接警", "Delivered, waiting for a dispatcher"),
        Hop::Console => texts(
            "已送达,值班台已提醒,等待接警",
            "Delivered and on the console, waiting for a dispatcher",
        ),
        Hop::CommandCentre => texts(
            format!("{station}无法出警,指挥中心正在处理,请同时拨打110"),
            "The station cannot come; the command centre acts: call 110 too",
        ),
        Hop::Dispatcher => match minutes_to(life, known.now_ms) {
            Some(minutes) if minutes >= 0 => texts(
                format!("已接警,约{minutes}分钟到"),
                format!("Acknowledged, about {minutes} min"),
            ),
            _ => texts("已接警", "Acknowledged"),
        },
        Hop::OnTheWay => match minutes_to(life, known.now_ms) {
            Some(minutes) if minutes >= 0 => {
                texts(format!("已出警,约{minutes}分钟"), format!("On the way, about {minutes} min"))
            }
            Some(late) => texts(
                format!("已出警,已超过预计时间{}分钟", -late),
                format!("On the way, {} min past the estimate", -late),
            ),
            None => texts("已出警", "On the way"),
        },
        Hop::OnTheSpot => texts("已到场", "On the spot"),
        Hop::Withdrawing => texts(
            "已请求撤回,等待派出所确认",
            "Withdrawal asked, waiting for the station to confirm",
        ),
        Hop::Over => {
            let label = life.state.label();
            texts(label.zh, label.en)
        }
    }
}

/// Whole minutes until the expected arrival, rounded up; negative once it has passed.
fn minutes_to(life: &Life, now_ms: i64) -> Option<i64> {
    let left_ms = life.eta_ms?.saturating_sub(now_ms);
    Some(if left_ms >= 0 {
        left_ms.saturating_add(59_999) / 60_000
    } else {
        (left_ms / 60_000).min(-1)
    })
}

fn console(known: &Known<'_>) -> Texts {
    let station = known.station.unwrap_or("派出所");
    match known.console {
        None => texts("值班情况不明", "Whether a dispatcher is online is not known"),
        Some(Console { live: true, .. }) => {
            texts(format!("{station}有人值守"), "A dispatcher is online")
        }
        Some(Console { live: false, .. }) => {
            texts(format!("{station}无人值守"), "No dispatcher online")
        }
    }
}

fn todo(known: &Known<'_>, life: &Life, hop: Hop) -> Vec<Todo> {
    let make = |code, zh: &str, en: &str, number: Option<&str>| Todo {
        code,
        texts: texts(zh, en),
        number: number.map(str::to_owned),
    };
    let mut all = Vec::new();
    if hop.alone() {
        all.push(make("call_110", "拨打110", "Call 110", Some("110")));
    }
    let late = hop == Hop::OnTheWay && minutes_to(life, known.now_ms).is_some_and(|left| left < 0);
    if let Some(number) = known.duty_phone.filter(|_| hop.alone() || late) {
        all.push(make("call_station", "拨打派出所值班电话", "Call the station", Some(number)));
    }
    if hop.alone() {
        all.push(make("read_aloud", "照此念给接警员", "Read this to the call taker", None));
    }
    if hop == Hop::Phone {
        all.push(make("send_sms", "用短信发出", "Send as text message", None));
    }
    let coming = matches!(hop, Hop::Dispatcher | Hop::OnTheWay);
    if coming && known.seen_arrived_ms.is_none() {
        all.push(make("say_arrived", "民警到了", "The police are here", None));
    }
    all
}

fn stale(known: &Known<'_>) -> Option<Texts> {
    // What never left the phone cannot be out of date.
    let left = known.carried != Carried::OnThisPhone || known.life.state != State::NotDelivered;
    if !left || known.life.state.ended() {
        return None;
    }
    let old = known
        .contact_ms
        .is_none_or(|contact_ms| known.now_ms.saturating_sub(contact_ms) > STALE_AFTER_MS);
    old.then(|| {
        let time = known.contact_ms.and_then(clock);
        let (zh, en) = match &time {
            Some(time) => (format!("数据截至{time}"), format!("As of {time}")),
            None => ("尚未联系到服务器".to_owned(), "No contact with the server yet".to_owned()),
        };
        texts(format!("{zh},连接已断开"), format!("{en}, disconnected"))
    })
}

#[cfg(test)]
#[path = "hops_tests.rs"]
mod tests;
