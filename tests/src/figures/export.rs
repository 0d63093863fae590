//! What it takes to check an export of a large case: 1,000 records with 2,000 photos of 200 kB, in a process
//! of its own that does nothing else, so that its peak memory is the verifier's.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::export::chain::Chains;
use lastmile_core::export::{Draft, Edition, build, verify};
use lastmile_core::id::{BlobHash, CertificateId, sha256};
use lastmile_core::value::Value;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::{Aim, Figures, ms};
use crate::exported::{CASE, CourtLog, Feed};

/// What the bench calls itself with, followed by a file and the court's root.
pub const CHILD: &str = "verify-export";

const RECORDS: usize = 1_000;
const PHOTOS_PER_RECORD: u64 = 2;
const PHOTO_BYTES: usize = 200_000;

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("case.zip");
    let root = write(&file)?;
    let done =
        Command::new(std::env::current_exe()?).arg(CHILD).arg(&file).arg(root.to_hex()).output()?;
    let said = String::from_utf8(done.stdout)?;
    let mut numbers = said.split_whitespace().map(str::parse::<f64>);
    let mut next = || -> Result<f64, Box<dyn Error>> {
        let number = numbers
            .next()
            .ok_or_else(|| format!("not verified: {}", String::from_utf8_lossy(&done.stderr)))?;
        Ok(number?)
    };
    let (took, peak, records, photos) = (next()?, next()?, next()?, next()?);
    #[allow(clippy::cast_precision_loss)]
    if records < RECORDS as f64 || photos < (RECORDS * 2) as f64 {
        return Err(format!("the export holds {records} records, {photos} photos").into());
    }
    #[allow(clippy::cast_precision_loss)]
    let size = std::fs::metadata(&file)?.len() as f64;
    figures.note("export.file_megabytes", (size / 1e6).round(), "MB", Aim::None);
    figures.note("export.verify_seconds", took / 1_000.0, "s", Aim::AtMost(10.0));
    figures.note("export.verify_peak_megabytes", (peak / 1e3).round(), "MB", Aim::AtMost(256.0));
    Ok(())
}

/// The verifier's process: prints milliseconds, peak kilobytes, records and photos proven, and nothing when
/// anything was found.
pub fn child(file: &Path, root: &str) -> Result<(), Box<dyn Error>> {
    let root = CertificateId::from_hex(root).map_err(|_| "no root")?;
    let begun = Instant::now();
    let kinds = lastmile_core::records::builtin();
    let input = BufReader::new(File::open(file)?);
    let report = verify(&kinds, input, Some(root), &mut |_| {}).map_err(|error| error.code())?;
    let took = ms(begun.elapsed());
    let findings = report.codes();
    if !findings.is_empty() {
        return Err(format!("not proven: {findings:?}").into());
    }
    let whole = report.photos.present;
    println!("{took} {} {} {whole}", peak_kilobytes()?, report.records.len());
    Ok(())
}

/// The most memory this process ever had resident.
fn peak_kilobytes() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmHWM")?.parse()?)
}

/// A photo's bytes: nothing that could be compressed.
fn photo(number: u64) -> Vec<u8> {
    let mut bytes = vec![0; PHOTO_BYTES];
    StdRng::seed_from_u64(number).fill_bytes(&mut bytes);
    bytes
}

/// Writes the export; gives the court's root.
fn write(path: &Path) -> Result<CertificateId, Box<dyn Error>> {
    let mut log = CourtLog::case();
    let mut photos: HashMap<BlobHash, u64> = HashMap::new();
    for record in 0..RECORDS {
        if record % 100 == 0 {
            log.checkpoint();
        }
        let document = log.create("luqihang", "seizure");
        log.line("luqihang", document, &format!("查封物品{record}"));
        for _ in 0..PHOTOS_PER_RECORD {
            let number = photos.len() as u64;
            let hash = sha256(&photo(number));
            photos.insert(BlobHash(hash), number);
            let fields = Fields::from([("hash".to_owned(), Value::Bytes(hash.to_vec()))]);
            let intent = Intent::Add { verb: "add_photo".into(), item: log.item(), fields };
            log.act("luqihang", Some(document), &intent);
        }
    }
    log.checkpoint();
    let chains = Chains(vec![log.chain(Feed::Case), log.chain(Feed::Directory)]);
    let proofs = log.proofs(&chains);
    let draft = Draft {
        case_no: CASE.to_owned(),
        edition: Edition::Full,
        made_at_ms: log.now_ms + 60_000,
        directory: &log.court.directory,
        chains,
        proofs,
        certificate: log.court.server.id,
    };
    let small = &log.photos;
    let mut give = |hash: BlobHash| match (photos.get(&hash), small.get(&hash)) {
        (Some(number), _) => Ok(photo(*number)),
        (None, Some(bytes)) => Ok(bytes.clone()),
        (None, None) => Err("not_received".to_owned()),
    };
    let out = BufWriter::new(File::create(path)?);
    let (mut out, _) = build(&log.kinds, draft, log.court.server.signer.as_ref(), &mut give, out)?;
    out.flush()?;
    Ok(log.court.root.id)
}
