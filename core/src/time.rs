//! Clocks and randomness as traits, so that tests drive both. A phone's clock is evidence, never an
//! order: see law 6 in `docs/ARCHITECTURE.md`.

use std::sync::{Mutex, PoisonError};

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::id::BootId;

/// What a device says about the present moment. All three are kept with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Wall clock, milliseconds since 1970-01-01T00:00:00Z. May be years wrong.
    pub device_ms: i64,
    /// Milliseconds since boot; never goes back within one boot.
    pub monotonic_ms: u64,
    /// The boot that `monotonic_ms` counts from.
    pub boot: BootId,
}

/// A source of [`Moment`]s.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// A source of randomness for ids and epochs. Key material never comes from here.
pub trait Entropy: Send + Sync {
    /// Fills `out`.
    fn fill(&self, out: &mut [u8]);

    /// Sixteen random bytes.
    fn bytes16(&self) -> [u8; 16] {
        let mut out = [0_u8; 16];
        self.fill(&mut out);
        out
    }
}

/// The operating system's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
    boot: BootId,
}

impl SystemClock {
    /// A clock whose boot is this process.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut boot = [0_u8; 8];
        entropy.fill(&mut boot);
        Self { started: std::time::Instant::now(), boot: BootId(boot) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment {
            device_ms: jiff::Timestamp::now().as_millisecond(),
            monotonic_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            boot: self.boot,
        }
    }
}

/// The operating system's randomness.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        use ring::rand::{SecureRandom, SystemRandom};
        if SystemRandom::new().fill(out).is_err() {
            // Linux and Android never report this after boot; a constant id would be worse.
            std::process::abort();
        }
    }
}

/// Seeded randomness for tests and simulations.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    /// The same seed gives the same bytes.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    }
}

/// A clock that moves only when told to, with a settable error.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<Moment>,
    /// Added to the wall clock, milliseconds: +420,000 for a phone seven minutes fast.
    skew_ms: i64,
}

impl ManualClock {
    /// Starts at `true_ms` (milliseconds since 1970, true time) and shows `true_ms + skew_ms`.
    pub fn new(true_ms: i64, skew_ms: i64, boot: BootId) -> Self {
        Self {
            state: Mutex::new(Moment { device_ms: true_ms, monotonic_ms: 1_000, boot }),
            skew_ms,
        }
    }

    /// Moves true time to `true_ms`; monotonic time follows when it is later, else stands still.
    pub fn set(&self, true_ms: i64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = u64::try_from(true_ms.saturating_sub(state.device_ms)).unwrap_or(0);
        state.monotonic_ms = state.monotonic_ms.saturating_add(ahead);
        state.device_ms = true_ms;
    }

    /// Lets `ms` milliseconds pass.
    pub fn advance(&self, ms: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.monotonic_ms = state.monotonic_ms.saturating_add(ms);
        state.device_ms = state.device_ms.saturating_add_unsigned(ms);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Moment { device_ms: state.device_ms.saturating_add(self.skew_ms), ..*state }
    }
}
