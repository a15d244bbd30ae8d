use domain::ports::ChatModelError;
use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;

use crate::chat_model::GroqChatModel;
use crate::endpoint::models_endpoint;
use crate::fault::transport_error;
use crate::patience::Patience;
use crate::refusal::{retry_advice, status_error};

/// What the model's host says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostCheck {
    /// It takes the key and has the model.
    HasModel,
    /// It takes the key and has other models only.
    LacksModel,
    /// It answers, but has no list of its models.
    NoList,
}

#[derive(Deserialize)]
struct Models {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

impl GroqChatModel {
    /// Asks the host for its models, which costs nothing.
    ///
    /// # Errors
    /// [`ChatModelError`] when it cannot be reached, refuses the key, or is something else.
    pub async fn check_host(&self) -> Result<HostCheck, ChatModelError> {
        let patience = Patience::start(self.timeouts);
        let seat = self.clients.seat();
        let mut request = seat.client().get(models_endpoint(&self.endpoint));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let response = patience.for_acceptance(request.send()).await?;
        let response = response.map_err(transport_error)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(HostCheck::NoList),
            status => {
                let advice = retry_advice(response.headers());
                return Err(status_error(status.as_u16(), advice));
            }
        }
        let body = patience.for_bytes(false, response.bytes()).await?;
        let body = body.map_err(transport_error)?;
        let Ok(models) = serde_json::from_slice::<Models>(&body) else {
            return Ok(HostCheck::NoList);
        };
        Ok(if models.data.iter().any(|model| model.id == self.model) {
            HostCheck::HasModel
        } else {
            HostCheck::LacksModel
        })
    }
}
