//! Long calls off the caller's thread, and waiting here for something that Kotlin does in its own time.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::error::LastmileError;

/// Threads at most: a sync that waits, an upload, a meeting, a paper and some to spare.
const THREADS: usize = 8;
/// How long a thread without work stays.
const IDLE: Duration = Duration::from_secs(20);

/// Does `work` on a thread that may block. A panic there goes on in whoever awaits, where UniFFI makes
/// an `InternalException` of it.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LastmileError> + Send + 'static,
) -> Result<T, LastmileError> {
    let Some(pool) = pool() else { return Err(LastmileError::store("no_threads")) };
    match pool.spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(LastmileError::store("no_threads")),
        },
    }
}

/// Like [`run`], for work that looks at the [`Stop`] it gets between its steps: when the caller gives up
/// (the coroutine is cancelled), it is told to end.
pub(crate) async fn run_until_given_up<T: Send + 'static>(
    work: impl FnOnce(&Stop) -> Result<T, LastmileError> + Send + 'static,
) -> Result<T, LastmileError> {
    let stop = Stop::default();
    let _told_when_dropped = TellOnDrop(stop.clone());
    run(move || work(&stop)).await
}

/// Says whether the caller has given up.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether to end now.
    pub(crate) fn told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The caller has given up.
    pub(crate) fn tell(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct TellOnDrop(Stop);

impl Drop for TellOnDrop {
    fn drop(&mut self) {
        self.0.tell();
    }
}

/// Waits on this thread. Never on a thread of Kotlin's: what is waited for may need it.
pub(crate) fn wait_for<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Parked(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Only its blocking threads are used; there is no driver, and nothing of it is ever shut down.
fn pool() -> Option<&'static Runtime> {
    static POOL: OnceLock<Option<Runtime>> = OnceLock::new();
    let build = || {
        let mut builder = Builder::new_current_thread();
        builder.max_blocking_threads(THREADS).thread_keep_alive(IDLE).thread_name("lastmile");
        builder.build().ok()
    };
    POOL.get_or_init(build).as_ref()
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_panic_in_the_work_goes_on_in_whoever_waits() {
        let fails = || wait_for(run::<()>(|| panic!("a fault of the core")));
        let panic = catch_unwind(AssertUnwindSafe(fails)).err();
        let said =
            panic.and_then(|panic| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        assert_eq!(said.as_deref(), Some("a fault of the core"));
        assert_eq!(wait_for(run(|| Ok(7))), Ok(7), "and the next call works");
    }

    #[test]
    fn work_hears_that_its_caller_has_given_up() {
        let (begun, begins) = channel();
        let (ended, ends) = channel();
        let call = run_until_given_up(move |stop| {
            let _ = begun.send(());
            while !stop.told() {
                std::thread::yield_now();
            }
            let _ = ended.send(());
            Ok(())
        });
        let mut call = Box::pin(call);
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        assert!(begins.recv().is_ok());
        drop(call);
        assert!(ends.recv().is_ok());
    }
}
