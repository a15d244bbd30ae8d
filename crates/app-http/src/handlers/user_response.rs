use chrono::{DateTime, Utc};
use domain::user::{Role, User};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::openapi::names;

/// An account as its owner sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserResponse {
    id: Uuid,
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(value_type = names::Role)]
    role: Role,
    created_at: DateTime<Utc>,
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        Self {
            id: user.id.as_uuid(),
            email: user.email.as_str().to_owned(),
            role: user.role,
            created_at: user.created_at,
        }
    }
}

/// An account as admins see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountResponse {
    #[serde(flatten)]
    user: UserResponse,
    /// Since when the account is disabled, null if it is not.
    #[schema(required = true)]
    disabled_at: Option<DateTime<Utc>>,
}

impl From<User> for AccountResponse {
    fn from(user: User) -> Self {
        Self {
            disabled_at: user.disabled_at,
            user: user.into(),
        }
    }
}
