use actix_web::{HttpResponse, web};

use crate::error::ApiError;
use crate::extract::{ArticlePath, IfMatch, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `DELETE /articles/{id}`: deletes a help article; for agents.
#[utoipa::path(
    delete,
    path = "/articles/{article_id}",
    operation_id = "delete_article",
    tag = "Articles",
    summary = "Delete a help article",
    description = "For agents. Answers that quoted it keep what they say, and their sources.",
    params(
        ("article_id" = Uuid, Path, description = "The article; an id that is no UUID names none"),
        ("If-Match" = Option<String>, Header, example = "\"3\"",
            description = "`ETag`s of the versions that may be deleted, or `*`"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        Problems<(problems::SignedIn, problems::Parameters, problems::Thing, problems::ForRoles, problems::Versioned)>,
    ),
)]
pub(crate) async fn delete_article(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (ArticlePath(id), IfMatch(expected))): SignedIn<(ArticlePath, IfMatch)>,
) -> Result<HttpResponse, ApiError> {
    use_cases
        .delete_article
        .execute(actor, id, &expected)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
