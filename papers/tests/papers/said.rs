//! What papers say: the value that templates get, form by form, and the words that end up in the PDF.

use insta::assert_json_snapshot;
use lastmile_core::id::BlobHash;
use lastmile_papers::{
    Form, Mark, NoPhotos, Paper, PaperError, Photos, Picture, Templates, pdf, pdf_with,
};
use serde_json::Value;

use super::cases;
use super::desk::{Desk, Full, Shelf, at, text};
use super::drawn::{texts, whole};

fn value(paper: &Paper) -> Value {
    serde_json::from_str(&paper.json().unwrap()).unwrap()
}

#[test]
fn the_value_of_each_form_is_this() {
    let list = cases::seizure_finalised();
    assert_json_snapshot!("F-01", value(&list.paper_with(Form::PropertyList, &Shelf)));
    assert_json_snapshot!("F-06", value(&list.paper_with(Form::ServiceReceipt, &Shelf)));
    let eviction = cases::eviction();
    assert_json_snapshot!("F-03", value(&eviction.paper(Form::EvictionNotice)));
    assert_json_snapshot!("F-04-eviction", value(&eviction.paper(Form::OnsiteRecord)));
    assert_json_snapshot!("F-05", value(&eviction.paper(Form::MovedGoods)));
    assert_json_snapshot!("F-04", value(&cases::onsite().paper(Form::OnsiteRecord)));
    assert_json_snapshot!("F-12", value(&cases::correction().paper(Form::Correction)));
}

#[test]
fn a_list_has_its_lines_its_money_and_its_people() {
    let paper = cases::seizure_finalised().paper_with(Form::PropertyList, &Shelf);
    let said = whole(&pdf(&paper).unwrap());
    for words in [
        "佛山市南海区人民法院",
        "查封（扣押）财产清单",
        "（2026）粤0605执1101号",
        "佛山市南海测试五金有限公司",
        "自2026年3月17日起至2028年3月16日止",
        "LTEST00B4KN000123",
        "S0003",
        "¥186,400.00",
        "人民币壹拾捌万陆仟肆佰元整",
        "生活必需品",
        "电话通知法定代表人罗敬文",
        "拒绝签名",
        "称与本案无关",
        "照片校验不符，待重传",
        "原件待上传",
        "第1页",
    ] {
        let tight: String = said.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(tight.contains(words), "{words}");
    }
    assert!(!said.contains("草稿"));
    assert!(!said.contains("914406050000000193"), "a list needs nobody's number");
    assert!(!said.contains('\u{fffd}'), "every glyph has its character");
}

#[test]
fn a_draft_says_so_on_every_page_and_why() {
    let paper = cases::contested().paper(Form::PropertyList);
    assert_eq!(paper.draft(), ["尚未定稿", "有1处分歧尚未确定"]);
    for page in texts(&pdf(&paper).unwrap()) {
        assert!(page.contains("草稿") && page.contains("不得送达"));
    }
    let said = whole(&pdf(&paper).unwrap());
    assert!(said.contains("有分歧"), "both values stand there");
    assert!(said.contains("¥92,500.00") && said.contains("¥86,000.00"));
    let unfinished = cases::seizure().paper(Form::PropertyList);
    assert_eq!(unfinished.draft(), ["尚未定稿"]);
    assert_eq!(cases::seizure_finalised().paper(Form::ServiceReceipt).draft(), [""; 0]);
}

#[test]
fn a_notice_is_the_presidents_paper() {
    let mut eviction = cases::eviction();
    assert_eq!(eviction.paper(Form::EvictionNotice).draft(), [""; 0]);
    if let Some(case) = &mut eviction.case {
        case.rulings[0].signed_by_president = false;
    }
    assert_eq!(
        eviction.paper(Form::EvictionNotice).draft(),
        ["案件包中没有院长签发的强制迁出公告"]
    );
    let planned = Desk::begin("eviction", &[("notice_doc_no", text("(2026)粤0605执1102号"))]);
    assert_eq!(planned.paper(Form::EvictionNotice).draft(), [""; 0], "posted before the eviction");
}

#[test]
fn strokes_that_are_not_here_are_awaited() {
    let mut list = cases::seizure_finalised();
    list.lose_strokes();
    let said = whole(&pdf(&list.paper(Form::PropertyList)).unwrap());
    assert!(said.contains("笔迹原件待上传"));
}

#[test]
fn a_signature_over_an_earlier_content_says_so() {
    let mut list = cases::seizure();
    list.sign("陆启航", "officer");
    assert!(!whole(&pdf(&list.paper(Form::PropertyList)).unwrap()).contains("所签为先前内容"));
    list.add("add_line", &[("name", text("后来添加"))]);
    assert!(whole(&pdf(&list.paper(Form::PropertyList)).unwrap()).contains("所签为先前内容"));
}

#[test]
fn a_handwritten_copy_and_a_printed_one_are_known_ways_of_delivery() {
    let mut list = cases::seizure_finalised();
    list.add(
        "deliver",
        &[
            ("document", text("list")),
            ("name", text("罗敬文")),
            ("role", text("legal_representative")),
            ("method", text("printed")),
            ("delivered_at", at("11:00")),
        ],
    );
    let paper = list.paper_with(Form::ServiceReceipt, &Shelf);
    let receipts = &value(&paper)["body"]["receipts"];
    assert_eq!(receipts.as_array().unwrap().len(), 2, "one for each recipient");
    assert_eq!(receipts[0]["papers"].as_array().unwrap().len(), 2, "both papers on one");
    let said = texts(&pdf(&paper).unwrap());
    assert!(said[0].contains("手写副本拍照后交付") && said[0].contains("示例工业区8号"));
    assert!(said[1].contains("现场打印交付"));
}

#[test]
fn the_code_leads_to_the_record_in_the_state_it_was_in() {
    let list = cases::seizure_finalised();
    let view = list.view();
    let paper = list.paper(Form::PropertyList);
    let value = value(&paper);
    let mark: Mark = value["proof"]["mark"].as_str().unwrap().parse().unwrap();
    assert_eq!((mark.record, mark.state), (view.id, view.state_digest));
    assert_eq!((mark.form, mark.court.as_str()), (Form::PropertyList, "粤0605"));
    let said = whole(&pdf(&paper).unwrap());
    let tight: String = said.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(tight.contains(&view.state_digest.to_hex()), "the whole digest can be read");
}

#[test]
fn a_form_of_another_record_is_refused() {
    let desk = cases::correction();
    let view = desk.view();
    let source = lastmile_papers::Source {
        view: &view,
        court: "粤0605",
        court_name: "法院",
        case: None,
        names: &|_| None,
        titles: &|_| None,
        strokes: &|_| None,
        photos: &NoPhotos,
        printed_on: super::desk::DAY,
    };
    assert_eq!(Paper::of(Form::PropertyList, &source), Err(PaperError::WrongRecord));
}

#[test]
fn a_court_changes_a_template_and_learns_what_is_wrong_with_it() {
    let paper = cases::correction().paper(Form::Correction);
    let mut templates = Templates::default();
    templates
        .replace("F-12.typ", "#import \"paper.typ\": *\n本院版式 #p.title".to_owned())
        .unwrap();
    assert!(whole(&pdf_with(&paper, &templates).unwrap()).contains("本院版式"));
    for (wrong, line) in [
        ("\n#nothing", "F-12.typ:2"),
        ("#read(\"/etc/passwd\")", "F-12.typ:1"),
        ("#import \"@preview/x:1.0.0\": y", "F-12.typ:1"),
        ("#while true { }", "F-12.typ:1"),
    ] {
        templates.replace("F-12.typ", wrong.to_owned()).unwrap();
        let Err(PaperError::Template(said)) = pdf_with(&paper, &templates) else {
            panic!("{wrong}");
        };
        assert!(said.starts_with(line), "{said}");
    }
    assert!(matches!(templates.replace("F-99.typ", String::new()), Err(PaperError::Template(_))));
    assert_eq!(PaperError::WrongRecord.code(), "paper_of_other_record");
}

#[test]
fn a_preview_that_the_court_provided_says_so_in_small_print() {
    struct Provided;
    impl Photos for Provided {
        fn picture(&self, hash: BlobHash) -> Picture {
            match Full.picture(hash) {
                Picture::Here(bytes) => Picture::Provided(bytes),
                other => other,
            }
        }
    }
    let words = "预览由法院服务器提供";
    let list = cases::seizure_finalised();
    let said = whole(&pdf(&list.paper_with(Form::PropertyList, &Provided)).unwrap());
    assert!(said.contains(words), "{said}");
    let said = whole(&pdf(&list.paper_with(Form::PropertyList, &Full)).unwrap());
    assert!(!said.contains(words));
}
