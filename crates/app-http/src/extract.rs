//! Typed access to requests. What does not fit becomes an [`ApiError`](crate::error::ApiError).

mod body;
mod if_match;
mod query;
mod signed_in;
mod ticket_path;

pub(crate) use self::body::{Form, JsonBody, is_form};
pub(crate) use self::if_match::IfMatch;
pub(crate) use self::query::QueryParameters;
pub(crate) use self::signed_in::{ActingUser, SignedIn};
pub(crate) use self::ticket_path::{MessagePath, ReplyPath, TicketPath};
