//! The officer-day workload by which sync engines are compared: 500 records on phone and server, 40
//! new and 120 edits made offline, 60 edits made elsewhere meanwhile (20 records edited on both
//! sides), one reconnect. The size of a record follows the workload the peers' figures were measured
//! with: some 30 fields, 5 lines, 3 photo hashes, remarks of 120 characters, 85-95 operations.

use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::phone::{NewRecord, Phone, PhoneError};
use lastmile_core::value::Value;

/// Records on phone and server before the day.
pub const RECORDS: usize = 500;
/// Records begun offline.
pub const NEW: usize = 40;
/// Edits made offline.
pub const EDITS: usize = 120;
/// Edits made elsewhere meanwhile; the first third meet edits of the phone.
pub const ELSEWHERE: usize = 60;

const PLACES: [&str; 7] = ["桂城街道", "九江镇", "西樵镇", "丹灶镇", "狮山镇", "大沥镇", "里水镇"];
const THINGS: [&str; 8] =
    ["注塑机", "空气压缩机", "小型轿车", "数控车床", "叉车", "铝型材", "办公设备", "变压器"];
const WORDS: [&str; 12] = [
    "外观完好",
    "铭牌清晰",
    "表面轻微划痕",
    "现场由保管人签收",
    "钥匙已移交",
    "无法启动",
    "已拍照固定",
    "通电正常",
    "缺少防护罩",
    "案外人到场说明",
    "封条加贴于电控柜",
    "计价待定",
];

/// A small generator, so that the workload is the same on every machine.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The same seed throws the same.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `below`.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % below.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn number(&mut self, below: usize) -> Value {
        Value::Int(i64::try_from(self.below(below)).unwrap_or(0))
    }

    fn remarks(&mut self) -> Value {
        let mut text = String::new();
        while text.chars().count() < 40 {
            text.push_str(self.pick(&WORDS));
            text.push_str(&self.below(10_000).to_string());
            text.push(',');
        }
        // 40 Chinese characters are 120 bytes, the size of the peers' 120-character remarks.
        Value::Text(text.chars().take(40).collect())
    }
}

/// A seizure list as an officer makes it in one go.
pub fn record(dice: &mut Dice, case: &str) -> NewRecord {
    let serial = dice.below(9_000) + 1_000;
    let head: Fields = [
        ("ruling_no", Value::Text(format!("(2026)粤0605执{serial}号之一"))),
        (
            "start_at",
            Value::Text(format!(
                "2026-03-17T{:02}:{:02}:00+08:00",
                8 + dice.below(9),
                dice.below(60)
            )),
        ),
        (
            "credential_shown_at",
            Value::Text(format!("2026-03-17T08:{:02}:00+08:00", dice.below(60))),
        ),
        ("dress_worn", Value::Bool(true)),
        ("term_from", Value::from("2026-03-17")),
        ("term_to", Value::from("2028-03-16")),
        ("location", Value::Text(format!("{}测试路{}号", dice.pick(&PLACES), dice.below(999)))),
        (
            "position",
            Value::Text(format!(
                "geo:22.{:06},113.{:06};crs=wgs84;u={}",
                dice.below(999_999),
                dice.below(99_999),
                5 + dice.below(30)
            )),
        ),
        ("remark", dice.remarks()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let mut items = Vec::new();
    for line in 0..5 {
        let fields: Fields = [
            ("line_no", Value::Int(line + 1)),
            ("name", Value::from(dice.pick(&THINGS))),
            ("category", Value::from("equipment")),
            ("measure", Value::from("seal")),
            ("quantity", dice.number(20)),
            ("serial_no", Value::Text(format!("SN-{:08}", dice.below(99_999_999)))),
            ("field_estimate_fen", dice.number(9_000_000)),
            ("custodian", Value::from("luo")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        items.push(("lines".to_owned(), fields));
    }
    for _ in 0..3 {
        let hash = sha256(&dice.below(usize::MAX).to_be_bytes());
        let fields: Fields = [
            ("hash", Value::Bytes(hash.to_vec())),
            ("bytes", dice.number(5_000_000)),
            ("purpose", Value::from("overall")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        items.push(("photos".to_owned(), fields));
    }
    NewRecord {
        kind: "seizure".to_owned(),
        case: case.to_owned(),
        handler: String::new(),
        head,
        items,
    }
}

/// One small edit of a record, of the kinds people make: a number, a text, a remark.
pub fn edit(phone: &Phone, dice: &mut Dice, document: DocumentId) -> Result<(), PhoneError> {
    let view = phone.record_view(document)?;
    let lines = view.state.items("lines");
    let line = lines[dice.below(lines.len())].id.clone();
    let in_line = |name: &str, value: Value| Intent::Edit {
        verb: "edit_line".to_owned(),
        item: line.clone(),
        fields: Fields::from([(name.to_owned(), value)]),
    };
    let intent = match dice.below(4) {
        0 => in_line("quantity", Value::Int(100 + i64::try_from(dice.below(100_000)).unwrap_or(0))),
        1 => in_line(
            "condition",
            Value::Text(format!("{}{}", dice.pick(&WORDS), dice.below(10_000))),
        ),
        2 => in_line("location_detail", Value::Text(format!("车间{}号位", dice.below(100_000)))),
        _ => Intent::Set {
            verb: "set".to_owned(),
            fields: Fields::from([("remark".to_owned(), dice.remarks())]),
        },
    };
    phone.act(document, &intent)?;
    Ok(())
}

/// The records the phone has of its cases, in a fixed order.
pub fn documents(phone: &Phone, cases: &[String]) -> Result<Vec<DocumentId>, PhoneError> {
    let mut all = Vec::new();
    for case in cases {
        all.extend(phone.records_of_case(case)?.into_iter().map(|row| row.id));
    }
    all.sort_unstable();
    Ok(all)
}

/// The phone's day without a network: 40 new records, 120 edits on the first 120 records.
pub fn offline_day(
    phone: &Phone,
    dice: &mut Dice,
    cases: &[String],
    existing: &[DocumentId],
) -> Result<(), PhoneError> {
    for number in 0..NEW {
        phone.create(record(dice, &cases[number % cases.len()]))?;
    }
    for document in existing.iter().take(EDITS) {
        edit(phone, dice, *document)?;
    }
    Ok(())
}

/// The day elsewhere: 60 edits, the first 20 on records the phone edits too.
pub fn elsewhere(
    phone: &Phone,
    dice: &mut Dice,
    existing: &[DocumentId],
) -> Result<(), PhoneError> {
    let (both, other) = (
        existing.iter().take(ELSEWHERE / 3),
        existing.iter().skip(EDITS).take(ELSEWHERE - ELSEWHERE / 3),
    );
    for document in both.chain(other) {
        edit(phone, dice, *document)?;
    }
    Ok(())
}
