use actix_web::{HttpResponse, web};

use crate::error::ApiError;
use crate::extract::{IfMatch, SignedIn, TemplatePath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `DELETE /prompt-templates/{name}`: puts a template out of force; for admins.
#[utoipa::path(
    delete,
    path = "/prompt-templates/{name}",
    operation_id = "withdraw_prompt_template",
    tag = "Administration",
    summary = "Withdraw a prompt template",
    description = "Puts it out of force: `default` is then what comes with the program, and a category has `default`. Its versions stay. For admins.",
    params(
        ("name" = String, Path, description = "A ticket's category, or `default`", example = "billing"),
        ("If-Match" = Option<String>, Header, example = "\"3\"",
            description = "`ETag`s of the versions that may be withdrawn, or `*`"),
    ),
    responses(
        (status = 204, description = "It is out of force"),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles, problems::Thing, problems::Versioned)>,
    ),
)]
pub(crate) async fn withdraw_prompt_template(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TemplatePath(name), IfMatch(expected))): SignedIn<(TemplatePath, IfMatch)>,
) -> Result<HttpResponse, ApiError> {
    use_cases
        .withdraw_prompt_template
        .execute(actor, name, &expected)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
