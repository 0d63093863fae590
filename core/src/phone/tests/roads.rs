//! Roads on which some requests get through and others do not: every contact ends after so many requests, and
//! what can go goes.

use std::cell::{Cell, RefCell};

use super::files::{ALL, Court, photo, picture, sent};
use super::*;
use crate::id::BlobHash;
use crate::phone::file_road::{Ask, Begun, FileRoad, Part, Piece};
use crate::phone::transport::TransportError;
use crate::sync::files::Metadata;

/// What a road makes of the pieces of a file, by its name at the court.
type Fate<'t> = &'t dyn Fn(&str) -> Option<TransportError>;

/// Before the court stands something that lets announcements through.
struct Road<'t> {
    court: Court,
    patch: Fate<'t>,
    post: Fate<'t>,
    begins: Cell<usize>,
    patches: Cell<usize>,
    posts: Cell<usize>,
}

impl<'t> Road<'t> {
    fn new(patch: Fate<'t>, post: Fate<'t>) -> Self {
        let [begins, patches, posts] = [0; 3].map(Cell::new);
        Self { court: Court::default(), patch, post, begins, patches, posts }
    }

    /// Announcements, pieces by the usual request, pieces by the other one.
    fn asked(&self) -> (usize, usize, usize) {
        (self.begins.get(), self.patches.get(), self.posts.get())
    }
}

impl FileRoad for Road<'_> {
    fn begin(&self, ask: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError> {
        self.begins.set(self.begins.get() + 1);
        self.court.begin(ask, file, bytes)
    }

    fn append(&self, ask: Ask<'_>, at: &Begun, chunk: &[u8]) -> Result<u64, TransportError> {
        self.patches.set(self.patches.get() + 1);
        (self.patch)(&at.upload).map_or_else(|| self.court.append(ask, at, chunk), Err)
    }

    fn append_instead(
        &self,
        ask: Ask<'_>,
        at: &Begun,
        chunk: &[u8],
    ) -> Result<u64, TransportError> {
        self.posts.set(self.posts.get() + 1);
        (self.post)(&at.upload).map_or_else(|| self.court.append(ask, at, chunk), Err)
    }

    fn fetch(&self, ask: Ask<'_>, part: Part) -> Result<Piece, TransportError> {
        self.court.fetch(ask, part)
    }
}

fn through(_: &str) -> Option<TransportError> {
    None
}

#[allow(clippy::unnecessary_wraps)] // a fate, like the others
fn dies(_: &str) -> Option<TransportError> {
    Some(TransportError::Unreachable)
}

#[allow(clippy::unnecessary_wraps)] // a fate, like the others
fn refused(_: &str) -> Option<TransportError> {
    Some(TransportError::NotTheServer(405))
}

/// A phone with so many photos to send, smallest first.
fn with_photos(world: &World, number: u8) -> (Phone, Vec<BlobHash>) {
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let hashes = (0..number).map(|at| {
        let bytes = picture(u64::from(at) + 60, 50_000 + 1_000 * usize::from(at));
        phone.capture(record, &mut &bytes[..], &photo("detail")).unwrap().hash
    });
    let hashes = hashes.collect();
    sent(&phone);
    (phone, hashes)
}

#[test]
fn a_road_without_pieces_ends_the_contact_after_a_few() {
    let world = World::new();
    let (phone, hashes) = with_photos(&world, 5);
    let road = Road::new(&dies, &dies);
    let trouble = phone.upload(&road, ALL, &mut |_| true).unwrap_err();
    assert_eq!((trouble.code(), trouble.report.finished), ("unreachable", 0));
    // Three files; the first also by the other means.
    assert_eq!(road.asked(), (12, 3, 9));
    let waiting: Vec<_> = trouble.report.waiting.iter().map(|(hash, _)| *hash).collect();
    assert_eq!(waiting, hashes[..2]);
}

#[test]
fn where_pieces_are_refused_they_go_by_the_other_means_from_then_on() {
    let world = World::new();
    let (phone, _) = with_photos(&world, 2);
    let road = Road::new(&refused, &through);
    assert_eq!(phone.upload(&road, ALL, &mut |_| true).unwrap().finished, 2);
    assert_eq!(road.asked(), (3, 1, 2));
    // The next contact knows; the one after a better road learns again.
    let record = begin(&phone);
    for (seed, road, asked) in [
        (80, Road::new(&refused, &through), (1, 0, 1)),
        (81, Road::new(&through, &refused), (2, 1, 1)),
        (82, Road::new(&through, &refused), (1, 1, 0)),
    ] {
        phone.capture(record, &mut &picture(seed, 9_000)[..], &photo("detail")).unwrap();
        sent(&phone);
        assert_eq!(phone.upload(&road, ALL, &mut |_| true).unwrap().finished, 1);
        assert_eq!(road.asked(), asked);
    }
}

#[test]
fn where_the_link_dies_under_every_piece_the_other_means_are_tried_too() {
    let world = World::new();
    let (phone, _) = with_photos(&world, 3);
    let road = Road::new(&dies, &through);
    assert_eq!(phone.upload(&road, ALL, &mut |_| true).unwrap().finished, 3);
    assert_eq!(road.asked(), (6, 3, 3));
}

#[test]
fn a_file_that_alone_does_not_get_through_keeps_no_other() {
    let world = World::new();
    let (phone, hashes) = with_photos(&world, 4);
    let name = hashes[0].to_hex();
    let fate = |upload: &str| (upload == name).then_some(TransportError::Unreachable);
    let report = phone.upload(&Road::new(&fate, &fate), ALL, &mut |_| true).unwrap();
    assert_eq!(report.finished, 3);
    assert_eq!(report.waiting, [(hashes[0], "unreachable".to_owned())]);
}

#[test]
fn a_busy_file_has_its_second_turn_when_the_others_are_through() {
    let world = World::new();
    let (phone, hashes) = with_photos(&world, 3);
    let busy = || TransportError::Problem {
        status: 423,
        code: "upload_busy".to_owned(),
        server_ms: None,
        retry_after_s: None,
    };
    let (name, turns) = (hashes[0].to_hex(), RefCell::new(Vec::new()));
    let once = |upload: &str| {
        turns.borrow_mut().push(upload.to_owned());
        (upload == name && turns.borrow().len() == 1).then(busy)
    };
    let road = Road::new(&once, &through);
    let report = phone.upload(&road, ALL, &mut |_| true).unwrap();
    assert_eq!((report.finished, report.waiting.len()), (3, 0));
    let order = [0, 1, 2, 0].map(|at: usize| hashes[at].to_hex());
    assert_eq!(*turns.borrow(), order);
    // Busy all the time: two requests, then it waits.
    let (phone, hashes) = (world.phone("wenruotang", 2), picture(90, 9_000));
    let captured = phone.capture(begin(&phone), &mut &hashes[..], &photo("detail")).unwrap();
    sent(&phone);
    let always = |_: &str| Some(busy());
    let road = Road::new(&always, &always);
    let report = phone.upload(&road, ALL, &mut |_| true).unwrap();
    assert_eq!(report.waiting, [(captured.hash, "upload_busy".to_owned())]);
    assert_eq!(road.asked(), (2, 2, 0));
}
