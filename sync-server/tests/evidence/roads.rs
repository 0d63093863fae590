//! A proxy on the way that has never heard of PATCH: files reach the court all the same.

use super::colleagues::{capture, photo};
use crate::world::World;
use lastmile_core::phone::UploadPolicy;
use lastmile_core::phone::file_road::{Ask, Begun, FileRoad, Part, Piece};
use lastmile_core::phone::transport::{HttpTransport, TransportError};
use lastmile_core::sync::files::Metadata;

struct WithoutPatch(HttpTransport);

impl FileRoad for WithoutPatch {
    fn begin(&self, ask: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError> {
        self.0.begin(ask, file, bytes)
    }

    fn append(&self, _: Ask<'_>, _: &Begun, _: &[u8]) -> Result<u64, TransportError> {
        Err(TransportError::NotTheServer(501))
    }

    fn append_instead(
        &self,
        ask: Ask<'_>,
        begun: &Begun,
        chunk: &[u8],
    ) -> Result<u64, TransportError> {
        self.0.append_instead(ask, begun, chunk)
    }

    fn fetch(&self, ask: Ask<'_>, part: Part) -> Result<Piece, TransportError> {
        self.0.fetch(ask, part)
    }
}

#[test]
fn what_patch_cannot_bring_post_does() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = photo();
    let hash = capture(&lu, lu.seizure(), &bytes);
    let road = WithoutPatch(lu.transport());
    let report = lu.phone.upload(&road, UploadPolicy { originals: true }, &mut |_| true).unwrap();
    assert_eq!((report.finished, report.repeated), (3, 1), "{report:?}");
    assert_eq!(lu.sender().read(hash).body, bytes);
}
