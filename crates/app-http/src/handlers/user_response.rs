use chrono::{DateTime, Utc};
use domain::user::{Role, User};
use serde::Serialize;
use uuid::Uuid;

/// An account as its owner sees it.
#[derive(Serialize)]
pub(super) struct UserResponse {
    id: Uuid,
    email: String,
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
#[derive(Serialize)]
pub(super) struct AccountResponse {
    #[serde(flatten)]
    user: UserResponse,
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
