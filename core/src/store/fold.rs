//! How text is brought into one form before it is searched: full-width and compatibility forms made
//! plain (NFKC), lower case, without punctuation. "粤E·12345", "粤e12345" and "粤Ｅ12345" are one text.

use unicode_normalization::UnicodeNormalization as _;

/// Folds at most `limit` characters of the result. Words stay apart by one space.
pub(super) fn fold(text: &str, limit: usize) -> String {
    let mut folded = String::new();
    let mut kept = 0;
    let mut gap = false;
    // Bounded before normalising too: one character folds to 18 at the most.
    for c in text.chars().take(limit.saturating_mul(4)).nfkc().flat_map(char::to_lowercase) {
        if kept + usize::from(gap) >= limit {
            break;
        }
        if c.is_whitespace() {
            gap = !folded.is_empty();
        } else if is_kept(c) {
            if gap {
                folded.push(' ');
                kept += 1;
                gap = false;
            }
            folded.push(c);
            kept += 1;
        }
    }
    folded
}

/// Letters and digits; and the rare characters of names that Unicode tables may not know yet: the
/// ideographic planes and the private use areas that GB 18030 fonts put them in.
fn is_kept(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{20000}'..='\u{3fffd}' | '\u{f0000}'..='\u{10fffd}')
}

/// Runs of one sort: ASCII words, or anything else, in which every two characters make a token.
pub(super) fn runs(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').flat_map(|word| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let ascii = rest.chars().next()?.is_ascii();
            let end = rest.find(|c: char| c.is_ascii() != ascii).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            rest = behind;
            Some(run)
        })
    })
}

/// The first `count` characters of `text`.
pub(super) fn head(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_plate_in_every_spelling_is_one_text() {
        for spelling in ["粤E·12345", "粤e12345", "粤Ｅ１２３４５", " 粤E-12345\u{200b} "]
        {
            assert_eq!(fold(spelling, 100), "粤e12345", "{spelling}");
        }
        assert_eq!(fold("（2026）粤0605执 1234号", 100), "2026粤0605执 1234号");
    }

    #[test]
    fn rare_characters_stay_and_selectors_go() {
        assert_eq!(fold("𣒍\u{e0100}㘵\u{e123}", 10), "𣒍㘵\u{e123}");
        assert_eq!(fold("\"*^:()-,.'", 10), "");
    }

    #[test]
    fn the_limit_counts_characters_of_the_result() {
        assert!((3..=4).contains(&fold("ﷺﷺﷺ", 4).chars().count()));
        assert_eq!(fold("张三 李四", 4), "张三 李");
    }

    #[test]
    fn runs_change_where_the_script_does() {
        assert_eq!(runs("粤e123 号楼").collect::<Vec<_>>(), ["粤", "e123", "号楼"]);
        assert_eq!(head("张三丰", 2), "张三");
        assert_eq!(head("张", 2), "张");
    }
}
