//! A gateway that drops files: it writes `in/NAME.json` (whole, by renaming) and takes `out/NUMBER.json`. The server
//! takes what it read only after it is stored, and writes what it says by renaming, so that whoever stops in between
//! sees a text twice and loses none; the same text twice is the same as once. What cannot be read is moved to
//! `refused/`, where a person sees it.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::queue::{self, Sent};
use super::take;
use crate::assistance::desk::DeskError;
use crate::server::Server;
use crate::store::StoreError;

/// Files taken in one turn.
pub const MOST: usize = 1_000;
/// Names read in one turn; the rest is seen in the next one.
const MOST_LISTED: usize = 100_000;
/// Largest file, bytes.
pub const MAX_FILE: u64 = 4_096;
/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// A text as a gateway hands it in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    from: String,
    text: String,
    /// When the gateway got it; the server's clock counts.
    #[serde(default)]
    #[allow(dead_code)] // read so that whoever writes it is not refused
    at: Option<String>,
}

/// A text as a gateway is handed it.
#[derive(Serialize)]
struct Outgoing<'a> {
    to: &'a str,
    text: &'a str,
}

/// The folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Reading or writing files.
    #[error("the folder of text messages cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FolderError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "sms_folder",
            Self::Store(error) => error.code(),
        }
    }
}

/// What one turn did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Turn {
    /// Texts taken.
    pub taken: usize,
    /// Files moved to `refused/`.
    pub refused: usize,
    /// Files written.
    pub written: usize,
}

/// A gateway's folder.
#[derive(Debug, Clone)]
pub struct Folder {
    dir: PathBuf,
}

impl Folder {
    /// Makes `in`, `out` and `refused` in `dir`, where they are missing.
    pub fn open(dir: &Path) -> io::Result<Self> {
        for name in ["in", "out", "refused"] {
            fs::create_dir_all(dir.join(name))?;
        }
        Ok(Self { dir: dir.to_owned() })
    }

    /// Takes what came and writes what goes out.
    pub fn turn(&self, server: &Server) -> Result<Turn, FolderError> {
        let mut turn = Turn::default();
        for path in self.came()? {
            let text = read(&path)?;
            match text.map(|text| take::take(server, &text.from, &text.text)) {
                Some(Ok(_)) => {
                    fs::remove_file(&path)?;
                    turn.taken += 1;
                }
                Some(Err(DeskError::Store(error))) => return Err(error.into()),
                // One that can never be carried out must not stand before all others.
                None | Some(Err(_)) => {
                    let name = path.file_name().unwrap_or_default();
                    fs::rename(&path, self.dir.join("refused").join(name))?;
                    turn.refused += 1;
                }
            }
        }
        for row in queue::waiting(server, queue::MOST)? {
            let text = serde_json::to_vec(&Outgoing { to: &row.receiver, text: &row.body })
                .map_err(io::Error::other)?;
            let path = self.dir.join("out").join(format!("{:010}.json", row.place));
            let half = path.with_extension("part");
            fs::write(&half, text)?;
            fs::rename(half, path)?;
            queue::became(server, row.place, Sent::Sent)?;
            turn.written += 1;
        }
        Ok(turn)
    }

    /// The files that came, by name; at most [`MOST`].
    fn came(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.dir.join("in"))?.take(MOST_LISTED) {
            let path = entry?.path();
            let named = path.extension().is_some_and(|ending| ending == "json");
            if named && fs::symlink_metadata(&path)?.is_file() {
                found.push(path);
            }
        }
        found.sort();
        found.truncate(MOST);
        Ok(found)
    }

    /// Looks after the folder until the service stops.
    pub async fn tend(self, server: Arc<Server>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let (folder, server) = (self.clone(), Arc::clone(&server));
            let turned = tokio::task::spawn_blocking(move || folder.turn(&server)).await;
            match turned {
                Ok(Ok(turn)) if turn.refused > 0 => {
                    tracing::warn!(files = turn.refused, "files are no text messages");
                }
                Ok(Err(error)) => tracing::error!(code = error.code(), "text messages wait"),
                _ => {}
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// A file's text; nothing when it is none.
fn read(path: &Path) -> io::Result<Option<Incoming>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Ok(None);
    }
    let text: Option<Incoming> = serde_json::from_slice(&bytes).ok();
    Ok(text.filter(|text| take::fits(&text.from, &text.text)))
}
