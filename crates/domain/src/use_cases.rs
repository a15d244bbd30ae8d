//! What the product does, one struct per thing: the rules of who may do what live here.
//!
//! It must not know who asks over what protocol, which adapter answers, or how errors are told.

mod authenticate;
mod change_article;
mod change_password;
mod change_user;
mod check_access;
mod create_article;
mod create_ticket;
mod create_user;
mod delete_article;
mod hand_off_ticket;
mod idempotency;
mod import_articles;
mod install_sample_articles;
mod issue_stream_token;
mod limit_attempts;
mod list_articles;
mod list_messages;
mod list_prompt_templates;
mod list_tickets;
mod list_users;
mod log_in;
mod log_out;
mod prepare_reply;
mod preview_prompt;
mod prompting;
mod rate_message;
mod renew_session;
mod save_prompt_template;
mod search_articles;
mod send_message;
mod set_synonyms;
mod show_article;
mod show_profile;
mod show_prompt_template;
mod show_statistics;
mod show_synonyms;
mod show_ticket;
mod sign_in;
mod sign_up;
mod sweep;
mod update_ticket;
mod withdraw_prompt_template;

pub use self::authenticate::{Authenticate, AuthenticateError, Authenticated};
pub use self::change_article::{ChangeArticle, ManageArticlesError};
pub use self::change_password::{ChangePassword, ChangePasswordError};
pub use self::change_user::{ChangeUser, ManageUsersError};
pub use self::check_access::{CheckAccess, Reader};
pub use self::create_article::{CreateArticle, NewArticle};
pub use self::create_ticket::{CreateTicket, CreateTicketError};
pub use self::create_user::{CreateUser, CreateUserError};
pub use self::delete_article::DeleteArticle;
pub use self::hand_off_ticket::{HandOffError, HandOffTicket};
pub use self::import_articles::{ImportArticles, ImportedArticle};
pub use self::install_sample_articles::{InstallSampleArticles, SampleArticle, SampleError};
pub use self::issue_stream_token::{IssueStreamToken, IssueStreamTokenError};
pub use self::limit_attempts::{Attempt, AttemptError, AttemptLimits, LimitAttempts};
pub use self::list_articles::ListArticles;
pub use self::list_messages::ListMessages;
pub use self::list_prompt_templates::ListPromptTemplates;
pub use self::list_tickets::{ListTickets, ListTicketsError};
pub use self::list_users::ListUsers;
pub use self::log_in::{LogIn, LogInError, LogInParts, TokenPair};
pub use self::log_out::LogOut;
pub use self::prepare_reply::{Brief, BrokenTemplate, PrepareReply, PrepareReplyError};
pub use self::preview_prompt::{Preview, PreviewPrompt, PromptDraft};
pub use self::prompting::Prompting;
pub use self::rate_message::{RateMessage, RateMessageError};
pub use self::renew_session::{RenewSession, RenewSessionError};
pub use self::save_prompt_template::{ManageTemplatesError, SavePromptTemplate};
pub use self::search_articles::SearchArticles;
pub use self::send_message::{Draft, SendMessage, SendMessageError, SendMessageParts};
pub use self::set_synonyms::SetSynonyms;
pub use self::show_article::{ShowArticle, ShowArticleError};
pub use self::show_profile::ShowProfile;
pub use self::show_prompt_template::ShowPromptTemplate;
pub use self::show_statistics::{ShowStatistics, ShowStatisticsError};
pub use self::show_synonyms::{ShowSynonyms, SynonymsInUse};
pub use self::show_ticket::ShowTicket;
pub use self::sign_in::{SignIn, SignInError};
pub use self::sign_up::{SignUp, SignUpError};
pub use self::sweep::{Sweep, SweepParts, Swept};
pub use self::update_ticket::{UpdateTicket, UpdateTicketError};
pub use self::withdraw_prompt_template::WithdrawPromptTemplate;

use thiserror::Error;

use crate::ids::TicketId;
use crate::message::Audience;
use crate::ports::{RepositoryError, TicketRepository};
use crate::ticket::Ticket;
use crate::user::Actor;

/// Why something of a ticket is not shown.
#[derive(Debug, Error)]
pub enum AccessError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// The ticket, if the actor may see it.
///
/// # Errors
/// [`AccessError::NotFound`] for a missing ticket and for another customer's alike.
pub async fn find_visible_ticket(
    tickets: &dyn TicketRepository,
    actor: Actor,
    id: TicketId,
) -> Result<Ticket, AccessError> {
    tickets
        .find(id)
        .await?
        .filter(|ticket| actor.may_see(ticket.user_id))
        .ok_or(AccessError::NotFound)
}

/// For whose eyes the actor reads this ticket. Staff are customers on their own tickets only in
/// what they write; they still see its notes.
fn audience_of(actor: Actor) -> Audience {
    if actor.role.is_staff() {
        Audience::Staff
    } else {
        Audience::Customer
    }
}
