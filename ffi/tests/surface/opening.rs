//! Opening: the right key, a wrong one, and what an app may pass by mistake.

use lastmile_ffi::{LastmileError, OpenOptions, Phone};

use crate::officer::{Officer, seizure};

fn refused(options: OpenOptions) -> LastmileError {
    Phone::open(options, None, None, None).err().unwrap()
}

#[test]
fn another_key_opens_nothing_and_leaves_the_file_as_it_is() {
    let officer = Officer::new();
    let record = officer.phone().create_record(seizure()).unwrap().record;
    let before = std::fs::read(officer.path()).unwrap();
    assert!(!before.starts_with(b"SQLite format 3"), "the file is encrypted");

    let error = refused(OpenOptions { key: vec![8; 32], ..officer.options() });
    let LastmileError::Store { code, said } = error else { panic!("{error:?}") };
    assert_eq!(code, "store_locked_key");
    assert!(said.zh.contains("密钥不符") && said.en.is_ascii());
    assert_eq!(std::fs::read(officer.path()).unwrap(), before);

    let phone = officer.phone();
    assert_eq!(phone.record(record).unwrap().case_no, crate::officer::CASE);
}

#[test]
fn what_an_app_passes_by_mistake_is_named() {
    let officer = Officer::new();
    let mistakes = [
        (OpenOptions { key: vec![7; 31], ..officer.options() }, "key"),
        (OpenOptions { installation: vec![], ..officer.options() }, "installation"),
        (OpenOptions { device_file: "{}".to_owned(), ..officer.options() }, "device_file"),
    ];
    for (options, named) in mistakes {
        let error = refused(options);
        let LastmileError::Input { field, .. } = &error else { panic!("{error:?}") };
        assert_eq!(field, named);
    }
    assert!(!officer.path().exists(), "nothing was made of it");
}

#[test]
fn nobody_signed_in_sees_and_writes_nothing() {
    let officer = Officer::new();
    let record = officer.phone().create_record(seizure()).unwrap().record;
    let phone = Phone::open(officer.options(), None, None, None).unwrap();
    assert_eq!(phone.signed_in(), None);
    assert_eq!(phone.court(), "粤0605");
    let errors = [
        phone.create_record(seizure()).unwrap_err(),
        phone.record(record).unwrap_err(),
        phone.cases(None, 10).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, LastmileError::SignedOut { .. }), "{error:?}");
    }
}
