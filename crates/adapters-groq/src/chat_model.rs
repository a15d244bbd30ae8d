use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{ChatModel, ChatModelError, ChatRequest, ChatStream};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};

use crate::answer_stream::answer_stream;
use crate::clients::{Clients, Recipe, Seat};
use crate::completion_request::CompletionRequest;
use crate::endpoint::{endpoint, is_loopback};
use crate::error_body::ErrorBody;
use crate::fault::{Fault, transport_error};
use crate::patience::Patience;
use crate::refusal::{retry_advice, status_error};
use crate::settings::{GroqSettings, GroqSettingsError, Timeouts};

const EVENT_STREAM: &str = "text/event-stream";
/// Error bodies have a few hundred bytes; of a longer one only this much is read.
const MAX_ERROR_BODY: usize = 64 * 1024;
const MAX_REQUEST_ID: usize = 128;

/// Asks a language model at Groq, or at a host that speaks the same protocol.
pub struct GroqChatModel {
    pub(crate) clients: Arc<Clients>,
    pub(crate) endpoint: Url,
    /// Marked as sensitive, so that no `Debug` shows it.
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) model: String,
    reasoning_effort: Option<String>,
    pub(crate) timeouts: Timeouts,
}

impl GroqChatModel {
    /// Sets the client up; nothing is sent.
    ///
    /// # Errors
    /// [`GroqSettingsError`] when the settings cannot work with any host.
    pub fn new(settings: GroqSettings) -> Result<Self, GroqSettingsError> {
        let endpoint = endpoint(&settings.base_url)?;
        let authorization = settings.api_key.as_ref().map(authorization).transpose()?;
        let recipe = Recipe {
            connect_timeout: settings.timeouts.connect,
            // It would lead to the outside.
            through_proxy: !is_loopback(&endpoint),
        };
        let clients =
            Clients::new(recipe).map_err(|error| GroqSettingsError::Client(error.into()))?;
        Ok(Self {
            clients: Arc::new(clients),
            endpoint,
            authorization,
            model: settings.model,
            reasoning_effort: settings.reasoning_effort,
            timeouts: settings.timeouts,
        })
    }

    /// Another model of the same host, over the same connections. How much it reasons is
    /// left to the host, since models differ in what they take.
    #[must_use]
    pub fn sibling(&self, model: impl Into<String>) -> Self {
        Self {
            clients: Arc::clone(&self.clients),
            endpoint: self.endpoint.clone(),
            authorization: self.authorization.clone(),
            model: model.into(),
            reasoning_effort: None,
            timeouts: self.timeouts,
        }
    }

    async fn ask(
        &self,
        seat: &Seat,
        request: &ChatRequest,
        patience: &Patience,
    ) -> Result<Response, ChatModelError> {
        let mut builder = seat
            .client()
            .post(self.endpoint.clone())
            .header(ACCEPT, EVENT_STREAM)
            .json(&CompletionRequest::new(
                &self.model,
                self.reasoning_effort.as_deref(),
                request,
            ));
        if let Some(authorization) = &self.authorization {
            builder = builder.header(AUTHORIZATION, authorization);
        }
        patience
            .for_acceptance(builder.send())
            .await?
            .map_err(transport_error)
    }
}

#[async_trait]
impl ChatModel for GroqChatModel {
    fn name(&self) -> String {
        self.model.clone()
    }

    async fn stream_reply(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError> {
        let patience = Patience::start(self.timeouts);
        let seat = self.clients.seat();
        let response = self.ask(&seat, &request, &patience).await?;
        let status = response.status();
        let request_id = request_id(response.headers());
        if status != StatusCode::OK {
            tracing::warn!(
                upstream.status = status.as_u16(),
                upstream.request_id = request_id.as_deref(),
                "the model's host refused the request"
            );
            return Err(refusal(response, &patience).await);
        }
        if !is_event_stream(response.headers()) {
            tracing::warn!(
                upstream.request_id = request_id.as_deref(),
                "the model's host answered with something else than an event stream"
            );
            return Err(Fault::NotAnEventStream.malformed());
        }
        tracing::debug!(
            upstream.request_id = request_id.as_deref(),
            "the model's host accepted the request"
        );
        Ok(answer_stream(response, seat, patience, request_id))
    }
}

impl fmt::Debug for GroqChatModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GroqChatModel")
            .field("model", &self.model)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

fn authorization(api_key: &SecretString) -> Result<HeaderValue, GroqSettingsError> {
    let value = format!("Bearer {}", api_key.expose_secret());
    let mut value =
        HeaderValue::try_from(value).map_err(|error| GroqSettingsError::ApiKey(error.into()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case(EVENT_STREAM))
}

/// The host's own name for the exchange, by which its support finds it.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (id.len() <= MAX_REQUEST_ID).then(|| String::from(id))
}

/// The error that a status other than 200 is. Only for a bad request does the body matter.
async fn refusal(mut response: Response, patience: &Patience) -> ChatModelError {
    let status = response.status();
    let known = if status == StatusCode::BAD_REQUEST {
        let body = error_body(&mut response, patience).await;
        ErrorBody::parse(&body).and_then(|body| body.known_refusal())
    } else {
        None
    };
    known.unwrap_or_else(|| status_error(status.as_u16(), retry_advice(response.headers())))
}

/// As much of the body as comes: the status is an answer without it.
async fn error_body(response: &mut Response, patience: &Patience) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < MAX_ERROR_BODY
        && let Ok(Ok(Some(bytes))) = patience.for_bytes(false, response.chunk()).await
    {
        body.extend_from_slice(&bytes);
    }
    body
}
