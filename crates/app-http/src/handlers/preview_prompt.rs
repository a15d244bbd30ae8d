use actix_web::{HttpResponse, web};
use domain::ids::TicketId;
use domain::prompt::TemplateText;
use domain::reply::Source;
use domain::use_cases::{Preview, PromptDraft};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiError;
use crate::extract::{JsonBody, SignedIn, TemplatePath};
use crate::nullable::not_null;
use crate::openapi::answers::SourceRef;
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewPromptRequest {
    /// The ticket whose newest question would be answered.
    ticket_id: Uuid,
    /// Tried instead of the part in force.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 1, max_length = 32_768, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    system: Option<String>,
    /// Tried instead of the part in force.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 1, max_length = 32_768, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$", example = "{{ latest_message }}")]
    user: Option<String>,
}

impl PreviewPromptRequest {
    fn into_draft(self) -> Result<PromptDraft, ApiError> {
        let mut validation = Validation::default();
        let system = validation.check_given("system", self.system.map(TemplateText::parse));
        let user = validation.check_given("user", self.user.map(TemplateText::parse));
        validation.finish()?;
        Ok(PromptDraft { system, user })
    }
}

/// What a model would be asked.
#[derive(Serialize, ToSchema)]
#[schema(as = PromptPreview)]
pub(crate) struct PreviewResponse {
    /// The version that was tried; null for a draft.
    #[schema(required = true, minimum = 1)]
    version: Option<i32>,
    turns: Vec<TurnResponse>,
    #[schema(value_type = Vec<SourceRef>)]
    sources: Vec<Source>,
    /// About how many tokens the prompt has, rather too many than too few.
    estimated_tokens: usize,
    /// What is more than this is left out.
    max_prompt_tokens: usize,
    max_completion_tokens: u32,
    /// As receipts tell it.
    prompt_sha256: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PromptTurn)]
pub(crate) struct TurnResponse {
    #[schema(value_type = names::TurnRole)]
    role: &'static str,
    content: String,
}

impl From<Preview> for PreviewResponse {
    fn from(preview: Preview) -> Self {
        let turns = preview.request.turns.into_iter();
        Self {
            version: (!preview.is_draft).then_some(preview.record.template.version),
            turns: turns
                .map(|turn| TurnResponse {
                    role: turn.role.as_str(),
                    content: turn.content,
                })
                .collect(),
            sources: preview.record.sources,
            estimated_tokens: preview.estimated_tokens,
            max_prompt_tokens: preview.limits.prompt_tokens(),
            max_completion_tokens: preview.limits.max_completion_tokens,
            prompt_sha256: preview.record.digest.to_string(),
        }
    }
}

/// `POST /prompt-templates/{name}/preview`: what a model would be asked; for admins.
#[utoipa::path(
    post,
    path = "/prompt-templates/{name}/preview",
    operation_id = "preview_prompt",
    tag = "Administration",
    summary = "Try a prompt template on a ticket",
    description = "Renders a template, or a draft of one, and asks no model; for admins. A name that has none needs both parts.",
    params(
        ("name" = String, Path, description = "A ticket's category, or `default`", example = "default"),
    ),
    request_body(content = PreviewPromptRequest),
    responses(
        (status = 200, description = "What a model would be asked", body = PreviewResponse),
        Problems<(problems::SignedIn, problems::Body, problems::ForRoles, problems::Thing)>,
    ),
)]
pub(crate) async fn preview_prompt(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TemplatePath(name), JsonBody(body))): SignedIn<(
        TemplatePath,
        JsonBody<PreviewPromptRequest>,
    )>,
) -> Result<HttpResponse, ApiError> {
    let ticket_id = TicketId::from_uuid(body.ticket_id);
    let draft = body.into_draft()?;
    let preview = use_cases
        .preview_prompt
        .execute(actor, name, draft, ticket_id)
        .await?;
    Ok(HttpResponse::Ok().json(PreviewResponse::from(preview)))
}
