//! Schemas of the fixed words that members have, in the words of the code that writes them.

use std::borrow::Cow;

use domain::article::ArticleOrigin as O;
use domain::handoff::HandoffReason as H;
use domain::message::{Rating as R, Visibility as V};
use domain::ports::ChatRole as C;
use domain::prompt::Part;
use domain::reply;
use domain::ticket::{Priority as P, TicketStatus as S};
use domain::user::Role as U;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::types;

macro_rules! names {
    ($($(#[doc = $doc:literal])* $name:ident: $words:expr;)+) => {$(
        $(#[doc = $doc])*
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words: Vec<&str> = $words;
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .description(Some(concat!($($doc),*).trim()))
                    .enum_values(Some(words))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

names! {
    /// What an account may do.
    Role: vec![U::User.as_str(), U::Agent.as_str(), U::Admin.as_str()];
    /// How much a ticket matters.
    Priority: [P::Low, P::Normal, P::High, P::Urgent].map(P::as_str).to_vec();
    /// Where a ticket is.
    TicketStatus: S::ALL.map(S::as_str).to_vec();
    /// By what tickets are sorted.
    TicketSort: vec!["created_at", "updated_at", "relevance"];
    /// Who wrote a message.
    Author: vec!["customer", "agent", "assistant"];
    /// Whether customers see a message.
    Visibility: [V::Public, V::Internal].map(V::as_str).to_vec();
    /// What a customer thinks of an answer.
    Rating: [R::Up, R::Down].map(R::as_str).to_vec();
    /// A part of a prompt template.
    TemplatePart: [Part::System, Part::User].map(Part::as_str).to_vec();
    /// Whose words a turn of a prompt holds.
    TurnRole: [C::System, C::User, C::Assistant].map(C::as_str).to_vec();
    /// What became of a reply so far.
    ReplyStatus: vec!["queued", "streaming", "completed", "incomplete", "cancelled", "failed"];
    /// Where a help article comes from: the program, the API or a file.
    ArticleOrigin: [O::Sample, O::Written, O::Imported].map(O::as_str).to_vec();
    /// Why the model stopped.
    FinishReason: {
        use reply::FinishReason as F;
        [F::Stop, F::Length, F::ContentFilter, F::Other].map(F::as_str).to_vec()
    };
    /// What cut an answer off.
    IncompleteReason: {
        use reply::IncompleteReason as I;
        [I::MaxOutputTokens, I::ContentFilter].map(I::as_str).to_vec()
    };
    /// Why a reply was cancelled.
    CancelReason: {
        use reply::CancelReason as C;
        [C::User, C::Handoff, C::Superseded, C::Closed, C::Quota].map(C::as_str).to_vec()
    };
    /// On whose side a reply was cancelled.
    CancelledBy: {
        use reply::CancelledBy as C;
        [C::Customer, C::Agent, C::System].map(C::as_str).to_vec()
    };
    /// Why people answer a ticket.
    HandoffReason: H::ALL.map(H::as_str).to_vec();
    /// Why a reply failed.
    FailureCode: {
        use reply::FailureCode as F;
        [
            F::UpstreamRateLimited, F::UpstreamTimeout, F::UpstreamUnavailable,
            F::UpstreamRejected, F::ContextTooLong, F::ContentRefused, F::Interrupted, F::Internal,
        ].map(F::as_str).to_vec()
    };
    /// Why a reply was begun again.
    RestartReason: {
        use reply::RestartReason as R;
        [R::OwnerLost, R::Retry].map(R::as_str).to_vec()
    };
    /// Stable names of problems, each explained at `/problems/{code}`.
    ProblemCode: types::ALL.iter().map(|kind| kind.code).collect();
}
