//! `import`: reads files from disk, lets [`crate::import`] judge them, prints the report, and publishes
//! what was found good. With `--check` nothing is written.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::{Exit, Language, fail, secrets};
use crate::import::{Finding, ImportErrors, ImportPlan, InputFile, Known, plan, table::MAX_FILE};
use crate::publish::Published;
use crate::reference;
use crate::server::{Options, Server};

/// Most files of one import.
const MAX_FILES: usize = 2_000;

/// Options of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// 数据目录 / data directory.
    #[arg(long, required_unless_present = "check")]
    data: Option<PathBuf>,
    /// 只检查,不写入 / only check, write nothing.
    #[arg(long)]
    check: bool,
    /// 由镇街边界推算演示用派出所辖区 / derive demonstration station areas from town polygons.
    #[arg(long)]
    derive_stations: bool,
    /// 以JSON输出报告 / print the report as JSON.
    #[arg(long)]
    json: bool,
    /// 文件或目录 / files or directories.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Runs it: the report to `out`, progress to `err`.
pub fn run(
    args: &ImportArgs,
    language: Language,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let inputs = match read_all(&args.files) {
        Ok(inputs) => inputs,
        Err((path, error)) => {
            let said = language.pick("无法读取", "cannot read");
            // Nothing can be done if even this cannot be written.
            let _ = writeln!(err, "{said} {}: {error}", path.display());
            return Exit::Unavailable;
        }
    };
    let server =
        match args.data.as_deref().map(|dir| secrets::open(dir, Options::default(), language)) {
            None => None,
            Some(Ok(server)) => Some(server),
            Some(Err(error)) => return fail(language, error.code(), &error),
        };
    let known = match server.as_ref().map(reference::known) {
        None => Known::default(),
        Some(Ok(known)) => known,
        Some(Err(error)) => return fail(language, error.code(), &error),
    };
    let known = Known { derive_stations: args.derive_stations, ..known };
    let long = inputs.iter().map(|input| input.bytes.len()).sum::<usize>() > 1024 * 1024;
    let result = plan(&inputs, &known, |name| {
        if long && !args.json {
            let _ = writeln!(err, "{} {name} …", language.pick("正在读取", "reading"));
        }
    });
    let written =
        if args.json { write_json(&result, out) } else { write_report(&result, language, out) };
    match (written, result) {
        (Err(_), _) => Exit::Unavailable,
        (Ok(()), Err(_)) => Exit::Refused,
        (Ok(()), Ok(plan)) => match server.filter(|_| !args.check) {
            Some(server) => store(&server, &plan, &inputs, language, err),
            None => Exit::Done,
        },
    }
}

/// Publishes the plan and says what that did.
fn store(
    server: &Server,
    plan: &ImportPlan,
    inputs: &[InputFile],
    language: Language,
    err: &mut dyn Write,
) -> Exit {
    let done = match reference::publish_plan(server, plan, inputs) {
        Ok(done) => done,
        Err(error) => return fail(language, error.code(), &error),
    };
    let Published { packs, unchanged, entered, left, released } = done;
    let text = match language {
        Language::Zh => format!(
            "已导入:签发数据包{packs}个,未变{unchanged}个;{entered}人次加入、{left}人次退出频道;\
             重新审核待处理文书{released}份。"
        ),
        Language::En => format!(
            "Imported: {packs} packs signed, {unchanged} unchanged; {entered} people entered a channel, \
             {left} left one; {released} waiting records judged again."
        ),
    };
    match writeln!(err, "{text}") {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Unavailable,
    }
}

/// Reads the files; a directory gives its own files, in the order of their names, without those
/// that explain (README) or are hidden.
fn read_all(paths: &[PathBuf]) -> Result<Vec<InputFile>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    for path in paths {
        let at = |error| (path.clone(), error);
        if fs::metadata(path).map_err(at)?.is_dir() {
            let mut inside: Vec<PathBuf> = fs::read_dir(path)
                .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
                .map_err(at)?;
            inside.retain(|path| path.is_file() && !is_aside(path));
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
        if files.len() > MAX_FILES {
            return Err(at(io::Error::other(format!("> {MAX_FILES}"))));
        }
    }
    files.into_iter().map(|path| read_one(&path).map_err(|error| (path.clone(), error))).collect()
}

fn is_aside(path: &Path) -> bool {
    let name =
        path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with('.') || name.starts_with("readme") || name.starts_with("notice")
}

/// Reads at most one byte more than is allowed, so that a huge file costs neither memory nor time
/// and is still refused by the import with its own sentence.
fn read_one(path: &Path) -> io::Result<InputFile> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(
        &mut io::Read::take(fs::File::open(path)?, MAX_FILE as u64 + 1),
        &mut bytes,
    )?;
    Ok(InputFile { name: path.to_string_lossy().into_owned(), bytes })
}

type Outcome = Result<ImportPlan, ImportErrors>;

fn write_report(result: &Outcome, language: Language, out: &mut dyn Write) -> io::Result<()> {
    match result {
        Ok(plan) => {
            for file in &plan.files {
                let what = language.pick(&file.what.0, &file.what.1);
                let encoding = file.encoding.map_or("", crate::import::encoding::Encoding::name);
                writeln!(out, "{}  {what} {}  {encoding}", file.name, file.entries)?;
            }
            write_findings(&plan.warnings, plan.more_warnings, language, out)?;
            let cases = plan.cases.len();
            let papers = plan.papers.len();
            let warnings = plan.warnings.len() + plan.more_warnings;
            match language {
                Language::Zh => {
                    writeln!(out, "检查通过:案件{cases}件,文书文件{papers}个,提醒{warnings}条。")
                }
                Language::En => writeln!(
                    out,
                    "Check passed: {cases} cases, {papers} paper files, {warnings} warnings."
                ),
            }
        }
        Err(refused) => {
            write_findings(&refused.warnings, 0, language, out)?;
            write_findings(&refused.errors, refused.more, language, out)?;
            let errors = refused.errors.len() + refused.more;
            match language {
                Language::Zh => {
                    writeln!(out, "未导入:发现{errors}处错误,数据没有任何变化。请改正后重新导入。")
                }
                Language::En => writeln!(
                    out,
                    "Refused: {errors} errors, nothing was changed. Correct the files and import again."
                ),
            }
        }
    }
}

fn write_findings(
    findings: &[Finding],
    more: usize,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    use lastmile_core::pack::problem::Severity;
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => language.pick("错误", "error"),
            Severity::Warning => language.pick("提醒", "warning"),
        };
        let text = language.pick(&finding.zh, &finding.en);
        writeln!(out, "{}: {severity}[{}] {text}", finding.place, finding.code)?;
    }
    if more > 0 {
        match language {
            Language::Zh => writeln!(out, "……另有{more}条未列出"),
            Language::En => writeln!(out, "… and {more} more"),
        }?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    cases: usize,
    errors: &'a [Finding],
    warnings: &'a [Finding],
}

fn write_json(result: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let report = match result {
        Ok(plan) => {
            Report { ok: true, cases: plan.cases.len(), errors: &[], warnings: &plan.warnings }
        }
        Err(refused) => {
            Report { ok: false, cases: 0, errors: &refused.errors, warnings: &refused.warnings }
        }
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
