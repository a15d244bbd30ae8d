use actix_web::{HttpResponse, web};
use domain::user::{Role, UserChange};
use serde::Deserialize;

use super::user_response::AccountResponse;
use crate::error::ApiError;
use crate::extract::{JsonBody, SignedIn, UserPath};
use crate::use_cases::UseCases;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateUserRequest {
    role: Option<Role>,
    disabled: Option<bool>,
}

/// `PATCH /users/{id}`: gives a role, disables an account or enables it again; for admins.
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
