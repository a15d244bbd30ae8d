use std::io;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Tells when each of `beats` is due, evenly over `within`, whatever has become of the earlier ones.
///
/// It has a thread of its own: the runtime's timers go by whole milliseconds.
///
/// # Errors
/// When there is no thread.
pub(crate) fn metronome(beats: u32, within: Duration) -> io::Result<UnboundedReceiver<Instant>> {
    let (due, receiver) = unbounded_channel();
    let start = Instant::now();
    let beat = move || {
        for number in 0..beats {
            let at = start + place(number, beats, within);
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if due.send(at).is_err() {
                return;
            }
        }
    };
    thread::Builder::new()
        .name("metronome".to_owned())
        .spawn(beat)?;
    Ok(receiver)
}

fn place(number: u32, beats: u32, within: Duration) -> Duration {
    within.mul_f64(f64::from(number) / f64::from(beats.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_spread_evenly() {
        let within = Duration::from_secs(2);

        assert_eq!(place(0, 4, within), Duration::ZERO);
        assert_eq!(place(1, 4, within), Duration::from_millis(500));
        assert_eq!(place(3, 4, within), Duration::from_millis(1500));
    }

    #[tokio::test]
    async fn every_beat_is_told_once() {
        let mut due = metronome(5, Duration::from_millis(5)).unwrap();
        let mut told = 0;
        while due.recv().await.is_some() {
            told += 1;
        }

        assert_eq!(told, 5);
    }
}
