//! Changes accepted per second on one core, everything on that a server does before it stores:
//! signature and certificate, bounds, parse, header, authority, the verb's check, apply, re-encode,
//! save and load; for a record with 37 inventory lines.

use std::error::Error;
use std::time::Instant;

use lastmile_core::document::{
    Acceptance, Candidate, Document, Fields, Intent, Provenance, Verdict, accept, write,
};
use lastmile_core::envelope::{Body, Draft, UnverifiedChange, VerifiedChange};
use lastmile_core::id::{ActorId, BootId, Epoch};
use lastmile_core::identity::Canonical;
use lastmile_core::identity::test_keys::{TestCourt, TestIdentity};
use lastmile_core::records::{KindSet, builtin};
use lastmile_core::value::Value;

use super::{Aim, Figures};

const LINES: usize = 37;
const CHANGES: usize = 1_000;

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let court = TestCourt::nanhai();
    let kinds = builtin();
    let (mut bench, _) = Author::begin(&court, &kinds)?;
    let mut lines = Vec::new();
    for line in 0..LINES {
        let item = bench.item();
        bench.make(&Intent::Add {
            verb: "add_line".into(),
            item: item.clone(),
            fields: Fields::from([
                ("name".to_owned(), Value::Text(format!("搬出物品{line}"))),
                ("quantity".to_owned(), Value::Int(1)),
                ("category".to_owned(), "equipment".into()),
                ("condition".to_owned(), "外观完好".into()),
            ]),
        })?;
        lines.push(item);
    }
    let base = bench.document.clone().ok_or("no document")?;
    let mut signed = Vec::with_capacity(CHANGES);
    for change in 0..CHANGES {
        // Pushes start over from the record with 37 lines, so that its size stays what is measured.
        if change % 20 == 0 {
            bench.document = Some(base.clone());
            bench.sequence += 1_000;
        }
        let quantity = i64::try_from(change)? + 10;
        signed.push(bench.make(&Intent::Edit {
            verb: "edit_line".into(),
            item: lines[change % LINES].clone(),
            fields: Fields::from([("quantity".to_owned(), Value::Int(quantity))]),
        })?);
    }
    for (name, push, aim) in
        [("accept.push_of_20_per_second", 20, 2_000.0), ("accept.single_per_second", 1, 500.0)]
    {
        let begun = Instant::now();
        let mut document = base.clone();
        for (number, batch) in signed.chunks(push).enumerate() {
            if (number * push).is_multiple_of(20) {
                document = base.clone();
            }
            document = take(&court, &kinds, Some(document), batch)?;
        }
        #[allow(clippy::cast_precision_loss)]
        let rate = CHANGES as f64 / begun.elapsed().as_secs_f64();
        figures.note(name, rate.round(), "1/s", Aim::AtLeast(aim));
    }
    Ok(())
}

/// One push: verify every signature, then judge the batch.
fn take(
    court: &TestCourt,
    kinds: &KindSet,
    document: Option<Document>,
    batch: &[UnverifiedChange],
) -> Result<Document, Box<dyn Error>> {
    let verified = batch
        .iter()
        .map(|change| change.clone().verify(&court.directory, &court.court))
        .collect::<Result<Vec<_>, _>>()?;
    judge(kinds, document, &verified)
}

/// Judges honest changes and merges them.
pub(super) fn judge(
    kinds: &KindSet,
    document: Option<Document>,
    batch: &[VerifiedChange],
) -> Result<Document, Box<dyn Error>> {
    let candidates: Vec<Candidate> = batch.iter().map(candidate).collect();
    let Acceptance { document, verdicts } = accept(kinds, document, &candidates);
    if verdicts.iter().any(|verdict| *verdict != Verdict::Accepted) {
        return Err(format!("an honest change got {verdicts:?}").into());
    }
    document.ok_or_else(|| "the document is gone".into())
}

fn candidate(verified: &VerifiedChange) -> Candidate {
    let body = verified.body();
    Candidate {
        document: body.document,
        hash: body.change,
        actor: body.actor(),
        schema: body.schema,
        provenance: Provenance {
            envelope: verified.id(),
            person: verified.person().to_owned(),
            roles: verified.certificate().known_roles().collect(),
            verb: body.verb.clone(),
            device_ms: body.device_ms,
        },
        bytes: verified.change_bytes().to_vec(),
    }
}

/// Somebody who writes honest, signed changes into one record.
pub(super) struct Author<'a> {
    court: &'a TestCourt,
    person: &'a TestIdentity,
    kinds: &'a KindSet,
    document: Option<Document>,
    sequence: u64,
    items: u128,
}

impl<'a> Author<'a> {
    /// Begins a record; gives its creating change too.
    pub(super) fn begin(
        court: &'a TestCourt,
        kinds: &'a KindSet,
    ) -> Result<(Self, UnverifiedChange), Box<dyn Error>> {
        let person = court.person("luqihang");
        let mut author = Self { court, person, kinds, document: None, sequence: 0, items: 0 };
        let first = author.make(&Intent::Create {
            kind: "seizure".into(),
            case: "(2026)粤0605执1101号".into(),
            handler: "luqihang".into(),
            nonce: vec![1; 16],
            head: Fields::new(),
            items: Vec::new(),
        })?;
        Ok((author, first))
    }

    pub(super) fn item(&mut self) -> String {
        self.items += 1;
        // Crockford's base 32 of a small number: a ULID of the year 1970.
        let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut text = [b'0'; 26];
        let mut rest = self.items;
        for place in text.iter_mut().rev() {
            *place = digits[usize::try_from(rest % 32).unwrap_or(0)];
            rest /= 32;
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    pub(super) fn make(&mut self, intent: &Intent) -> Result<UnverifiedChange, Box<dyn Error>> {
        let epoch = Epoch([2; 16]);
        let actor = ActorId::derive(self.person.id, epoch, 0);
        let written = write(self.kinds, self.document.as_ref(), actor, 5, intent)?;
        self.sequence += 1;
        let body = Body {
            court: self.court.court.clone(),
            document: written.document,
            change: written.hash,
            verb: written.verb.to_owned(),
            certificate: self.person.id,
            epoch,
            generation: 0,
            sequence: self.sequence,
            previous: None,
            replaces: None,
            schema: written.schema,
            device_ms: 1_773_701_400_000,
            monotonic_ms: self.sequence,
            boot: BootId([3; 8]),
            checkpoint: None,
            position: None,
        };
        body.check()?;
        let envelope = Draft::new(body)?.sign(self.person.signer.as_ref())?;
        let change = UnverifiedChange::new(envelope, written.bytes)?;
        let base = self.document.take();
        let document = take(self.court, self.kinds, base, std::slice::from_ref(&change))?;
        self.document = Some(document);
        Ok(change)
    }
}
