//! Everything that handlers may call.

use std::sync::Arc;

use domain::ports::StoreHealth;
use domain::use_cases::{
    Authenticate, ChangeArticle, ChangePassword, ChangeUser, CreateArticle, CreateTicket,
    DeleteArticle, HandOffTicket, IssueStreamToken, ListArticles, ListMessages,
    ListPromptTemplates, ListTickets, ListUsers, LogOut, PreviewPrompt, RateMessage, RenewSession,
    SavePromptTemplate, SearchArticles, SendMessage, SetSynonyms, ShowArticle, ShowProfile,
    ShowPromptTemplate, ShowStatistics, ShowSynonyms, ShowTicket, SignIn, SignUp, UpdateTicket,
    WithdrawPromptTemplate,
};
use reply_engine::{CancelReply, RetryReply, ShowReceipt, ShowReply, StreamByToken, StreamReply};
use tokio_util::sync::CancellationToken;

use crate::access_watch::AccessWatch;

/// The product, wired.
pub(crate) struct UseCases {
    pub(crate) authenticate: Authenticate,
    pub(crate) sign_up: SignUp,
    pub(crate) sign_in: SignIn,
    pub(crate) renew_session: RenewSession,
    pub(crate) log_out: LogOut,
    pub(crate) change_password: ChangePassword,
    pub(crate) list_users: ListUsers,
    pub(crate) change_user: ChangeUser,
    pub(crate) show_statistics: ShowStatistics,
    pub(crate) list_prompt_templates: ListPromptTemplates,
    pub(crate) show_prompt_template: ShowPromptTemplate,
    pub(crate) save_prompt_template: SavePromptTemplate,
    pub(crate) withdraw_prompt_template: WithdrawPromptTemplate,
    pub(crate) preview_prompt: PreviewPrompt,
    pub(crate) show_profile: ShowProfile,
    pub(crate) create_ticket: CreateTicket,
    pub(crate) list_tickets: ListTickets,
    pub(crate) show_ticket: ShowTicket,
    pub(crate) hand_off_ticket: HandOffTicket,
    pub(crate) update_ticket: UpdateTicket,
    pub(crate) send_message: SendMessage,
    pub(crate) list_messages: ListMessages,
    pub(crate) rate_message: RateMessage,
    pub(crate) stream_reply: StreamReply,
    pub(crate) stream_by_token: StreamByToken,
    pub(crate) show_reply: ShowReply,
    pub(crate) show_receipt: ShowReceipt,
    pub(crate) cancel_reply: CancelReply,
    pub(crate) retry_reply: RetryReply,
    pub(crate) issue_stream_token: IssueStreamToken,
    pub(crate) list_articles: ListArticles,
    pub(crate) show_article: ShowArticle,
    pub(crate) search_articles: SearchArticles,
    pub(crate) create_article: CreateArticle,
    pub(crate) change_article: ChangeArticle,
    pub(crate) delete_article: DeleteArticle,
    pub(crate) show_synonyms: ShowSynonyms,
    pub(crate) set_synonyms: SetSynonyms,
    pub(crate) access: AccessWatch,
    pub(crate) readiness: Readiness,
}

/// Whether this process should be sent requests.
pub(crate) struct Readiness {
    pub(crate) store: Arc<dyn StoreHealth>,
    /// Cancelled as soon as the store has everything that this program needs.
    pub(crate) prepared: CancellationToken,
    /// Cancelled as soon as a shutdown begins.
    pub(crate) draining: CancellationToken,
}
