//! What goes wrong with help articles.

use domain::use_cases::{ManageArticlesError, ShowArticleError};

use super::ApiError;

impl From<ShowArticleError> for ApiError {
    fn from(error: ShowArticleError) -> Self {
        match error {
            ShowArticleError::NotFound => Self::NotFound,
            ShowArticleError::Repository(error) => error.into(),
        }
    }
}

impl From<ManageArticlesError> for ApiError {
    fn from(error: ManageArticlesError) -> Self {
        match error {
            ManageArticlesError::Forbidden => Self::Forbidden("only staff write help articles"),
            ManageArticlesError::NotFound => Self::NotFound,
            ManageArticlesError::VersionMismatch => Self::VersionMismatch,
            ManageArticlesError::SlugTaken => Self::SlugTaken,
            ManageArticlesError::Repository(error) => error.into(),
        }
    }
}
