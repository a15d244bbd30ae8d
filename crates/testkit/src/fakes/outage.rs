use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::ports::RepositoryError;

/// Makes a fake store unavailable for as long as a test wants. Clones order the same outage.
#[derive(Clone, Debug, Default)]
pub struct Outage(Arc<AtomicBool>);

impl Outage {
    /// From now on every call answers [`RepositoryError::Unavailable`] and changes nothing.
    pub fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// The store works again.
    pub fn end(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    pub(super) fn check(&self) -> Result<(), RepositoryError> {
        if self.0.load(Ordering::SeqCst) {
            return Err(RepositoryError::Unavailable("ordered by the test".into()));
        }
        Ok(())
    }
}
