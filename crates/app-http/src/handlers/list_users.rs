use actix_web::{HttpRequest, HttpResponse, web};
use domain::user::{Email, Role, UserFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::user_response::AccountResponse;
use super::{ListResponse, limit_schema, next_link, read_limit};
use crate::cursor::{decode_user_cursor, encode_user_cursor};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListUsersQuery {
    /// How many; more than 100 are 100.
    #[param(schema_with = limit_schema)]
    limit: Option<String>,
    /// A `next_cursor` of the same list.
    cursor: Option<String>,
    #[param(value_type = Option<names::Role>)]
    role: Option<String>,
    #[param(value_type = Option<bool>)]
    disabled: Option<String>,
    /// The whole address.
    #[param(format = Email, max_length = 254)]
    email: Option<String>,
}

/// `GET /users`: accounts, newest first; for admins.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "list_users",
    tag = "Administration",
    summary = "List accounts",
    description = "Newest first; for admins.",
    params(
        ListUsersQuery,
    ),
    responses(
        (status = 200, description = "A page of accounts", body = ListResponse<AccountResponse>, headers(("Link" = String, description = "With `rel=\"next\"`, where the next page is, if there is one"))),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles)>,
    ),
)]
pub(crate) async fn list_users(
    request: HttpRequest,
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(query)): SignedIn<QueryParameters<ListUsersQuery>>,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    let after = query
        .cursor
        .and_then(|cursor| validation.check("cursor", decode_user_cursor(&cursor)));
    let role = query.role.and_then(|name| {
        let known = Role::from_name(&name).ok_or("must be user, agent or admin");
        validation.check("role", known)
    });
    let disabled = query.disabled.and_then(|word| {
        let parsed = word
            .parse::<bool>()
            .map_err(|_other| "must be true or false");
        validation.check("disabled", parsed)
    });
    let email = query
        .email
        .and_then(|email| validation.check("email", Email::parse(&email)));
    validation.finish()?;

    let filter = UserFilter {
        role,
        disabled,
        email,
    };
    let page = use_cases
        .list_users
        .execute(actor, filter, after, limit)
        .await?;
    let next_cursor = page.next.map(encode_user_cursor);
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &next_cursor {
        response.insert_header(next_link("/users", request.query_string(), cursor));
    }
    Ok(response.json(ListResponse {
        items: page.items.into_iter().map(AccountResponse::from).collect(),
        next_cursor,
    }))
}
