//! What signatures cost on one core: signing and verifying one change with a software key, and a batch
//! of 200 as a phone receives it, read off the wire and verified change by change, beside what
//! judging and merging the same batch costs.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use lastmile_core::document::{Fields, Intent};
use lastmile_core::envelope::{Body, Draft, RawChange, UnverifiedChange};
use lastmile_core::identity::Canonical;
use lastmile_core::identity::canonical::{Reader, Writer};
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::records::builtin;
use lastmile_core::sync::batch::{self, SignedChange};
use lastmile_core::value::Value;

use super::acceptance::{Author, judge};
use super::{Aim, Figures, ms, quantile};

const BATCH: usize = 200;
const ROUNDS: usize = 11;

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let court = TestCourt::nanhai();
    let kinds = builtin();
    let (mut author, first) = Author::begin(&court, &kinds)?;
    let mut made = vec![first];
    while made.len() < BATCH {
        let line = Intent::Add {
            verb: "add_line".into(),
            item: author.item(),
            fields: Fields::from([
                ("name".to_owned(), Value::Text(format!("搬出物品{}", made.len()))),
                ("quantity".to_owned(), Value::Int(1)),
            ]),
        };
        made.push(author.make(&line)?);
    }
    let signed = made.iter().map(travelling).collect::<Result<Vec<_>, _>>()?;
    let drafts = signed
        .iter()
        .map(|change| Draft::new(change.body.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut out = Writer::default();
    batch::write(&mut out, &signed);
    let wire = out.into_bytes();

    let key = court.person("luqihang").signer.as_ref();
    let sign = usual(|| {
        drafts
            .iter()
            .try_for_each(|draft| black_box(draft.sign(key)).map(|_| ()).map_err(Into::into))
    })?;
    let verify = usual(|| {
        made.iter().try_for_each(|change| {
            let change = change.clone();
            black_box(change.verify(&court.directory, &court.court)).map(|_| ()).map_err(Into::into)
        })
    })?;
    let receive = usual(|| received(&court, &wire).map(|verified| assert_whole(verified.len())))?;
    let verified = received(&court, &wire)?;
    let judged = usual(|| judge(&kinds, None, &verified).map(|_| ()))?;

    #[allow(clippy::cast_precision_loss)]
    let each = |whole: Duration| whole.as_secs_f64() / BATCH as f64;
    figures.note("signatures.sign_per_second", (1.0 / each(sign)).round(), "1/s", Aim::None);
    figures.note("signatures.verify_per_second", (1.0 / each(verify)).round(), "1/s", Aim::None);
    figures.note(
        "signatures.verify_to_sign",
        verify.as_secs_f64() / sign.as_secs_f64(),
        "x",
        Aim::None,
    );
    figures.note("signatures.batch_of_200_verified_ms", ms(receive), "ms", Aim::None);
    let share = receive.as_secs_f64() / (receive + judged).as_secs_f64();
    figures.note("signatures.share_of_acceptance", share, "of 1", Aim::None);
    let bare: usize = signed.iter().map(|change| change.change.len()).sum();
    #[allow(clippy::cast_precision_loss)]
    figures.note(
        "signatures.envelope_bytes_per_change",
        (wire.len() - bare) as f64 / BATCH as f64,
        "B",
        // 64 of them are the signature itself; nothing of this was compressed.
        Aim::ExactlyAtMost(96.0),
    );
    Ok(())
}

/// The median of some rounds.
fn usual(
    mut round: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<Duration, Box<dyn Error>> {
    let mut samples = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        round()?;
        samples.push(begun.elapsed());
    }
    Ok(quantile(&mut samples, 0.5))
}

/// What a phone does with a batch before it judges it.
fn received(
    court: &TestCourt,
    wire: &[u8],
) -> Result<Vec<lastmile_core::envelope::VerifiedChange>, Box<dyn Error>> {
    let rows = batch::read(&mut Reader::new(wire), &court.court)?;
    rows.into_iter()
        .map(|row| {
            let signed = row.map_err(|_| "a row was damaged")?;
            let body = signed.body.encode();
            let raw =
                RawChange { body: &body, signature: &signed.signature, change: &signed.change };
            Ok(UnverifiedChange::from_raw_parts(raw)?.verify(&court.directory, &court.court)?)
        })
        .collect()
}

fn travelling(change: &UnverifiedChange) -> Result<SignedChange, Box<dyn Error>> {
    let raw = change.raw_parts();
    let signature = <[u8; 64]>::try_from(raw.signature)?;
    Ok(SignedChange { body: Body::decode(raw.body)?, signature, change: raw.change.to_vec() })
}

fn assert_whole(verified: usize) {
    assert_eq!(verified, BATCH, "every change of the batch");
}
