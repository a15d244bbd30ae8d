use std::{iter, time::Duration};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use bytes::Bytes;
use tokio::time::sleep;

use crate::{
    answer::Answer,
    body::{Delivery, Part, paced},
    config::Config,
    connection::Breaker,
    error::ApiError,
    framing,
    headers::{EVENT_STREAM, respond, respond_with_error, respond_with_json},
    identity::Identity,
    journal::{Exchange, Outcome},
    refusal::error_within_stream,
    reply::{Ending, Place, Reply, ScriptedRefusal, Writes},
    request::ChatRequest,
    text::garbage,
    transcript::Transcript,
    wire::Envelope,
};

/// A request on its way to its answer.
pub(crate) struct Answering {
    pub(crate) identity: Identity,
    pub(crate) request: ChatRequest,
    pub(crate) reply: Reply,
    pub(crate) exchange: Exchange,
    pub(crate) breaker: Breaker,
}

impl Answering {
    pub(crate) fn compose(&self, config: &Config) -> Answer {
        Answer::compose(&self.reply, &self.request, config)
    }

    pub(crate) fn stream(self, answer: Answer) -> HttpResponse {
        let mut response = respond(StatusCode::OK, &self.identity.request_id);
        response
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .insert_header((header::CONTENT_TYPE, EVENT_STREAM));
        self.add_headers(&mut response);

        let error = self.error_frame();
        let error = error.detail.within_stream(error.status);
        let include_usage = self.request.include_usage;
        let envelope = Envelope::new(self.identity, &self.request, &answer);
        let transcript = Transcript::write(answer, &self.reply, include_usage, error);
        let delivery =
            Delivery::of(&self.reply, Outcome::Completed, self.breaker).ending_at(transcript.ends);
        let parts = framing::parts(transcript, envelope, &self.reply.wire_format);
        response.streaming(paced(parts, delivery, self.exchange))
    }

    pub(crate) async fn complete(mut self, answer: &Answer) -> HttpResponse {
        let generation = answer.interval.saturating_mul(answer.tokens());
        sleep(answer.first_token_after.saturating_add(generation)).await;

        if let Ending::ErrorFrame { .. } = self.reply.ending {
            let error = self.error_frame();
            self.exchange.finish(Outcome::refused(&error));
            return respond_with_error(&error, &self.identity.request_id);
        }
        let mut response = respond_with_json(StatusCode::OK, &self.identity.request_id);
        self.add_headers(&mut response);
        let envelope = Envelope::new(self.identity.clone(), &self.request, answer);
        let body = envelope.completion(answer);
        self.send(response, body, Outcome::Completed)
    }

    pub(crate) fn refuse(self, refusal: &ScriptedRefusal) -> HttpResponse {
        let (response, body) = refusal.respond(
            self.request.model.id,
            &self.identity.request_id,
            &self.reply.headers,
        );
        let status = refusal.status().as_u16();
        self.send(response, body, Outcome::Refused { status })
    }

    /// Sends a body that is not a stream of events, with the faults that were scripted.
    fn send(
        mut self,
        mut response: HttpResponseBuilder,
        body: String,
        outcome: Outcome,
    ) -> HttpResponse {
        let body = Bytes::from(body);
        let half = body.slice(..body.len() / 2);
        let (body, rest) = match self.reply.ending {
            Ending::Complete
            | Ending::WithoutDone
            | Ending::ErrorFrame { .. }
            | Ending::CutBeforeHead => {
                if self.reply.wire_format.writes == Writes::AsDue {
                    self.exchange.chunk_sent();
                    self.exchange.finish(outcome);
                    return response.body(body);
                }
                (body, None)
            }
            Ending::Cut(Place::Byte(_)) | Ending::Stall(Place::Byte(_)) => (body, None),
            Ending::Cut(_) | Ending::Stall(_) | Ending::WithoutFinish => (half, None),
            Ending::Garbage { .. } => (garbage(), None),
            Ending::Endless { .. } | Ending::EndlessLine { .. } => {
                (half, Some(Bytes::from_static(b" on and on")))
            }
        };
        let rest = rest.into_iter().flat_map(iter::repeat);
        let parts = iter::once(body).chain(rest).map(|bytes| Part {
            due: Duration::ZERO,
            bytes,
            ends_chunk: true,
        });
        let delivery = Delivery::of(&self.reply, outcome, self.breaker);
        response.streaming(paced(parts, delivery, self.exchange))
    }

    fn error_frame(&self) -> ApiError {
        let status = self
            .reply
            .error_frame
            .status
            .and_then(|status| StatusCode::from_u16(status).ok());
        error_within_stream(
            status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            self.request.model.id,
        )
    }

    fn add_headers(&self, response: &mut HttpResponseBuilder) {
        for (name, value) in &self.reply.headers {
            response.insert_header((name.as_str(), value.as_str()));
        }
    }
}
