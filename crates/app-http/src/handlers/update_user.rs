use actix_web::{HttpResponse, web};
use domain::user::{Role, UserChange};
use serde::Deserialize;
use utoipa::ToSchema;

use super::user_response::AccountResponse;
use crate::error::ApiError;
use crate::extract::{JsonBody, SignedIn, UserPath};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateUserRequest {
    #[schema(value_type = Option<names::Role>)]
    role: Option<Role>,
    disabled: Option<bool>,
}

/// `PATCH /users/{id}`: gives a role, disables an account or enables it again; for admins.
#[utoipa::path(
    patch,
    path = "/users/{user_id}",
    operation_id = "update_user",
    tag = "Administration",
    summary = "Change an account",
    description = "Gives a role, disables an account or enables it again; for admins. What disables an account ends its sessions. The last admin stays one.",
    params(
        ("user_id" = Uuid, Path, description = "The account; an id that is no UUID names none"),
    ),
    request_body(content = UpdateUserRequest),
    responses(
        (status = 200, description = "The account as it is now", body = AccountResponse),
        Problems<(problems::SignedIn, problems::Body, problems::ForRoles, problems::Thing, problems::LastAdmin)>,
    ),
)]
pub(crate) async fn update_user(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (UserPath(id), JsonBody(body))): SignedIn<(
        UserPath,
        JsonBody<UpdateUserRequest>,
    )>,
) -> Result<HttpResponse, ApiError> {
    let change = UserChange {
        role: body.role,
        disabled: body.disabled,
    };
    let user = use_cases.change_user.execute(actor, id, change).await?;
    Ok(HttpResponse::Ok().json(AccountResponse::from(user)))
}
