use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Client, Response, Url};

use super::Finding;
use crate::causes::causes;
use crate::handlers::probe_stream::{EVENTS, PAUSE};

const ABOUT: &str = "stream";
/// As long as the stream lasts and a slow connection needs.
const PATIENCE: Duration = Duration::from_secs(20);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A stream as it arrived.
#[derive(Debug, Default)]
struct Arrival {
    text: String,
    /// When its first and its last event had come, since it was asked for.
    first: Option<Duration>,
    last: Option<Duration>,
}

/// Reads a stream through whatever stands between, and says what that does to it.
pub(super) async fn examine(public: &Url) -> Vec<Finding> {
    let client = match Client::builder().timeout(PATIENCE).build() {
        Ok(client) => client,
        Err(error) => return vec![Finding::bad(ABOUT, causes(&error))],
    };
    let mut url = public.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["health", "stream"]);
    }
    let whole = match read(&client, &url, None).await {
        Ok(whole) => whole,
        Err(finding) => return vec![finding],
    };
    let mut findings = vec![unbuffered(&whole), heartbeats(&whole)];
    let last = EVENTS / 2;
    findings.push(match read(&client, &url, Some(last)).await {
        Ok(rest) => resumed(&rest, last),
        Err(finding) => finding,
    });
    findings
}

async fn read(client: &Client, url: &Url, last: Option<u32>) -> Result<Arrival, Finding> {
    let asked = Instant::now();
    let mut request = client.get(url.clone());
    if let Some(last) = last {
        request = request.header(LAST_EVENT_ID, last);
    }
    let response = request.send().await.map_err(|error| {
        Finding::bad(
            ABOUT,
            format!("{} cannot be reached: {}", url, causes(&error)),
        )
    })?;
    if let Some(refusal) = refusal(&response) {
        return Err(refusal);
    }
    let mut arrival = Arrival::default();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece
            .map_err(|error| Finding::bad(ABOUT, format!("it broke off: {}", causes(&error))))?;
        arrival.take(&String::from_utf8_lossy(&piece), asked.elapsed());
    }
    Ok(arrival)
}

fn refusal(response: &Response) -> Option<Finding> {
    let status = response.status();
    if status != 200 {
        return Some(Finding::bad(
            ABOUT,
            format!(
                "{} answers {status}: the proxy does not lead to this product, or not to all of \
                 its paths",
                response.url()
            ),
        ));
    }
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    (!kind.starts_with("text/event-stream")).then(|| {
        Finding::bad(
            ABOUT,
            format!("something between answers with {kind:?} instead of the stream"),
        )
    })
}

impl Arrival {
    fn take(&mut self, piece: &str, at: Duration) {
        self.text.push_str(piece);
        let has = |number: u32| {
            self.text
                .contains(&format!("\"sequence_number\":{number}}}\n\n"))
        };
        if has(0) {
            self.first.get_or_insert(at);
        }
        if has(EVENTS - 1) {
            self.last.get_or_insert(at);
        }
    }

    fn has(&self, number: u32) -> bool {
        self.text.contains(&format!("id: {number}\n"))
    }
}

fn unbuffered(whole: &Arrival) -> Finding {
    let (Some(first), Some(last)) = (whole.first, whole.last) else {
        return Finding::bad(
            ABOUT,
            "it ended before its last event: something between cut it off",
        );
    };
    // Half of the time over which the events were sent: networks bunch a little.
    if last.saturating_sub(first) >= PAUSE * (EVENTS - 1) / 2 {
        return Finding::good(
            ABOUT,
            format!(
                "events arrive as they are sent, the first after {} ms",
                first.as_millis()
            ),
        );
    }
    Finding::bad(
        ABOUT,
        format!(
            "all events arrived at once after {} ms: something between gathers them. In nginx set \
             `proxy_buffering off`, and do not ignore X-Accel-Buffering; in a CDN switch caching \
             and compressing off for text/event-stream",
            last.as_millis()
        ),
    )
}

fn heartbeats(whole: &Arrival) -> Finding {
    if whole.text.contains(": hb\n") {
        Finding::good("heartbeats", "arrive")
    } else {
        Finding::bad(
            "heartbeats",
            "do not arrive: something between rewrites the stream, and will take a silent one for \
             dead",
        )
    }
}

fn resumed(rest: &Arrival, last: u32) -> Finding {
    let about = "resuming";
    let missing = (last + 1..EVENTS).all(|number| rest.has(number));
    let repeated = (0..=last).any(|number| rest.has(number));
    match (missing, repeated) {
        (true, false) => Finding::good(about, "Last-Event-ID is understood"),
        (_, true) => Finding::bad(
            about,
            "what was read before comes again: something between drops the header Last-Event-ID, \
             or answers out of a cache",
        ),
        (false, false) => Finding::bad(about, "what is missing does not come"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Gravity;
    use super::*;

    fn event(number: u32) -> String {
        format!("id: {number}\nevent: probe\ndata: {{\"sequence_number\":{number}}}\n\n")
    }

    fn arrived(pieces: impl IntoIterator<Item = (u32, u64)>) -> Arrival {
        let mut arrival = Arrival::default();
        for (number, at) in pieces {
            arrival.take(&event(number), Duration::from_millis(at));
        }
        arrival
    }

    #[test]
    fn events_at_once_were_gathered() {
        let sent: Vec<(u32, u64)> = (0..EVENTS).zip((0..).step_by(500)).collect();
        assert_eq!(unbuffered(&arrived(sent)).gravity, Gravity::Good);
        let gathered = (0..EVENTS).map(|number| (number, 2_000));
        assert_eq!(unbuffered(&arrived(gathered)).gravity, Gravity::Bad);
        let cut_off = [(0, 1)];
        assert_eq!(unbuffered(&arrived(cut_off)).gravity, Gravity::Bad);
    }

    #[test]
    fn what_comes_again_was_not_resumed() {
        let rest = |from: u32| arrived((from..EVENTS).map(|number| (number, 1)));
        assert_eq!(resumed(&rest(3), 2).gravity, Gravity::Good);
        assert_eq!(resumed(&rest(0), 2).gravity, Gravity::Bad);
        assert_eq!(resumed(&rest(4), 2).gravity, Gravity::Bad);
    }
}
