use actix_web::{HttpResponse, web};
use domain::article::{Synonyms, SynonymsError};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

use super::synonyms_response::SynonymsResponse;
use crate::error::ApiError;
use crate::extract::{ARTICLE_LIMIT, JsonBody, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetSynonymsRequest {
    /// Groups of 2 to 50 words or phrases of up to 100 characters each.
    #[schema(schema_with = groups_schema)]
    groups: Vec<Vec<String>>,
}

/// What [`Synonyms::parse`] takes.
fn groups_schema() -> Array {
    let member = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(Synonyms::MAX_CHARS))
        .pattern(Some(r"^[^\u0000]*[^\s\u0000][^\u0000]*$"));
    let group = ArrayBuilder::new()
        .items(member)
        .min_items(Some(2))
        .max_items(Some(Synonyms::MAX_MEMBERS));
    ArrayBuilder::new()
        .description(Some(
            "Groups of 2 to 50 words or phrases of up to 100 characters each.",
        ))
        .items(group)
        .max_items(Some(Synonyms::MAX_GROUPS))
        .examples([json!([["refund", "money back"], ["log in", "sign in"]])])
        .build()
}

/// `PUT /articles/synonyms`: sets what the search takes for the same; for agents.
#[utoipa::path(
    put,
    path = "/articles/synonyms",
    operation_id = "set_synonyms",
    tag = "Articles",
    summary = "Set the synonyms",
    description = "All of them, in place of those before; for agents. Searches go by them within seconds. A body of up to 1 MiB is taken.",
    request_body(content = SetSynonymsRequest),
    responses(
        (status = 200, description = "The synonyms in use", body = SynonymsResponse),
        Problems<(problems::SignedIn, problems::Body, problems::ForRoles)>,
    ),
)]
pub(crate) async fn set_synonyms(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, JsonBody(body)): SignedIn<JsonBody<SetSynonymsRequest, ARTICLE_LIMIT>>,
) -> Result<HttpResponse, ApiError> {
    let synonyms = Synonyms::parse(body.groups)
        .map_err(|error| ApiError::field(&field_of(error), "invalid_value", error.to_string()))?;
    use_cases
        .set_synonyms
        .execute(actor, Some(synonyms))
        .await?;
    let used = use_cases.show_synonyms.execute(actor).await?;
    Ok(HttpResponse::Ok().json(SynonymsResponse::from(used)))
}

/// `DELETE /articles/synonyms`: back to those that come with the program; for agents.
#[utoipa::path(
    delete,
    path = "/articles/synonyms",
    operation_id = "reset_synonyms",
    tag = "Articles",
    summary = "Forget the synonyms",
    description = "Goes back to those that come with the program; for agents.",
    responses(
        (status = 204, description = "The built-in ones are in use"),
        Problems<(problems::SignedIn, problems::ForRoles)>,
    ),
)]
pub(crate) async fn reset_synonyms(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, ()): SignedIn,
) -> Result<HttpResponse, ApiError> {
    use_cases.set_synonyms.execute(actor, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn field_of(error: SynonymsError) -> String {
    match error {
        SynonymsError::TooManyGroups => "groups".to_owned(),
        SynonymsError::GroupSize { group } => format!("groups[{group}]"),
        SynonymsError::Member { group, member, .. } | SynonymsError::NoWord { group, member } => {
            format!("groups[{group}][{member}]")
        }
    }
}
