//! `inspect`: the reading of files as the server and every phone read them, one JSON line each. For support
//! staff who ask why a photo shows nothing, and for tests. It needs no court and changes nothing.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lastmile_core::geo::{Datum, datum::convert};
use lastmile_core::identifier::Reason;
use lastmile_core::picture::{self, Reading, reason};
use ring::digest::{Context, SHA256};
use serde::Serialize;

use super::{Exit, Language};

/// Options of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// 要查看的文件 / files to look at.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs it.
pub fn run(args: &InspectArgs, language: Language, out: &mut dyn Write) -> Exit {
    let mut exit = Exit::Done;
    for path in &args.files {
        let read = File::open(path).and_then(|file| inspect(path, file, language));
        let line = read.unwrap_or_else(|_| {
            exit = Exit::Unavailable;
            unreadable(path, language)
        });
        let written = serde_json::to_writer(&mut *out, &line).map_err(io::Error::from);
        if written.and_then(|()| writeln!(out)).is_err() {
            return Exit::Unavailable; // nobody reads any more
        }
    }
    exit
}

fn inspect(path: &Path, file: File, language: Language) -> io::Result<Line> {
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::ErrorKind::InvalidInput.into()); // a directory, a device: it may never end
    }
    let mut file = BufReader::with_capacity(1 << 16, file);
    let (sha256, len) = hash(&mut file)?;
    let mut reading = picture::read(&mut file, len);
    let thumbnail = match reading.reason {
        Some(_) => None,
        None => match picture::thumbnail(&mut file, &reading) {
            Ok(thumbnail) => Some(thumbnail.len()),
            Err(reason) => {
                reading.reason = Some(reason);
                None
            }
        },
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if picture::name_differs(&name, reading.format) {
        reading.findings.push(reason::NAME_DIFFERS);
    }
    Ok(line(path, reading, sha256, thumbnail, language))
}

/// SHA-256 and length of what there is to read, in constant memory.
fn hash(file: &mut (impl Read + Seek)) -> io::Result<(String, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 16];
    let mut len = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                context.update(&buffer[..read]);
                len += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((data_encoding::HEXLOWER.encode(context.finish().as_ref()), len))
}

/// One line, its fields in this order.
#[derive(Debug, Default, Serialize)]
struct Line {
    file: String,
    format: Option<&'static str>,
    media_type: Option<&'static str>,
    bytes: Option<u64>,
    width: Option<u32>,
    height: Option<u32>,
    orientation: Option<u8>,
    gps: Option<Place>,
    taken_at: Option<String>,
    make: Option<String>,
    model: Option<String>,
    sha256: Option<String>,
    thumbnail_bytes: Option<usize>,
    findings: Vec<&'static str>,
    reason: Option<&'static str>,
    words: String,
}

/// WGS-84, degrees.
#[derive(Debug, Serialize)]
struct Place {
    lat: f64,
    lon: f64,
}

fn unreadable(path: &Path, language: Language) -> Line {
    Line {
        file: path.to_string_lossy().into_owned(),
        reason: Some(reason::UNREADABLE.code),
        words: words(&[], Some(reason::UNREADABLE), language),
        ..Line::default()
    }
}

fn line(
    path: &Path,
    reading: Reading,
    sha256: String,
    thumbnail: Option<usize>,
    language: Language,
) -> Line {
    let sized = reading.width > 0;
    let gps = reading.gps.map(|gps| convert((gps.lat, gps.lon), gps.datum, Datum::Wgs84));
    let seven = |degrees: f64| (degrees * 1e7).round() / 1e7; // a centimetre
    Line {
        file: path.to_string_lossy().into_owned(),
        format: reading.format.map(picture::Format::code),
        media_type: Some(reading.media_type),
        bytes: Some(reading.bytes),
        width: sized.then_some(reading.width),
        height: sized.then_some(reading.height),
        orientation: sized.then(|| reading.orientation()),
        gps: gps.map(|(lat, lon)| Place { lat: seven(lat), lon: seven(lon) }),
        taken_at: reading.taken_at.as_ref().map(ToString::to_string),
        sha256: Some(sha256),
        thumbnail_bytes: thumbnail,
        findings: reading.findings.iter().map(Reason::code).collect(),
        reason: reading.reason.map(|reason| reason.code),
        words: words(&reading.findings, reading.reason, language),
        make: reading.make,
        model: reading.model,
    }
}

/// The sentences of all codes of a line, each once, the reason's first.
fn words(findings: &[Reason], reason: Option<Reason>, language: Language) -> String {
    let code = reason.map(|reason| reason.code);
    let others = findings.iter().filter(|finding| Some(finding.code) != code);
    let all = reason.iter().chain(others);
    let sentences: Vec<&str> = all.map(|reason| language.pick(reason.zh, reason.en)).collect();
    sentences.join(language.pick("", " "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value as Json, json};

    use super::*;

    fn lines(files: Vec<PathBuf>, language: Language) -> (Exit, Vec<Json>) {
        let mut out = Vec::new();
        let exit = run(&InspectArgs { files }, language, &mut out);
        let text = String::from_utf8(out).unwrap();
        (exit, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    #[test]
    fn a_photo_and_a_file_that_is_none_are_read_and_both_are_done() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data");
        let files = ["photos/apple_iphone4_gps_italy.jpg", "hostile/generated/html_named.jpg"];
        let (exit, lines) = lines(files.map(|name| data.join(name)).to_vec(), Language::Zh);
        assert_eq!((exit, lines.len()), (Exit::Done, 2));
        let photo = &lines[0];
        assert_eq!(photo["format"], "jpeg");
        assert_eq!((&photo["width"], &photo["height"]), (&json!(1296), &json!(968)));
        assert_eq!(photo["gps"], json!({"lat": 41.853, "lon": 12.488_833_3}));
        assert_eq!(photo["taken_at"], "2011-01-13T14:33:39");
        assert_eq!((&photo["make"], &photo["model"]), (&json!("Apple"), &json!("iPhone 4")));
        assert!((1..=12_000).contains(&photo["thumbnail_bytes"].as_u64().unwrap()));
        assert_eq!((&photo["findings"], &photo["reason"]), (&json!([]), &Json::Null));
        let page = &lines[1];
        assert_eq!(page["sha256"].as_str().unwrap().len(), 64);
        assert_eq!((&page["format"], &page["reason"]), (&Json::Null, &json!("not_a_picture")));
        assert_eq!(page["findings"], json!(["file_name_differs"]));
        assert_eq!(page["words"], "不是照片或图片,按文件保存。文件扩展名与实际格式不符。");
    }

    #[test]
    fn what_cannot_be_opened_is_a_line_and_an_exit_code() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.jpg");
        let (exit, lines) = lines(vec![missing, folder.path().to_owned()], Language::En);
        assert_eq!((exit, lines.len()), (Exit::Unavailable, 2));
        for line in lines {
            assert_eq!(
                (&line["reason"], &line["sha256"]),
                (&json!("file_unreadable"), &Json::Null)
            );
        }
    }
}
