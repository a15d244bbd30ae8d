//! Typed access to requests. What does not fit becomes an [`ApiError`](crate::error::ApiError).

mod body;
mod client;
mod if_match;
mod keyed_body;
mod path;
mod query;
mod signed_in;

pub(crate) use self::body::{ARTICLE_LIMIT, Form, JsonBody, is_form};
pub(crate) use self::client::Client;
pub(crate) use self::if_match::IfMatch;
pub(crate) use self::keyed_body::KeyedBody;
pub(crate) use self::path::{
    ArticlePath, MessagePath, ReplyPath, TemplatePath, TicketPath, UserPath,
};
pub(crate) use self::query::{NoParameters, QueryParameters};
pub(crate) use self::signed_in::{ActingUser, CurrentSession, SignedIn};
