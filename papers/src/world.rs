//! What the typesetter can see: the templates, one JSON value, the paper's pictures, one font. No file, no
//! package, no network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::files::Files;
use crate::{PaperError, Templates};

/// Noto Sans SC Regular; licence in `fonts/LICENSE.OFL.txt`.
static FONT: &[u8] = include_bytes!("../fonts/NotoSansSC-Regular.ttf");

/// Name of the JSON value.
const VALUE: &str = "paper.json";

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| Font::iter(Bytes::new(FONT)).collect());
static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// One paper's world.
pub(crate) struct Shut<'a> {
    main: FileId,
    templates: &'a Templates,
    value: Bytes,
    files: &'a Files,
}

impl<'a> Shut<'a> {
    /// A world in which `main` is typeset.
    pub(crate) fn new(
        main: &str,
        templates: &'a Templates,
        value: String,
        files: &'a Files,
    ) -> Result<Self, PaperError> {
        let path = VirtualPath::new(main).map_err(|_| PaperError::Malformed)?;
        let main = RootedPath::new(VirtualRoot::Project, path).intern();
        Ok(Self { main, templates, value: Bytes::from_string(value), files })
    }
}

/// Whether the font can draw a character.
pub(crate) fn drawable(c: char) -> bool {
    FONTS.iter().any(|font| font.info().coverage.contains(u32::from(c)))
}

fn name(id: FileId) -> FileResult<&'static str> {
    match id.get().root() {
        VirtualRoot::Project => Ok(id.get().vpath().get_without_slash()),
        VirtualRoot::Package(_) => Err(FileError::AccessDenied),
    }
}

impl World for Shut<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let text = self.templates.get(name(id)?).ok_or(FileError::AccessDenied)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match name(id)? {
            VALUE => Ok(self.value.clone()),
            name => {
                let bytes = self.files.get(name).ok_or(FileError::AccessDenied)?;
                Ok(Bytes::new(bytes.to_vec()))
            }
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
