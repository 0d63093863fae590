//! The words an officer reads aloud to 110 or the duty phone: who, where, what, how dangerous, what is
//! needed, which number to call back. Short lines in the order in which a call taker asks. Coordinates are
//! those of the maps people have open (GCJ-02), and say so. Nothing about the debtor: it is not in a
//! [`Call`].

use super::call::{Call, Caller, label_of};
use crate::records::Label;
use crate::rules::Texts;

/// One line to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Stable code: `who`, `where`, `what`, `danger`, `need`, `callback`.
    pub code: &'static str,
    /// The words.
    pub texts: Texts,
}

/// The lines for a call at `now_ms`. What is not known is left out, but for danger: there the call taker is
/// told that nobody knows.
pub fn lines(call: &Call, caller: &Caller, now_ms: i64) -> Vec<Line> {
    let all = [
        Some(who(caller)),
        place(call, now_ms),
        Some(what(call)),
        Some(danger(call)),
        need(call),
        callback(call),
    ];
    all.into_iter().flatten().collect()
}

fn line(code: &'static str, zh: String, en: String) -> Line {
    Line { code, texts: Texts { zh, en } }
}

fn who(caller: &Caller) -> Line {
    let Caller { court, name } = caller;
    line(
        "who",
        format!("我是{court}{name},正在执行公务,请求出警。"),
        format!("This is {name} of the court {court}, on duty; we ask for police."),
    )
}

fn place(call: &Call, now_ms: i64) -> Option<Line> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if !call.places.is_empty() {
        zh.push(format!("我们在{}", call.places.join(",或者")));
        en.push(format!("We are at {}", call.places.join(", or ")));
    }
    if let (Some(position), Some((lat, lon))) = (call.position, call.map_degrees()) {
        let mut parts_zh = vec![format!("北纬{lat:.4},东经{lon:.4},按高德、腾讯地图坐标")];
        let mut parts_en = vec![format!("latitude {lat:.4}, longitude {lon:.4} on GCJ-02 maps")];
        if let Some(metres) = position.accuracy_m() {
            parts_zh.push(format!("误差约{metres:.0}米"));
            parts_en.push(format!("within {metres:.0} m"));
        }
        let minutes =
            position.fixed_at_ms().map(|fixed_ms| now_ms.saturating_sub(fixed_ms) / 60_000);
        if let Some(minutes) = minutes.filter(|minutes| *minutes >= 1) {
            parts_zh.push(format!("{minutes}分钟前的位置"));
            parts_en.push(format!("{minutes} min ago"));
        }
        zh.push(parts_zh.join(","));
        en.push(parts_en.join(", "));
    }
    (!zh.is_empty()).then(|| line("where", zh.join("。") + "。", en.join(". ") + "."))
}

/// The words for the situations; what no code says, in the officer's words.
pub(super) fn situation(call: &Call) -> Texts {
    const UNSAID: Label = Label::new("执行受阻", "enforcement is obstructed");
    let labels: Vec<Label> = call
        .situations
        .iter()
        .filter(|code| *code != "other")
        .filter_map(|code| label_of("situation_code", code))
        .collect();
    match (labels.is_empty(), &call.described) {
        (true, Some(described)) => Texts { zh: described.clone(), en: described.clone() },
        (true, None) => Texts { zh: UNSAID.zh.to_owned(), en: UNSAID.en.to_owned() },
        (false, _) => Texts {
            zh: labels.iter().map(|label| label.zh).collect::<Vec<_>>().join(";"),
            en: labels.iter().map(|label| label.en).collect::<Vec<_>>().join("; "),
        },
    }
}

fn what(call: &Call) -> Line {
    let situation = situation(call);
    let (mut zh, mut en) = (vec![situation.zh], vec![situation.en]);
    if let Some(people) = call.people {
        zh.push(format!("对方约{people}人"));
        en.push(format!("about {people} people"));
    }
    if let Some(officers) = call.officers {
        zh.push(format!("我方{officers}人"));
        en.push(format!("{officers} of us"));
    }
    line("what", zh.join(",") + "。", en.join(", ") + ".")
}

fn danger(call: &Call) -> Line {
    let (weapons_zh, weapons_en) = match call.weapons {
        Some(true) => ("对方有器械", "weapons were seen"),
        Some(false) => ("没有看到器械", "no weapons were seen"),
        None => ("有没有器械不清楚", "weapons: not known"),
    };
    let (injured_zh, injured_en) = match call.injured {
        Some(true) => ("有人受伤", "somebody is injured"),
        Some(false) => ("没有人受伤", "nobody is injured"),
        None => ("有没有人受伤不清楚", "injured: not known"),
    };
    line("danger", format!("{weapons_zh},{injured_zh}。"), format!("{weapons_en}, {injured_en}."))
}

fn need(call: &Call) -> Option<Line> {
    let labels: Vec<Label> = call.needs.iter().filter_map(|code| label_of("need", code)).collect();
    let join = |of: fn(&Label) -> &'static str, comma: &str| {
        labels.iter().map(of).collect::<Vec<_>>().join(comma)
    };
    (!labels.is_empty()).then(|| {
        line(
            "need",
            format!("需要:{}。", join(|label| label.zh, "、")),
            format!("We need: {}.", join(|label| label.en, ", ")),
        )
    })
}

fn callback(call: &Call) -> Option<Line> {
    let numbers: Vec<String> = call.callbacks.iter().map(|number| spoken(number)).collect();
    (!numbers.is_empty()).then(|| {
        line(
            "callback",
            format!("请回拨:{}。", numbers.join(",或者")),
            format!("Call back: {}.", numbers.join(", or ")),
        )
    })
}

/// A mobile number as it is said: 138 0013 8000.
fn spoken(number: &str) -> String {
    match (number.get(..3), number.get(3..7), number.get(7..)) {
        (Some(head), Some(middle), Some(tail))
            if number.len() == 11 && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{head} {middle} {tail}")
        }
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_story::{at, blockade, luqihang};
    use super::*;

    fn all(call: &Call, of: fn(&Texts) -> &String) -> String {
        let lines = lines(call, &luqihang(), at(9, 8));
        let said = |line: &Line| format!("{}: {}\n", line.code, of(&line.texts));
        lines.iter().map(said).collect::<Vec<_>>().concat()
    }

    #[test]
    fn what_is_read_aloud() {
        let zh = "\
            who: 我是南海法院陆启航,正在执行公务,请求出警。\n\
            where: 我们在九江镇沙口工业区三路5号地下车库。北纬22.8306,东经112.9902,按高德、腾讯地图坐标,\
            误差约8米,3分钟前的位置。\n\
            what: 围堵;包围执行人员、车辆,对方约15人,我方2人。\n\
            danger: 没有看到器械,有没有人受伤不清楚。\n\
            need: 需要:维持秩序、出警。\n\
            callback: 请回拨:138 0013 8000。\n";
        assert_eq!(all(&blockade(), |texts| &texts.zh), zh);
        let en = "\
            who: This is 陆启航 of the court 南海法院, on duty; we ask for police.\n\
            where: We are at 九江镇沙口工业区三路5号地下车库. latitude 22.8306, longitude 112.9902 on \
            GCJ-02 maps, within 8 m, 3 min ago.\n\
            what: blockade; crew or vehicle surrounded, about 15 people, 2 of us.\n\
            danger: no weapons were seen, injured: not known.\n\
            need: We need: crowd control, police officers.\n\
            callback: Call back: 138 0013 8000.\n";
        assert_eq!(all(&blockade(), |texts| &texts.en), en);
    }

    #[test]
    fn what_is_not_known_is_said_only_where_it_matters() {
        let zh = "\
            who: 我是南海法院陆启航,正在执行公务,请求出警。\n\
            what: 执行受阻。\n\
            danger: 有没有器械不清楚,有没有人受伤不清楚。\n";
        assert_eq!(all(&Call::default(), |texts| &texts.zh), zh);
    }

    #[test]
    fn two_answers_are_both_read() {
        let call = Call {
            places: vec!["沙口".into(), "上东".into()],
            callbacks: vec!["13800138000".into(), "0757-86220110".into()],
            described: Some("有人点燃轮胎".into()),
            ..Call::default()
        };
        let zh = all(&call, |texts| &texts.zh);
        assert!(zh.contains("沙口,或者上东") && zh.contains("138 0013 8000,或者0757-86220110"));
        assert!(zh.contains("what: 有人点燃轮胎。"), "{zh}");
    }
}
