//! A photo of twelve megapixels to its SHA-256 and its thumbnail, beside `vipsthumbnail` (libvips) and
//! `sha256sum` on the same file in the same run. Both sides are whole processes, so both pay for starting.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ExtendedColorType, RgbImage};
use lastmile_core::picture;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use ring::digest::{Context, SHA256};

use super::{Aim, Figures, quantile};

/// The word by which the bench calls itself for one photo.
pub const CHILD: &str = "--hash-and-thumbnail";
const ROUNDS: usize = 9;
const SIZE: (u32, u32) = (4_000, 3_000);

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let photo = folder.path().join("photo.jpg");
    fs::write(&photo, twelve_megapixels(12)?)?;
    let thumbnail = folder.path().join("thumbnail.jpg");

    let ours = || -> Result<Vec<Command>, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(CHILD).arg(&photo);
        Ok(vec![command])
    };
    let theirs = || -> Result<Vec<Command>, Box<dyn Error>> {
        let (mut hash, mut small) = (Command::new("sha256sum"), Command::new("vipsthumbnail"));
        hash.arg(&photo);
        small.arg(&photo).args(["--size", "320", "--output"]).arg(&thumbnail);
        Ok(vec![hash, small])
    };
    let (time, memory) = measured(&ours, ROUNDS)?;
    let ms = |time: Duration| (time.as_secs_f64() * 1e4).round() / 10.0;
    figures.note("pictures.hash_and_thumbnail_ms", ms(time), "ms", Aim::None);
    figures.note("pictures.memory_mb", memory, "MB", Aim::AtMost(256.0));
    if Command::new("vipsthumbnail").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprint!("(vipsthumbnail is not installed: apt install libvips-tools) ");
        return Ok(());
    }
    let (their_time, their_memory) = measured(&theirs, ROUNDS)?;
    figures.note("pictures.vipsthumbnail_ms", ms(their_time), "ms", Aim::None);
    figures.note("pictures.vipsthumbnail_memory_mb", their_memory, "MB", Aim::None);
    let ratio = time.as_secs_f64() / their_time.as_secs_f64();
    figures.note("pictures.time_to_vipsthumbnail", ratio, "x", Aim::AtMost(1.5));
    Ok(())
}

/// What the bench does when it calls itself: hash and thumbnail of one file, as `inspect` does them.
pub fn child(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let (mut context, mut buffer, mut len) = (Context::new(&SHA256), vec![0; 1 << 16], 0);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        context.update(&buffer[..read]);
        len += read as u64;
    }
    let reading = picture::read(&mut file, len);
    let thumbnail = picture::thumbnail(&mut file, &reading).map_err(|reason| reason.code)?;
    println!("{:?} {}", context.finish(), thumbnail.len());
    Ok(())
}

pub(super) type Commands<'a> = &'a dyn Fn() -> Result<Vec<Command>, Box<dyn Error>>;

/// The median time of the commands one after the other, and the most memory one of them takes, MB.
pub(super) fn measured(
    commands: Commands<'_>,
    rounds: usize,
) -> Result<(Duration, f64), Box<dyn Error>> {
    let mut samples = Vec::new();
    for _ in 0..rounds {
        let begun = Instant::now();
        for mut command in commands()? {
            let status = command.stdout(Stdio::null()).status()?;
            if !status.success() {
                return Err(format!("{command:?}: {status}").into());
            }
        }
        samples.push(begun.elapsed());
    }
    let mut most = 0;
    for mut command in commands()? {
        most = most.max(high_water(command.stdout(Stdio::null()).spawn()?)?);
    }
    Ok((quantile(&mut samples, 0.5), f64::from(most) / 1_024.0))
}

/// The most memory a process has at one time, kB, by the kernel's mark, read until the process ends.
fn high_water(mut child: Child) -> Result<u32, Box<dyn Error>> {
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut most = 0;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let mark = mark.and_then(|mark| mark.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(mark.unwrap_or(0));
        std::thread::sleep(Duration::from_micros(500));
    }
    Ok(most)
}

/// A photo as a phone's sensor gives it, grain and all: a smaller one made larger. Another `seed`, another
/// light and another grain.
pub(super) fn twelve_megapixels(seed: u8) -> Result<Vec<u8>, Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/photos");
    let photo = image::open(data.join("orientation_portrait_6.jpg"))?;
    let mut large: RgbImage =
        photo.resize_exact(SIZE.0, SIZE.1, FilterType::CatmullRom).into_rgb8();
    let mut grain = StdRng::seed_from_u64(seed.into());
    for shade in large.iter_mut() {
        *shade = shade.saturating_sub(seed).saturating_add_signed(grain.random_range(-8..=8));
    }
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 88).encode(
        large.as_raw(),
        SIZE.0,
        SIZE.1,
        ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}
