use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use domain::ports::PasswordHasherError;
use metrics::{gauge, histogram};
use tokio::sync::{Semaphore, TryAcquireError, oneshot};

/// Runs slow computations beside the async threads: one per core, a bounded number waiting. They
/// give way to everything else, so that a flood of sign-ins keeps no other request waiting.
#[derive(Debug)]
pub(crate) struct Workers {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Workers {
    /// How many computations may wait for a core. At a quarter of a second each, those behind
    /// would have waited longer than any client does.
    const MAX_WAITING: usize = 256;

    pub(crate) fn one_per_core() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::new(cores, Self::MAX_WAITING)
    }

    fn new(running: usize, waiting: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running)),
            admitted: Arc::new(Semaphore::new(running + waiting)),
        }
    }

    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordHasherError> {
        let admission =
            Arc::clone(&self.admitted)
                .try_acquire_owned()
                .map_err(|error| match error {
                    TryAcquireError::NoPermits => PasswordHasherError::Busy,
                    TryAcquireError::Closed => PasswordHasherError::Failed(error.into()),
                })?;
        let waiting = Waiting::begin();
        let turn = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|error| PasswordHasherError::Failed(error.into()))?;
        drop(waiting);
        let (tell, told) = oneshot::channel();
        // A thread of its own: one that gave way could not be used for anything else again.
        let thread = thread::Builder::new().name("password-hash".to_owned());
        let started = thread.spawn(move || {
            // It goes on when its caller is gone, so it holds its own places: callers who come and
            // go could otherwise occupy any number of threads.
            let places = (admission, turn);
            give_way();
            let begun = Instant::now();
            let done = work();
            histogram!("support_assistant_password_hash_seconds").record(begun.elapsed());
            drop(places);
            // Perhaps nobody waits for it any more.
            drop(tell.send(done));
        });
        started.map_err(|error| PasswordHasherError::Failed(error.into()))?;
        told.await
            .map_err(|error| PasswordHasherError::Failed(error.into()))
    }
}

/// How much nicer to others: each step gives them a quarter more of the time that both want.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// Makes this thread run when the others leave a core free, or now and then. Only Linux counts
/// niceness by thread (nice(2)); elsewhere it would be the whole process.
fn give_way() {
    #[cfg(target_os = "linux")]
    // Where it is not allowed, everybody takes turns.
    rustix::process::nice(NICER).ok();
}

/// A caller who waits for a core; dropping it says that it does no more.
struct Waiting(());

impl Waiting {
    fn begin() -> Self {
        gauge!("support_assistant_password_hashes_waiting").increment(1);
        Self(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        gauge!("support_assistant_password_hashes_waiting").decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use futures_util::FutureExt;
    use tokio::task::JoinSet;

    use super::*;

    /// Keeps a worker occupied until it is released or dropped.
    struct Occupant {
        release: mpsc::Sender<()>,
        callers: JoinSet<Result<(), PasswordHasherError>>,
    }

    async fn occupy(workers: &Arc<Workers>) -> Occupant {
        let (release, released) = mpsc::channel();
        let started = Arc::new(Semaphore::new(0));
        let start = Arc::clone(&started);
        let workers = Arc::clone(workers);
        let mut callers = JoinSet::new();
        callers.spawn(async move {
            let work = move || {
                start.add_permits(1);
                released.recv().ok();
            };
            workers.run(work).await
        });
        started.acquire().await.unwrap().forget();
        Occupant { release, callers }
    }

    #[tokio::test]
    async fn more_than_may_wait_are_told_that_it_is_busy() {
        let workers = Arc::new(Workers::new(1, 1));
        let occupant = occupy(&workers).await;
        let mut waiting = Box::pin(workers.run(|| ()));
        assert!(waiting.as_mut().now_or_never().is_none());

        let third = workers.run(|| ()).now_or_never();
        assert!(matches!(third, Some(Err(PasswordHasherError::Busy))));
        drop(occupant.release);
        waiting.await.unwrap();
        occupant.callers.join_all().await;
        workers.run(|| ()).await.unwrap();
    }

    #[tokio::test]
    async fn work_keeps_its_place_when_its_caller_is_gone() {
        let workers = Arc::new(Workers::new(1, 0));
        let mut occupant = occupy(&workers).await;
        occupant.callers.shutdown().await;

        let refused = workers.run(|| ()).now_or_never();
        assert!(matches!(refused, Some(Err(PasswordHasherError::Busy))));
        drop(occupant.release);
        assert!(workers.running.acquire().await.is_ok());
    }

    #[tokio::test]
    async fn callers_who_stop_waiting_give_their_place_up() {
        let workers = Arc::new(Workers::new(1, 1));
        let _occupant = occupy(&workers).await;
        let mut waiting = Box::pin(workers.run(|| ()));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(workers.admitted.available_permits(), 0);
        drop(waiting);
        assert_eq!(workers.admitted.available_permits(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_work_runs_at_once_than_there_are_places() {
        let workers = Arc::new(Workers::new(2, 62));
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let mut callers = JoinSet::new();
        for _ in 0..64 {
            let (workers, running, most) = (workers.clone(), running.clone(), most.clone());
            callers.spawn(async move {
                let work = move || {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                workers.run(work).await
            });
        }
        assert!(callers.join_all().await.iter().all(Result::is_ok));
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn work_gives_way_to_other_threads_and_changes_none_of_them() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let workers = Workers::new(1, 0);
        let before = niceness();

        for _ in 0..2 {
            let during = workers.run(niceness).await.unwrap();
            assert_eq!(during, (before + NICER).min(19));
        }
        assert_eq!(niceness(), before);
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error_and_frees_its_place() {
        let workers = Workers::new(1, 0);
        let broken = workers.run(|| panic!("on purpose")).await;
        assert!(matches!(broken, Err(PasswordHasherError::Failed(_))));
        workers.run(|| ()).await.unwrap();
    }
}
