//! Refusals about prompt templates.

use domain::prompt::{PromptError, TemplateProblem, TemplateRefusal};
use domain::use_cases::ManageTemplatesError;

use super::ApiError;
use crate::validation::FieldError;

impl From<ManageTemplatesError> for ApiError {
    fn from(error: ManageTemplatesError) -> Self {
        match error {
            ManageTemplatesError::Forbidden => {
                Self::Forbidden("only admins manage prompt templates")
            }
            ManageTemplatesError::NotFound => Self::NotFound,
            ManageTemplatesError::NoSuchTicket => {
                Self::field("ticket_id", "invalid_value", "must be a ticket")
            }
            ManageTemplatesError::Invalid(problems) => {
                Self::Validation(problems.into_iter().map(FieldError::from).collect())
            }
            ManageTemplatesError::Prompt(error) => error.into(),
            ManageTemplatesError::Refused(refusal) => match refusal {
                TemplateRefusal::NotFound => Self::NotFound,
                TemplateRefusal::VersionMismatch => Self::VersionMismatch,
                TemplateRefusal::TooMany => {
                    Self::field("name", "too_many_templates", refusal.to_string())
                }
            },
            ManageTemplatesError::Repository(error) => error.into(),
        }
    }
}

impl From<TemplateProblem> for FieldError {
    fn from(problem: TemplateProblem) -> Self {
        Self::new(problem.part.as_str(), problem.code, problem.message)
    }
}

/// It rendered for other tickets, so it is the template that does not fit this one.
impl From<PromptError> for ApiError {
    fn from(error: PromptError) -> Self {
        match &error {
            PromptError::Template { part, .. }
            | PromptError::TooLong { part }
            | PromptError::TooComplex { part } => {
                Self::field(part.as_str(), "template_fails", error.to_string())
            }
            PromptError::Withdrawn => Self::NotFound,
        }
    }
}
