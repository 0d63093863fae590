//! Taking a request back. The crew only asks; the station confirms ([`super::step`]). Whoever is forced
//! to take it back enters the duress code instead of the own one, and the phone records the same words
//! with one mark more: a full stop at the end of the reason. No screen shows it, no field says it, and
//! every copy of the record carries it to the court. [`reason`], which every app calls, takes the full
//! stop off plain words; where it was not called, a full stop errs on the safe side. Somebody who takes
//! the phone apart can find the mark: it protects from whoever looks on, not from a laboratory.

use crate::document::RecordState;
use crate::value::Value;

const MARK: char = '。';

/// What the crew asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Why, as shown.
    pub reason: String,
    /// Under duress.
    pub duress: bool,
}

/// The text for the record's `cancel_reason`. No words at all are "not said": under duress there must be
/// something to mark.
pub fn reason(words: &str, duress: bool) -> String {
    let words = shown(words);
    let words = if words.is_empty() { "未说明" } else { words };
    if duress { format!("{words}{MARK}") } else { words.to_owned() }
}

/// The words of a reason as every screen and paper shows them.
pub fn shown(reason: &str) -> &str {
    reason.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | MARK)).trim_start()
}

/// What the record asks, if it asks. When several of the crew wrote, one under duress is enough.
pub fn withdrawal(state: &RecordState) -> Option<Withdrawal> {
    state.head.get("cancelled_at")?.winner().filter(|at| at.value != Value::Null)?;
    let reasons = state.head.get("cancel_reason");
    let all = reasons.into_iter().flat_map(|register| &register.alternatives);
    let texts: Vec<&str> = all.filter_map(|one| one.value.as_text()).collect();
    let reason = texts.last().map(|text| shown(text)).unwrap_or_default();
    let duress = texts.iter().any(|text| text.ends_with(MARK));
    Some(Withdrawal { reason: reason.to_owned(), duress })
}

#[cfg(test)]
mod tests {
    use super::super::test_story::register;
    use super::*;

    fn asks(reasons: &[&str]) -> Option<Withdrawal> {
        let mut state = RecordState::default();
        let reasons: Vec<Value> = reasons.iter().map(|text| (*text).into()).collect();
        if !reasons.is_empty() {
            state.head.insert("cancel_reason".to_owned(), register(&reasons));
        }
        let at = register(&["2026-03-17T09:10:00+08:00".into()]);
        state.head.insert("cancelled_at".to_owned(), at);
        withdrawal(&state)
    }

    #[test]
    fn one_mark_tells_duress_and_no_screen_shows_it() {
        for words in ["群众已散去", " 群众已散去。", "群众已散去。。", "群众已散去. "]
        {
            assert_eq!(reason(words, false), "群众已散去");
            assert_eq!(reason(words, true), "群众已散去。");
        }
        assert_eq!(shown(&reason("群众已散去", true)), shown(&reason("群众已散去", false)));
        let read = |duress| asks(&[&reason("群众已散去", duress)]);
        let plain = Withdrawal { reason: "群众已散去".to_owned(), duress: false };
        assert_eq!(read(false), Some(plain.clone()));
        assert_eq!(read(true), Some(Withdrawal { duress: true, ..plain }));
    }

    #[test]
    fn without_words_there_is_something_to_mark() {
        assert_eq!((reason("", false), reason("。", true)), ("未说明".into(), "未说明。".into()));
        assert_eq!(asks(&[]), Some(Withdrawal { reason: String::new(), duress: false }));
        assert_eq!(withdrawal(&RecordState::default()), None, "nobody asked");
    }

    #[test]
    fn one_of_the_crew_under_duress_is_enough() {
        let both = asks(&["误报。", "群众已散去"]);
        assert_eq!(both, Some(Withdrawal { reason: "群众已散去".to_owned(), duress: true }));
    }
}
