use actix_web::{HttpResponse, web};
use domain::prompt::{Drafted, TemplateParts, TemplateText};
use serde::Deserialize;
use utoipa::ToSchema;

use super::prompt_template_response::PromptTemplateResponse;
use super::ticket_response::etag;
use crate::error::ApiError;
use crate::extract::{IfMatch, JsonBody, SignedIn, TemplatePath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavePromptTemplateRequest {
    /// The operator's instructions and the articles, in Jinja's notation.
    #[schema(
        min_length = 1,
        max_length = 32_768,
        pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
        example = "Answer from these articles.\n{% for source in sources %}\n[{{ source.number }}] {{ source.text }}{% endfor %}"
    )]
    system: String,
    /// The customer's words, in Jinja's notation.
    #[schema(
        min_length = 1,
        max_length = 32_768,
        pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
        example = "{{ latest_message }}"
    )]
    user: String,
}

impl SavePromptTemplateRequest {
    fn into_parts(self) -> Result<TemplateParts, ApiError> {
        let mut validation = Validation::default();
        let system = validation.check("system", TemplateText::parse(self.system));
        let user = validation.check("user", TemplateText::parse(self.user));
        match system.zip(user) {
            Some((system, user)) => Ok(TemplateParts { system, user }),
            None => Err(validation.into_error()),
        }
    }
}

type Request = SignedIn<(TemplatePath, (IfMatch, JsonBody<SavePromptTemplateRequest>))>;

/// `PUT /prompt-templates/{name}`: the next version of a template; for admins.
#[utoipa::path(
    put,
    path = "/prompt-templates/{name}",
    operation_id = "save_prompt_template",
    tag = "Administration",
    summary = "Write a prompt template",
    description = "Stores the next version, which replies that are begun from then on are made from; for admins. What would not render is refused, with lines and columns.",
    params(
        ("name" = String, Path, description = "A ticket's category, or `default`", example = "default"),
        ("If-Match" = Option<String>, Header, example = "\"3\"",
            description = "`ETag`s of the versions that may be replaced, or `*`"),
    ),
    request_body(content = SavePromptTemplateRequest),
    responses(
        (status = 200, description = "The version in force now, a new one unless it says the same as before", body = PromptTemplateResponse, headers(("ETag" = String, description = "The template's version in quotes, for `If-Match`"))),
        (status = 201, description = "The first version in force of that name", body = PromptTemplateResponse, headers(
            ("ETag" = String, description = "The template's version in quotes, for `If-Match`"),
            ("Location" = String, description = "Where the template is"),
        )),
        Problems<(problems::SignedIn, problems::Body, problems::ForRoles, problems::Thing, problems::Versioned)>,
    ),
)]
pub(crate) async fn save_prompt_template(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TemplatePath(name), (IfMatch(expected), JsonBody(body)))): Request,
) -> Result<HttpResponse, ApiError> {
    let parts = body.into_parts()?;
    let drafted = use_cases
        .save_prompt_template
        .execute(actor, name, parts, &expected)
        .await?;
    let mut response = match &drafted {
        Drafted::Created(_) => HttpResponse::Created(),
        Drafted::Replaced(_) | Drafted::Unchanged(_) => HttpResponse::Ok(),
    };
    if let Drafted::Created(template) = &drafted {
        let path = format!("/prompt-templates/{}", template.name.as_str());
        response.insert_header(("location", path));
    }
    let template = drafted.into_template();
    Ok(response
        .insert_header(etag(template.version.into()))
        .json(PromptTemplateResponse::from(template)))
}
