//! What the device gives to the core: its clocks, where it is, streams of bytes. Kotlin implements these.

use std::io::{self, Read, Write};
use std::sync::Arc;

use lastmile_core::geo::{Datum, Position, Source, position};
use lastmile_core::id::BootId;
use lastmile_core::identifier::coordinate::Coordinate;
use lastmile_core::time::{self, Entropy, SystemClock, SystemEntropy};

/// What the app's own code could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CallbackError {
    /// It failed; the core goes on as if there were no answer.
    #[error("the app could not answer")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The device's clocks at one moment. All of it is kept with every change as evidence; none of it decides
/// anything.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Moment {
    /// Wall clock, milliseconds since 1970. May be wrong.
    pub device_ms: i64,
    /// Milliseconds since boot, deep sleep included (`SystemClock.elapsedRealtime()`).
    pub monotonic_ms: u64,
    /// Which boot: eight bytes that differ from boot to boot (`Settings.Global.BOOT_COUNT`).
    pub boot: Vec<u8>,
}

/// The device's clocks. Called at every save: answer at once.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Result<Moment, CallbackError>;
}

/// A position fix of the device.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Fix {
    /// Degrees north, WGS-84 as the satellites give it.
    pub latitude: f64,
    /// Degrees east, WGS-84.
    pub longitude: f64,
    /// Radius within which it is right in two of three cases, metres.
    pub accuracy_m: Option<f64>,
    /// From satellites; else from networks.
    pub gnss: bool,
    /// How old it is, seconds.
    pub age_s: u32,
    /// When it was, milliseconds since 1970, by the device's clock.
    pub at_ms: i64,
}

/// Where the device is. Called when an act is saved: answer at once with what is known.
#[uniffi::export(foreign)]
pub trait PositionSource: Send + Sync {
    /// The newest fix, or none.
    fn newest(&self) -> Result<Option<Fix>, CallbackError>;
}

impl Fix {
    /// As the core has it; `None` when it lies nowhere on earth.
    pub(crate) fn position(&self) -> Option<Position> {
        let coordinate =
            Coordinate { lat: self.latitude, lon: self.longitude, datum: Datum::Wgs84 };
        let fix = position::Fix {
            accuracy_m: self.accuracy_m,
            source: Some(if self.gnss { Source::Gnss } else { Source::Network }),
            age_s: Some(self.age_s),
            fixed_at_ms: Some(self.at_ms),
        };
        Position::new(coordinate, fix).ok()
    }
}

/// The app's clock for the core; what it cannot say, the system's clock says.
pub(crate) struct HostClock {
    host: Option<Arc<dyn Clock>>,
    system: SystemClock,
}

impl HostClock {
    pub(crate) fn new(host: Option<Arc<dyn Clock>>) -> Self {
        Self { host, system: SystemClock::new(&SystemEntropy) }
    }
}

impl time::Clock for HostClock {
    fn now(&self) -> time::Moment {
        let said = self.host.as_ref().and_then(|host| host.now().ok()).and_then(|moment| {
            let boot = BootId(moment.boot.try_into().ok()?);
            let (device_ms, monotonic_ms) = (moment.device_ms, moment.monotonic_ms);
            Some(time::Moment { device_ms, monotonic_ms, boot })
        });
        said.unwrap_or_else(|| self.system.now())
    }
}

/// Randomness for ids, where an agency asks for a source of its own (a security card), and for rehearsals that
/// must make the same ids twice. No key ever comes from it; whoever needs neither leaves it out.
#[uniffi::export(foreign)]
pub trait Randomness: Send + Sync {
    /// `count` bytes, at most a few dozen. Called at every save: answer at once.
    fn bytes(&self, count: u32) -> Result<Vec<u8>, CallbackError>;
}

/// The app's randomness for the core; when it does not answer with just so many bytes, the system's.
pub(crate) struct HostEntropy(pub(crate) Option<Arc<dyn Randomness>>);

impl Entropy for HostEntropy {
    fn fill(&self, out: &mut [u8]) {
        let count = u32::try_from(out.len()).unwrap_or(u32::MAX);
        let given = self.0.as_ref().and_then(|host| host.bytes(count).ok());
        match given {
            Some(bytes) if bytes.len() == out.len() => out.copy_from_slice(&bytes),
            _ => SystemEntropy.fill(out),
        }
    }
}

/// Bytes as they come: a camera's pipe, a picked document.
#[uniffi::export(foreign)]
pub trait ByteSource: Send + Sync {
    /// The next bytes, at most `most` of them; none at the end. May block.
    fn read(&self, most: u32) -> Result<Vec<u8>, CallbackError>;
}

/// Bytes to and from another phone: Bluetooth, Wi-Fi Direct, a cable.
#[uniffi::export(foreign)]
pub trait ByteStream: Send + Sync {
    /// The next bytes, at most `most` of them; none when the other side closed. Blocks until some are
    /// there, or fails after half a minute of silence.
    fn read(&self, most: u32) -> Result<Vec<u8>, CallbackError>;

    /// Writes all of them.
    fn write(&self, bytes: Vec<u8>) -> Result<(), CallbackError>;
}

/// Largest piece asked of Kotlin at once, bytes.
const PIECE: usize = 64 << 10;

/// A [`ByteSource`] as the core reads it.
pub(crate) struct HostRead(Arc<dyn ByteSource>);

impl HostRead {
    pub(crate) fn new(source: Arc<dyn ByteSource>) -> Self {
        Self(source)
    }
}

impl Read for HostRead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        take(out, |most| self.0.read(most))
    }
}

/// A [`ByteStream`] as the core reads and writes it.
pub(crate) struct HostStream(Arc<dyn ByteStream>);

impl HostStream {
    pub(crate) fn new(stream: Arc<dyn ByteStream>) -> Self {
        Self(stream)
    }
}

impl Read for HostStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        take(out, |most| self.0.read(most))
    }
}

impl Write for HostStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let now = bytes.get(..bytes.len().min(PIECE)).unwrap_or(bytes);
        self.0.write(now.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Asks for at most as many bytes as there is room for; an answer with more is a fault of the app.
fn take(out: &mut [u8], read: impl Fn(u32) -> Result<Vec<u8>, CallbackError>) -> io::Result<usize> {
    let most = out.len().min(PIECE);
    let bytes = read(u32::try_from(most).unwrap_or(u32::MAX))
        .map_err(|_| io::ErrorKind::ConnectionAborted)?;
    let room = out.get_mut(..bytes.len()).ok_or(io::ErrorKind::InvalidData)?;
    room.copy_from_slice(&bytes);
    Ok(bytes.len())
}
