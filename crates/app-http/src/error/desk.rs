//! What goes wrong at the desk: with updates, feedback and receipts.

use domain::use_cases::{RateMessageError, UpdateTicketError};
use reply_engine::ShowReceiptError;

use super::ApiError;

impl From<UpdateTicketError> for ApiError {
    fn from(error: UpdateTicketError) -> Self {
        match error {
            UpdateTicketError::NotFound => Self::NotFound,
            UpdateTicketError::FieldIsForStaff(_) => Self::Forbidden(
                "customers change the title, the priority and the category, and resolve; all else \
                 is for staff",
            ),
            UpdateTicketError::NoSuchAgent => Self::field(
                "assignee_id",
                "invalid_value",
                "must be an agent whose account works",
            ),
            UpdateTicketError::Refused(refusal) => refusal.into(),
            UpdateTicketError::Repository(error) => error.into(),
        }
    }
}

impl From<RateMessageError> for ApiError {
    fn from(error: RateMessageError) -> Self {
        match error {
            RateMessageError::NotFound => Self::NotFound,
            RateMessageError::NotTheOwner => {
                Self::Forbidden("only the ticket's owner rates its answers")
            }
            RateMessageError::NotAnAnswer => Self::NotRateable,
            RateMessageError::Repository(error) => error.into(),
        }
    }
}

impl From<ShowReceiptError> for ApiError {
    fn from(error: ShowReceiptError) -> Self {
        match error {
            ShowReceiptError::NotFound => Self::NotFound,
            ShowReceiptError::ForStaff => Self::Forbidden("only staff see receipts"),
            ShowReceiptError::Repository(error) => error.into(),
        }
    }
}
