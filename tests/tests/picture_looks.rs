//! What derived pictures look like: upright whichever way the camera was held, alike when they show the same
//! and not otherwise; and what happens to real pictures with bytes changed.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::RgbImage;
use lastmile_core::picture::{self, Derived, Fingerprint, Reading};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn derived(bytes: &[u8]) -> (Reading, Option<Derived>) {
    let mut source = Cursor::new(bytes);
    let reading = picture::read(&mut source, bytes.len() as u64);
    let derived = picture::derive(&mut source, &reading).ok();
    (reading, derived)
}

fn thumbnail(name: &str) -> RgbImage {
    let derived = derived(&file(name)).1.unwrap_or_else(|| panic!("{name} is not shown"));
    image::load_from_memory(&derived.thumbnail).unwrap().into_rgb8()
}

/// Mean difference of two pictures of one size, shades of 255.
fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let sum: u64 =
        one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    #[allow(clippy::cast_precision_loss)]
    let mean = sum as f64 / one.as_raw().len() as f64;
    mean
}

#[test]
fn all_eight_orientations_stand_upright() {
    let upright = thumbnail("photos/orientation_portrait_1.jpg");
    assert!(upright.height() > upright.width());
    for code in [0, 2, 3, 4, 5, 6, 7, 8] {
        let name = format!("photos/orientation_portrait_{code}.jpg");
        let apart = difference(&upright, &thumbnail(&name));
        println!("{name}: {apart:.1}");
        // The digit drawn into each picture differs; the rest must not.
        assert!(apart < 12.0, "{name} differs by {apart:.1}");
    }
    let mirrored = image::imageops::flip_horizontal(&upright);
    let turned = image::imageops::rotate180(&upright);
    assert!(difference(&upright, &mirrored) > 20.0 && difference(&upright, &turned) > 20.0);

    let upright = thumbnail("photos/orientation_webp_2.webp");
    for code in 3..=8 {
        let name = format!("photos/orientation_webp_{code}.webp");
        let apart = difference(&upright, &thumbnail(&name));
        assert!(apart < 12.0, "{name} differs by {apart:.1}");
    }
    assert!(difference(&upright, &image::imageops::flip_horizontal(&upright)) > 20.0);
}

fn look(name: &str) -> Fingerprint {
    let found = derived(&file(name)).1.and_then(|derived| derived.fingerprint);
    found.unwrap_or_else(|| panic!("{name} has no look"))
}

#[test]
fn looks_are_near_for_one_view_and_far_for_two() {
    let portrait = look("photos/orientation_portrait_1.jpg");
    for code in 2..=8 {
        let other = look(&format!("photos/orientation_portrait_{code}.jpg"));
        assert!(portrait.is_near(other), "{code}: {} bits", portrait.distance(other));
    }
    let (jpeg, webp) =
        (look("photos/htc_desire_gps_italy.jpg"), look("photos/htc_desire_gps_italy.webp"));
    assert!(jpeg.is_near(webp), "{} bits", jpeg.distance(webp));
    let views = [
        portrait,
        jpeg,
        look("photos/apple_iphone4_gps_italy.jpg"),
        look("photos/nintendo3ds_stereo.mpo"),
        look("photos/nokia3110c_no_date_no_gps.jpg"),
        look("photos/orientation_webp_2.webp"),
    ];
    for (index, one) in views.iter().enumerate() {
        for other in &views[index + 1..] {
            assert!(one.distance(*other) > 2 * Fingerprint::NEAR, "{} bits", one.distance(*other));
        }
    }
}

/// Changed bytes and cut ends: never a panic, never more than was promised.
#[test]
fn changed_pictures_are_read_or_refused() {
    let rounds = if std::env::var_os("LASTMILE_SOAK").is_some() { 2_000 } else { 40 };
    let seed = 20_260_317;
    let mut random = StdRng::seed_from_u64(seed);
    let (mut shown, mut refused) = (0, 0);
    for name in [
        "photos/apple_iphone14promax_mpo.mpo",
        "photos/exif.avif",
        "photos/htc_desire_gps_italy.webp",
        "photos/orientation_webp_5.webp",
        "photos/samsung_galaxys_gps_0_0_orientation6_blanked.jpg",
        "hostile/images/pillow_broken_exif_dpi.jpg",
        "hostile/images/pillow_delay.png",
        "hostile/images/pillow_dispose_bgnd.gif",
        "hostile/images/pillow_exif-dpi-zerodivision.jpg",
        "hostile/images/pillow_exif_gps.jpg",
    ] {
        let whole = file(name);
        for round in 0..rounds {
            let mut bytes = whole.clone();
            for _ in 0..random.random_range(1..=8) {
                // Half of the changes hit the headers, where they do most.
                let reach = if random.random() { bytes.len().min(600) } else { bytes.len() };
                bytes[random.random_range(0..reach)] = random.random();
            }
            if round % 4 == 0 {
                bytes.truncate(random.random_range(0..bytes.len()));
            }
            match derived(&bytes).1 {
                Some(derived) => {
                    shown += 1;
                    assert!(derived.thumbnail.len() <= picture::THUMBNAIL_BYTES, "{name} {seed}");
                    assert!(derived.preview.len() <= picture::PREVIEW_BYTES, "{name} {seed}");
                }
                None => refused += 1,
            }
        }
    }
    println!("{shown} shown, {refused} refused, seed {seed}");
    assert!(shown > 0 && refused > 0, "the changes change too much or nothing");
}
