//! What a command is doing, for whoever waits for it at a terminal.

use std::time::Duration;

use indicatif::ProgressBar;

/// Told on standard error while it lives, where that is a terminal, and gone without a trace.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    const TICK: Duration = Duration::from_millis(100);

    pub(crate) fn new(doing: &'static str) -> Self {
        let bar = ProgressBar::new_spinner().with_message(doing);
        // Seen at once, and moving while a database is waited for.
        bar.tick();
        bar.enable_steady_tick(Self::TICK);
        Self(bar)
    }

    pub(crate) fn now(&self, doing: impl Into<String>) {
        self.0.set_message(doing.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
