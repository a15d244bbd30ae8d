//! Reads streams of events and notes when what came.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

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

/// What happened while all readers read.
pub(crate) struct Window {
    pub(crate) frames: u64,
    pub(crate) tokens: u64,
    pub(crate) cpu: CpuTimes,
    pub(crate) took: Duration,
}

impl Reader {
    /// Reads to the end. What went wrong shows in what is missing.
    pub(crate) async fn read(self, meter: Rc<Meter>) -> Transcript {
        let mut transcript = Transcript::default();
        let reading = self.read_into(&mut transcript, &meter);
        drop(timeout(DEADLINE, reading).await);
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
                        transcript.first.get_or_insert(now.duration_since(self.due));
                        if std::mem::take(&mut is_late) {
                            transcript.reading.before = tokens;
                        } else {
                            let at = now.duration_since(self.epoch).as_micros();
                            let at = u32::try_from(at).unwrap_or(u32::MAX);
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
    /// Waits, and then looks at what comes for so long and what that costs.
    pub(crate) async fn watch(
        &self,
        after: Duration,
        lasting: Duration,
        cpu: impl Fn() -> anyhow::Result<CpuTimes>,
    ) -> anyhow::Result<Window> {
        sleep(after).await;
        let (begun, frames, tokens, spent) =
            (Instant::now(), self.frames.get(), self.tokens.get(), cpu()?);
        sleep(lasting).await;
        Ok(Window {
            cpu: cpu()? - spent,
            frames: self.frames.get() - frames,
            tokens: self.tokens.get() - tokens,
            took: begun.elapsed(),
        })
    }
}
