//! A phone that saves until it is killed: `saver PATH` opens the phone there and prints the hash of each
//! change, one a line, once the phone said it is saved. For `tests/killed.rs`, whose pipe it ends with.

use std::io::Write;

use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::phone::{Phone, PhoneError, Saved};
use lastmile_tests::phones::{begin, line, open, quantity, store_at};

/// Changes per record, so that records stay as small as in the field.
const CHANGES: usize = 12;

fn main() {
    let path = std::env::args_os().nth(1).expect("the path of the store");
    let phone = open(&TestCourt::nanhai(), store_at(path, None), "luqihang").unwrap();
    loop {
        save(&phone).unwrap();
    }
}

/// One record with lines and edits, partly signed.
fn save(phone: &Phone) -> Result<(), PhoneError> {
    let begun = begin(phone)?;
    acknowledge(begun);
    for number in 0..CHANGES {
        let (item, add) = line(phone, &format!("注塑机{number}"));
        acknowledge(phone.act(begun.document, &add)?);
        acknowledge(phone.act(begun.document, &quantity(&item, 2))?);
        if number % 5 == 4 {
            phone.sign_pending(64)?;
        }
    }
    Ok(())
}

fn acknowledge(saved: Saved) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", saved.change.to_hex())
        .and_then(|()| out.flush())
        .expect("somebody listens");
}
