use crate::world::Script;

/// What is asked for over and over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Endpoint {
    ListTickets,
    GetTicket,
    /// A customer's search among the own tickets.
    SearchOwn,
    /// The staff's search among all.
    SearchAll,
    CreateTicket,
    CreateMessage,
    Login,
}

impl Endpoint {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ListTickets => "GET /tickets",
            Self::GetTicket => "GET /tickets/{id}",
            Self::SearchOwn => "GET /tickets?q=… of a customer",
            Self::SearchAll => "GET /tickets?q=… of the staff",
            Self::CreateTicket => "POST /tickets",
            Self::CreateMessage => "POST /tickets/{id}/messages",
            Self::Login => "POST /auth/login",
        }
    }

    /// The same for the database alone. Of a sign-in, most is no statement.
    pub(super) const fn script(self) -> Option<Script> {
        match self {
            Self::ListTickets => Some(Script::ListTickets),
            Self::GetTicket => Some(Script::GetTicket),
            Self::SearchOwn => Some(Script::SearchOwn),
            Self::SearchAll => Some(Script::SearchAll),
            Self::CreateTicket => Some(Script::CreateTicket),
            Self::CreateMessage => Some(Script::CreateMessage),
            Self::Login => None,
        }
    }

    pub(super) const fn status(self) -> u16 {
        match self {
            Self::CreateTicket | Self::CreateMessage => 201,
            Self::ListTickets
            | Self::GetTicket
            | Self::SearchOwn
            | Self::SearchAll
            | Self::Login => 200,
        }
    }
}
