//! What a verified text says, in the shape in which the server signs what was told.

use lastmile_core::assistance::message::{Help, Message};
use lastmile_core::geo::Position;
use lastmile_core::geo::position::Fix;
use lastmile_core::identity::transition::Told;

/// How such reports came.
pub(super) const HOW: &str = "sms";

/// The report of a request. `help` is absent when the crew asks to take back a request that never arrived.
pub(super) fn told(message: &Message, help: Option<&Help>, text: &str) -> Told {
    let help = help.copied().unwrap_or_default();
    Told {
        how: HOW.to_owned(),
        called_ms: message.at_ms,
        case: None,
        place: None,
        position: position(message.at_ms, &help).map(|position| position.to_string()),
        situation: help.situation.map(str::to_owned),
        text: None,
        people: help.people.map(u64::from),
        weapons: help.weapons,
        injured: help.injured,
        officers: help.officers.map(u64::from),
        needs: help.needs().map(str::to_owned).collect(),
        callback: help.callback.map(|digits| digits.number()),
        message: Some(text.trim().as_bytes().to_vec()),
    }
}

/// Nothing for a place that cannot be one: the request is none the less one.
fn position(at_ms: i64, help: &Help) -> Option<Position> {
    let coordinate = help.coordinate()?;
    let fix = Fix {
        accuracy_m: help.accuracy_m.map(f64::from),
        source: None,
        age_s: help.fix_age_min.map(|minutes| u32::from(minutes) * 60),
        fixed_at_ms: help.fix_age_min.map(|minutes| at_ms - i64::from(minutes) * 60_000),
    };
    Position::new(coordinate, fix).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::assistance::call::Call;
    use lastmile_core::assistance::message::Content;
    use lastmile_core::id::DocumentId;

    use super::*;

    #[test]
    fn what_a_text_says_is_told_and_nothing_else() {
        let at_ms = 1_773_709_500_000;
        let call = Call {
            position: Some(
                format!("geo:22.833500,112.985000;crs=wgs84;u=8;fix={}", at_ms - 120_000)
                    .parse()
                    .unwrap(),
            ),
            situations: vec!["violence".into()],
            people: Some(15),
            injured: Some(false),
            needs: ["ambulance".to_owned()].into(),
            callbacks: vec!["013800138000".into()],
            ..Call::default()
        };
        let help = Help::of(&call, at_ms);
        let message = Message {
            document: DocumentId([3; 16]),
            number: 1,
            at_ms,
            content: Content::Help(help),
        };
        let report = told(&message, Some(&help), " LM1:abc ");
        let fix = at_ms - 120_000;
        let expected = format!("geo:22.833500,112.985000;crs=wgs84;u=8;age=120;fix={fix}");
        assert_eq!(report.position, Some(expected));
        assert_eq!((report.situation.as_deref(), report.people), (Some("violence"), Some(15)));
        assert_eq!((report.weapons, report.injured), (None, Some(false)));
        assert_eq!(
            (report.needs, report.callback),
            (vec!["ambulance".to_owned()], Some("013800138000".into()))
        );
        assert_eq!(report.message.as_deref(), Some(b"LM1:abc".as_slice()));
        let nothing = told(&message, None, "LM1:abc");
        assert_eq!((nothing.position, nothing.situation, nothing.needs.len()), (None, None, 0));
    }
}
