//! Collects everything that is wrong with a request's fields, so that it is reported at once.

use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;

/// One invalid field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Its name, with dots and numbers for what is inside of it.
    #[schema(example = "title")]
    field: String,
    #[schema(example = "invalid_value")]
    code: &'static str,
    #[schema(example = "must have at most 200 characters")]
    message: String,
}

impl FieldError {
    /// Characters of a name or a message: both may quote what was sent, which may be long.
    const LONGEST: usize = 300;

    pub(crate) fn new(
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: shortened(field.into()),
            code,
            message: shortened(message.into()),
        }
    }
}

fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(FieldError::LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What is wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Validation(Vec<FieldError>);

impl Validation {
    /// The value, or none after noting why it is invalid.
    pub(crate) fn check<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        parsed: Result<T, E>,
    ) -> Option<T> {
        parsed
            .map_err(|error| self.refuse(field, error.to_string()))
            .ok()
    }

    /// Like [`Self::check`], for a field that may be missing.
    pub(crate) fn check_given<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        parsed: Option<Result<T, E>>,
    ) -> Option<T> {
        self.check(field, parsed?)
    }

    /// Whether nothing was noted.
    pub(crate) fn is_clean(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .push(FieldError::new(field, "invalid_value", message));
    }

    /// The error with everything that was noted.
    pub(crate) fn into_error(self) -> ApiError {
        ApiError::Validation(self.0)
    }

    /// Succeeds when nothing was noted.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.into_error())
        }
    }
}
