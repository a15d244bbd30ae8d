use std::time::Duration;

use domain::ports::{ChatChunk, ChatModelError, ChatStream};
use futures_util::stream;
use reqwest::Response;
use tokio::time::timeout;

use crate::answer::Answer;
use crate::clients::Seat;
use crate::fault::{Fault, transport_error};
use crate::patience::Patience;
use crate::sse_decoder::{MAX_BYTES, SseDecoder, TooLarge};

/// How long the end of the body is waited for after the end of the answer.
const END_OF_BODY: Duration = Duration::from_millis(200);

/// Reads the answer from the body of a response.
pub(crate) fn answer_stream(
    response: Response,
    seat: Seat,
    patience: Patience,
    request_id: Option<String>,
) -> ChatStream {
    let reading = Reading {
        response,
        _seat: seat,
        patience,
        request_id,
        decoder: SseDecoder::new(),
        answer: Answer::default(),
    };
    // The reading, and with it the response, goes when the last item is there or the stream is
    // dropped: that closes the connection, which is how the host learns that it can stop.
    Box::pin(stream::unfold(Some(reading), |reading| async move {
        let mut reading = reading?;
        let item = reading.next().await;
        match item {
            Ok(ChatChunk::Finished(_)) => reading.read_out().await,
            Err(_) => {}
            Ok(ChatChunk::Text(_) | ChatChunk::Quote { .. } | ChatChunk::Thinking) => {
                return Some((item, Some(reading)));
            }
        }
        Some((item, None))
    }))
}

struct Reading {
    response: Response,
    /// It is free for another answer when this one is read.
    _seat: Seat,
    patience: Patience,
    request_id: Option<String>,
    decoder: SseDecoder,
    answer: Answer,
}

impl Reading {
    async fn next(&mut self) -> Result<ChatChunk, ChatModelError> {
        loop {
            if let Some(piece) = self.answer.next_piece() {
                return piece.inspect_err(|_| self.log_failure());
            }
            if let Err(error) = self.read_on().await {
                self.answer.fail(error);
            }
        }
    }

    async fn read_on(&mut self) -> Result<(), ChatModelError> {
        let has_begun = self.answer.has_begun();
        let read = self
            .patience
            .for_bytes(has_begun, self.response.chunk())
            .await?;
        let Some(bytes) = read.map_err(transport_error)? else {
            let unended = self.decoder.finish();
            self.answer.read_end(unended.as_ref());
            return Ok(());
        };

        let mut events = Vec::new();
        let decoded = self.decoder.push(&bytes, &mut events);
        for event in &events {
            self.answer.read(event);
        }
        match decoded {
            Ok(()) => Ok(()),
            Err(TooLarge) => Err(Fault::TooLarge(MAX_BYTES).malformed()),
        }
    }

    /// Reads the end of the body, which hosts send behind the answer's: without it the connection
    /// could not be used again.
    async fn read_out(&mut self) {
        if timeout(END_OF_BODY, self.response.chunk()).await.is_err() {
            tracing::debug!("the body goes on after the end of the answer");
        }
    }

    fn log_failure(&self) {
        tracing::warn!(
            upstream.request_id = self.request_id.as_deref(),
            "the model's host broke its answer off"
        );
    }
}
