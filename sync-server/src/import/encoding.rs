//! From bytes to text: UTF-8 with or without byte order mark, else GB18030 (the encoding of Chinese
//! Excel's "CSV"). Strict: a byte that fits neither is reported with line and column, and nothing is
//! replaced silently.

use lastmile_core::pack::problem::Fault;
use serde::Serialize;

use super::position;

/// Which encoding a file had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Encoding {
    /// UTF-8 without a mark; plain ASCII too.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-8 with a mark.
    #[serde(rename = "UTF-8 BOM")]
    Utf8Bom,
    /// GB18030, which contains GBK and GB2312.
    #[serde(rename = "GB18030")]
    Gb18030,
}

impl Encoding {
    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 BOM",
            Self::Gb18030 => "GB18030",
        }
    }
}

/// The bytes are not such a text; line and column from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodingError {
    /// Where, if a place can be said.
    pub at: Option<(usize, usize)>,
    /// What is wrong.
    pub fault: Fault,
}

/// Reads `bytes` as text.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), EncodingError> {
    if let Some(fault) = other_format(bytes) {
        return Err(EncodingError { at: None, fault });
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok((text.to_owned(), Encoding::Utf8Bom)),
            Err(error) => Err(broken_utf8(rest, error.valid_up_to())),
        };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), Encoding::Utf8)),
        Err(error) if is_damaged_utf8(bytes) => Err(broken_utf8(bytes, error.valid_up_to())),
        Err(error) => match gb18030(bytes) {
            Ok(text) => Ok((text, Encoding::Gb18030)),
            // Neither: what came before the first fault tells which it was meant to be.
            Err(_) if begins_as_utf8(bytes, error.valid_up_to()) => {
                Err(broken_utf8(bytes, error.valid_up_to()))
            }
            Err(error) => Err(error),
        },
    }
}

/// Files people send by mistake, told by their first bytes.
fn other_format(bytes: &[u8]) -> Option<Fault> {
    let save_as = |what_zh: &str, what_en: &str| {
        Fault::error(
            "not_a_text_file",
            format!("这是{what_zh},请在表格软件中另存为“CSV UTF-8(逗号分隔)”后再导入。"),
            format!("This is {what_en}; save it as \"CSV UTF-8 (comma delimited)\" first."),
        )
    };
    let known: [(&[u8], &str, &str); 6] = [
        (b"PK\x03\x04", "Excel工作簿(xlsx)或压缩包", "an Excel workbook (xlsx) or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "旧版Excel或Word文件", "an old Excel or Word file"),
        (b"%PDF", "PDF文件", "a PDF file"),
        (b"\xff\xfe", "UTF-16编码的文本", "UTF-16 text"),
        (b"\xfe\xff", "UTF-16编码的文本", "UTF-16 text"),
        (b"\x89PNG", "图片", "an image"),
    ];
    known
        .iter()
        .find(|(magic, ..)| bytes.starts_with(magic))
        .map(|(_, zh, en)| save_as(zh, en))
        .or_else(|| bytes.contains(&0).then(|| save_as("二进制文件", "a binary file")))
}

/// Whether the bytes are UTF-8 in which a few were damaged, rather than GB18030: in GB18030 hardly
/// any two characters happen to form a valid three-byte sequence of UTF-8.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad.saturating_mul(2)
}

fn begins_as_utf8(bytes: &[u8], valid_up_to: usize) -> bool {
    let begin = bytes.get(..valid_up_to).and_then(|begin| std::str::from_utf8(begin).ok());
    begin.is_some_and(|begin| begin.chars().any(|c| c.len_utf8() >= 3))
}

fn broken_utf8(text: &[u8], valid_up_to: usize) -> EncodingError {
    let before = text.get(..valid_up_to).and_then(|bytes| std::str::from_utf8(bytes).ok());
    EncodingError {
        at: before.map(position::end_of),
        fault: Fault::error(
            "utf8_invalid",
            "文件是UTF-8编码,但此处的字节已损坏,请重新导出。",
            "The file is UTF-8 but the bytes here are damaged; export it again.",
        ),
    }
}

fn gb18030(bytes: &[u8]) -> Result<String, EncodingError> {
    let mut decoder = encoding_rs::GB18030.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(capacity);
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    if result == encoding_rs::DecoderResult::InputEmpty {
        return Ok(text);
    }
    Err(EncodingError {
        at: Some(position::end_of(&text)),
        fault: Fault::error(
            "encoding_unknown",
            "此处既不是UTF-8也不是GB18030编码,请另存为“CSV UTF-8”后再导入。",
            "The bytes here are neither UTF-8 nor GB18030; save the file as \"CSV UTF-8\".",
        ),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        encoding_rs::GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn the_three_encodings_are_told_apart() {
        let text = "案号,当事人\n(2026)粤0605执1101号,罗敬文\n";
        assert_eq!(decode(text.as_bytes()).unwrap(), (text.to_owned(), Encoding::Utf8));
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(decode(&marked).unwrap(), (text.to_owned(), Encoding::Utf8Bom));
        assert_eq!(decode(&gb(text)).unwrap(), (text.to_owned(), Encoding::Gb18030));
        assert_eq!(decode(&gb("㘵𣒍")).unwrap().0, "㘵𣒍", "four-byte characters too");
        assert_eq!(decode(b"").unwrap().1, Encoding::Utf8);
    }

    #[test]
    fn a_damaged_byte_is_placed_by_line_and_character() {
        let mut utf8 = "案号,当事人\n粤0605,罗敬文,九江镇\n".as_bytes().to_vec();
        let at = utf8.len() - 4; // the first byte of 镇
        utf8[at] = 0xff;
        let error = decode(&utf8).unwrap_err();
        assert_eq!((error.fault.code, error.at), ("utf8_invalid", Some((2, 13))));

        let mut other = gb("案号\n粤0605,罗");
        other.push(0xff);
        let error = decode(&other).unwrap_err();
        assert_eq!((error.fault.code, error.at), ("encoding_unknown", Some((2, 8))));
    }

    #[test]
    fn a_workbook_is_named_as_such() {
        assert_eq!(decode(b"PK\x03\x04....").unwrap_err().fault.code, "not_a_text_file");
        assert_eq!(decode(b"\xff\xfea\0").unwrap_err().fault.code, "not_a_text_file");
        assert_eq!(decode(b"a\0b").unwrap_err().fault.code, "not_a_text_file");
    }
}
