//! Reads streams of events and notes when what came.

use std::cell::Cell;
use std::net::SocketAddr;
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::cpu::CpuTimes;
use crate::pace::{Arrival, Reading};
use crate::sse::{Dialect, Event, Events};

/// How long a stream may take at most, so that one that hangs is counted and not waited for.
const DEADLINE: Duration = Duration::from_secs(90);

/// What all readers got so far.
#[derive(Default)]
pub(crate) struct Meter {
    frames: Cell<u64>,
    tokens: Cell<u64>,
    /// Readers who have had some text.
    begun: Cell<u32>,
    /// Readers who have had all.
    ended: Cell<u32>,
    changed: Notify,
}

/// One reader.
pub(crate) struct Reader {
    pub(crate) address: SocketAddr,
    pub(crate) request: Vec<u8>,
    pub(crate) dialect: Dialect,
    /// When it was due to begin.
    pub(crate) due: Instant,
    /// From when arrivals are told.
    pub(crate) epoch: Instant,
    /// The first delta then holds what was said before, and tells nothing about time.
    pub(crate) joins_late: bool,
}

/// What one reader got.
#[derive(Default)]
pub(crate) struct Transcript {
    pub(crate) reading: Reading,
    /// From when it was due until the first text.
    pub(crate) first: Option<Duration>,
    pub(crate) frames: u64,
    pub(crate) tokens: u64,
    pub(crate) is_complete: bool,
}

/// What happened while all readers read, from the first text of the last one on.
pub(crate) struct Window {
    pub(crate) frames: u64,
    pub(crate) tokens: u64,
    pub(crate) cpu: CpuTimes,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
    /// Whether all had begun by then.
    pub(crate) is_whole: bool,
}

impl Window {
    pub(crate) fn took(&self) -> Duration {
        self.to.duration_since(self.from)
    }

    /// As arrivals are told.
    pub(crate) fn since(&self, epoch: Instant) -> Range<u32> {
        micros(self.from.duration_since(epoch))..micros(self.to.duration_since(epoch))
    }
}

impl Reader {
    /// Reads to the end. What went wrong shows in what is missing.
    pub(crate) async fn read(self, meter: Rc<Meter>) -> Transcript {
        let mut transcript = Transcript::default();
        let reading = self.read_into(&mut transcript, &meter);
        drop(timeout(DEADLINE, reading).await);
        if transcript.is_complete {
            meter.ended.set(meter.ended.get() + 1);
            meter.changed.notify_one();
        }
        transcript
    }

    async fn read_into(self, transcript: &mut Transcript, meter: &Meter) -> std::io::Result<()> {
        let mut events = Events::open(self.address, &self.request, self.dialect).await?;
        let (mut is_over, mut is_late) = (false, self.joins_late);
        while !is_over {
            let goes_on = events
                .next(|event| match event {
                    Event::Delta(tokens) => {
                        let now = Instant::now();
                        if transcript.first.is_none() {
                            transcript.first = Some(now.duration_since(self.due));
                            meter.begun.set(meter.begun.get() + 1);
                            meter.changed.notify_one();
                        }
                        if std::mem::take(&mut is_late) {
                            transcript.reading.before = tokens;
                        } else {
                            let at = micros(now.duration_since(self.epoch));
                            transcript.reading.arrivals.push(Arrival { at, tokens });
                        }
                        transcript.frames += 1;
                        transcript.tokens += u64::from(tokens);
                        meter.frames.set(meter.frames.get() + 1);
                        meter.tokens.set(meter.tokens.get() + u64::from(tokens));
                    }
                    Event::Completed => (is_over, transcript.is_complete) = (true, true),
                    Event::Failed => is_over = true,
                    Event::Other => {}
                })
                .await?;
            is_over |= !goes_on;
        }
        Ok(())
    }
}

impl Meter {
    /// Waits until all of them have begun, though only so long after the first one, and then looks at
    /// what comes and what that costs, for so long or until one of them has ended.
    pub(crate) async fn watch(
        &self,
        readers: u32,
        after_the_first: Duration,
        lasting: Duration,
        cpu: impl Fn() -> anyhow::Result<CpuTimes>,
    ) -> anyhow::Result<Window> {
        drop(timeout(DEADLINE, self.until(|| self.begun.get() > 0)).await);
        let all_begin = self.until(|| self.begun.get() >= readers);
        let is_whole = timeout(after_the_first, all_begin).await.is_ok();
        let (from, frames, tokens, spent) =
            (Instant::now(), self.frames.get(), self.tokens.get(), cpu()?);
        drop(timeout(lasting, self.until(|| self.ended.get() > 0)).await);
        Ok(Window {
            cpu: cpu()? - spent,
            frames: self.frames.get() - frames,
            tokens: self.tokens.get() - tokens,
            from,
            to: Instant::now(),
            is_whole,
        })
    }

    async fn until(&self, holds: impl Fn() -> bool) {
        while !holds() {
            self.changed.notified().await;
        }
    }
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
