//! `papers`: every paper of a case as PDF, into a folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use lastmile_papers::{PaperError, Templates};

use super::{Exit, Language, fail, secrets};
use crate::papers::{PapersError, file_name, of_case, of_record};
use crate::server::Options;

/// Options of `papers`.
#[derive(Debug, Args)]
pub struct PapersArgs {
    /// 案号 / case number.
    case: String,
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 写到此目录;已有同名文件则停下,不覆盖 / write into this folder; a file that exists is not overwritten.
    #[arg(long)]
    out: PathBuf,
    /// 本院自己的版式文件所在目录 / folder of the court's own templates.
    #[arg(long)]
    templates: Option<PathBuf>,
}

/// Runs it.
pub fn run(args: &PapersArgs, language: Language, out: &mut dyn Write) -> Exit {
    let server = match secrets::open(&args.data, Options::default(), language) {
        Ok(server) => server,
        Err(error) => return fail(language, error.code(), &error),
    };
    let templates = match args.templates.as_deref().map_or_else(|| Ok(Templates::default()), own) {
        Ok(templates) => templates,
        Err(error) => return fail(language, error.code(), &error),
    };
    let papers = match of_case(&server, &args.case) {
        Ok(papers) => papers,
        Err(error) => return fail(language, error.code(), &error),
    };
    if let Err(error) = fs::create_dir_all(&args.out) {
        return fail(language, "data_directory", &error);
    }
    for (record, form) in papers {
        let made = match of_record(&server, record, form, &templates) {
            Ok(made) => made,
            Err(error) => return fail(language, error.code(), &error),
        };
        let path = args.out.join(file_name(form, made.title, record));
        // What is in it is for those it is given to.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        if let Err(error) = file.and_then(|mut file| file.write_all(&made.pdf)) {
            let exists = error.kind() == io::ErrorKind::AlreadyExists;
            return fail(language, if exists { "paper_exists" } else { "data_directory" }, &error);
        }
        let draft = if made.draft { language.pick(" (草稿)", " (draft)") } else { "" };
        if writeln!(out, "{}{draft}", path.display()).is_err() {
            return Exit::Unavailable;
        }
    }
    Exit::Done
}

/// The templates of this version with a court's own in their places.
fn own(folder: &Path) -> Result<Templates, PapersError> {
    let mut templates = Templates::default();
    let unreadable = || PaperError::Template("the folder cannot be read".to_owned());
    for entry in fs::read_dir(folder).map_err(|_| unreadable())? {
        let entry = entry.map_err(|_| unreadable())?;
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "typ") {
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).map_err(|_| unreadable())?;
        templates.replace(&name, text)?;
    }
    Ok(templates)
}
