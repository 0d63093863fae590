//! Somebody who writes records, without a phone and without chance: the same steps give the same digests.

use std::collections::HashMap;

use jiff::civil::{Date, date};
use lastmile_core::document::{Document, Fields, Intent, Provenance, RecordView, write};
use lastmile_core::id::{ActorId, BlobHash, DocumentId, EnvelopeId, sha256};
use lastmile_core::pack::case::CasePack;
use lastmile_core::records::{KindSet, Role, builtin};
use lastmile_core::signing::test_strokes::drawn_by;
use lastmile_core::signing::{Strokes, declaration};
use lastmile_core::value::Value;
use lastmile_papers::{Form, NoPhotos, Paper, Photos, Picture, Source};
use serde_json::json;

pub(crate) const CASE: &str = "(2026)粤0605执1101号";
pub(crate) const DAY: Date = date(2026, 3, 17);

/// A record that is being written.
pub(crate) struct Desk {
    kinds: KindSet,
    log: Vec<(Vec<u8>, Provenance)>,
    document: Option<Document>,
    next: u128,
    strokes: HashMap<BlobHash, Strokes>,
    pub(crate) case: Option<CasePack>,
}

pub(crate) fn text(text: &str) -> Value {
    text.into()
}

/// This time of the day.
pub(crate) fn at(clock: &str) -> Value {
    format!("2026-03-17T{clock}:00+08:00").as_str().into()
}

pub(crate) fn fields(given: &[(&str, Value)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

impl Desk {
    /// Begins a record.
    pub(crate) fn begin(kind: &str, head: &[(&str, Value)]) -> Self {
        let mut desk = Self {
            kinds: builtin(),
            log: Vec::new(),
            document: None,
            next: 0,
            strokes: HashMap::new(),
            case: Some(case()),
        };
        desk.act(&Intent::Create {
            kind: kind.to_owned(),
            case: CASE.to_owned(),
            handler: "luqihang".to_owned(),
            nonce: vec![7; 16],
            head: fields(head),
            items: Vec::new(),
        });
        desk
    }

    pub(crate) fn item(&mut self) -> String {
        self.next += 1;
        format!("01JPQ{:021}", self.next)
    }

    pub(crate) fn act(&mut self, intent: &Intent) {
        let document = self.document.take();
        self.act_on(document.as_ref(), 1, intent);
    }

    /// Acts on what somebody knew who did not know everything.
    pub(crate) fn act_on(&mut self, base: Option<&Document>, actor: u8, intent: &Intent) {
        let written = write(&self.kinds, base, ActorId([actor; 16]), 0, intent).unwrap();
        let provenance = Provenance {
            envelope: EnvelopeId(sha256(&written.hash.0)),
            person: "luqihang".to_owned(),
            roles: vec![Role::Officer],
            verb: written.verb.to_owned(),
            device_ms: 1_773_712_500_000,
        };
        self.log.push((written.bytes, provenance));
        let log = self.log.iter().map(|(bytes, who)| (bytes.as_slice(), who.clone()));
        let read = Document::from_log(&self.kinds, written.document, log, None).unwrap();
        self.document = Some(read);
    }

    /// What is known now.
    pub(crate) fn known(&self) -> Document {
        self.document.clone().unwrap()
    }

    pub(crate) fn set(&mut self, given: &[(&str, Value)]) {
        self.act(&Intent::Set { verb: "set".to_owned(), fields: fields(given) });
    }

    pub(crate) fn add(&mut self, verb: &str, given: &[(&str, Value)]) -> String {
        let item = self.item();
        let verb = verb.to_owned();
        self.act(&Intent::Add { verb, item: item.clone(), fields: fields(given) });
        item
    }

    pub(crate) fn strike(&mut self, verb: &str, item: &str, reason: &str) {
        let strike = self.item();
        let (verb, item, reason) = (verb.to_owned(), item.to_owned(), reason.to_owned());
        self.act(&Intent::Strike { verb, strike, item, reason });
    }

    /// Somebody signs what stands here now.
    pub(crate) fn sign(&mut self, name: &str, role: &str) {
        let strokes = drawn_by(name);
        let hash = strokes.hash();
        self.strokes.insert(hash, strokes);
        let words = declaration(role).unwrap();
        let content = self.view().content_digest;
        self.add(
            "sign",
            &[
                ("name", text(name)),
                ("role", text(role)),
                ("mode", text("sign")),
                ("content", Value::Bytes(content.0.to_vec())),
                ("stroke", Value::Bytes(hash.0.to_vec())),
                ("declaration", text(&words.zh)),
                ("signed_at", at("09:55")),
            ],
        );
    }

    /// Somebody will not sign.
    pub(crate) fn refuse(&mut self, name: &str, role: &str, reason: &str, seen_by: &str) {
        let content = self.view().content_digest;
        self.add(
            "sign",
            &[
                ("name", text(name)),
                ("role", text(role)),
                ("mode", text("refused")),
                ("content", Value::Bytes(content.0.to_vec())),
                ("reason", text(reason)),
                ("seen_by", text(seen_by)),
                ("signed_at", at("09:56")),
            ],
        );
    }

    /// Forgets the strokes, as a server that has not got them.
    pub(crate) fn lose_strokes(&mut self) {
        self.strokes.clear();
    }

    pub(crate) fn finalise(&mut self) {
        let finalisation = self.item();
        self.act(&Intent::Finalise { finalisation });
    }

    pub(crate) fn view(&self) -> RecordView {
        self.document.as_ref().unwrap().view()
    }

    pub(crate) fn paper(&self, form: Form) -> Paper {
        self.paper_with(form, &NoPhotos)
    }

    pub(crate) fn paper_with(&self, form: Form, photos: &dyn Photos) -> Paper {
        let view = self.view();
        Paper::of(
            form,
            &Source {
                view: &view,
                court: "粤0605",
                court_name: "佛山市南海区人民法院",
                case: self.case.as_ref(),
                names: &|id| name(id).map(str::to_owned),
                titles: &|_: DocumentId| Some("查封(扣押)财产清单".to_owned()),
                strokes: &|hash| self.strokes.get(&hash).cloned(),
                photos,
                printed_on: DAY,
            },
        )
        .unwrap()
    }
}

fn name(id: &str) -> Option<&'static str> {
    Some(match id {
        "luqihang" => "陆启航",
        "wenruotang" => "温若棠",
        "maixiaolan" => "麦晓岚",
        "huoqiming" => "霍启明",
        _ => return None,
    })
}

fn case() -> CasePack {
    serde_json::from_value(json!({
        "case_no": CASE, "court": "粤0605", "cause": "买卖合同纠纷", "handler": "luqihang",
        "parties": [
            {"id": "A1", "role": "applicant", "kind": "organisation", "name": "佛山市禅城示例商贸有限公司"},
            {"id": "D1", "role": "debtor", "kind": "organisation", "name": "佛山市南海测试五金有限公司",
             "legal_rep": "罗敬文", "address": "佛山市南海区九江镇示例工业区8号", "credit_code": "914406050000000193"},
        ],
        "rulings": [{"doc_no": "(2026)粤0605执1102号", "kind": "eviction_notice", "made_on": "2026-02-26",
                     "signed_by_president": true, "deadline_on": "2026-03-15"}],
    }))
    .unwrap()
}

/// Pictures by what is known of them: here, with another hash, or awaited.
pub(crate) struct Shelf;

impl Photos for Shelf {
    fn picture(&self, hash: BlobHash) -> Picture {
        match hash.0[0] % 3 {
            0 => Picture::Here(landscape()),
            1 => Picture::Differs,
            _ => Picture::Awaited,
        }
    }
}

/// Every picture is here.
pub(crate) struct Full;

impl Photos for Full {
    fn picture(&self, _: BlobHash) -> Picture {
        Picture::Here(landscape())
    }
}

fn landscape() -> Vec<u8> {
    use image::{ImageFormat, Rgb, RgbImage};
    let picture = RgbImage::from_fn(640, 480, |x, y| {
        let shade = u8::try_from((x / 4 + y / 4) % 256).unwrap();
        if (200..440).contains(&x) && (160..320).contains(&y) {
            Rgb([230, 200, 90])
        } else {
            Rgb([shade, 140, 170])
        }
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}
