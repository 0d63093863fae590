//! A server clock that is read from a file, so that the demonstration's server lives on the day that
//! is played. Only `serve --clock-file` uses it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use lastmile_core::id::BootId;
use lastmile_core::time::{Clock, Moment};

/// Reads milliseconds since 1970 from a file; keeps the last ones that could be read.
#[derive(Debug)]
pub struct FileClock {
    path: PathBuf,
    last: AtomicI64,
}

impl FileClock {
    /// A clock that shows what `path` says.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), last: AtomicI64::new(0) }
    }

    /// Sets the clock behind `path`; whoever reads sees the old or the new time, never half of it.
    pub fn set(path: &Path, ms: i64) -> std::io::Result<()> {
        let half = path.with_extension("part");
        std::fs::write(&half, ms.to_string())?;
        std::fs::rename(half, path)
    }
}

impl Clock for FileClock {
    fn now(&self) -> Moment {
        let read =
            std::fs::read_to_string(&self.path).ok().and_then(|text| text.trim().parse().ok());
        if let Some(ms) = read {
            self.last.store(ms, Ordering::Relaxed);
        }
        let ms = self.last.load(Ordering::Relaxed);
        Moment { device_ms: ms, monotonic_ms: ms.unsigned_abs(), boot: BootId([0; 8]) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_follows_its_file_and_survives_its_loss() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clock");
        let clock = FileClock::new(&path);
        FileClock::set(&path, 5_000).unwrap();
        assert_eq!(clock.now().device_ms, 5_000);
        std::fs::write(&path, "soon").unwrap();
        assert_eq!(clock.now().device_ms, 5_000);
    }
}
