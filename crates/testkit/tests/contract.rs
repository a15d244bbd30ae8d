//! The fakes keep the same promises as the databases.

use std::sync::Arc;

use testkit::contract::{
    ArticleStores, IdempotencyStores, PromptTemplateStores, ThrottleStores, TicketStores,
    UserStores,
};
use testkit::fakes::{
    InMemoryAccounts, InMemoryArticleRepository, InMemoryPromptTemplates, InMemoryThrottle,
    InMemoryTickets,
};

fn user_stores() -> UserStores {
    let accounts = Arc::new(InMemoryAccounts::default());
    UserStores {
        users: accounts.clone(),
        sessions: accounts,
        keep: Box::new(()),
    }
}

fn ticket_stores() -> TicketStores {
    tickets_in(Arc::new(InMemoryTickets::default()))
}

fn idempotency_stores() -> IdempotencyStores {
    let tickets = Arc::new(InMemoryTickets::default());
    IdempotencyStores {
        around: tickets_in(tickets.clone()),
        keyed: tickets,
    }
}

fn tickets_in(tickets: Arc<InMemoryTickets>) -> TicketStores {
    TicketStores {
        users: Arc::new(InMemoryAccounts::default()),
        tickets: tickets.clone(),
        messages: tickets,
        keep: Box::new(()),
    }
}

fn article_stores() -> ArticleStores {
    let articles = Arc::new(InMemoryArticleRepository::default());
    ArticleStores {
        articles: articles.clone(),
        knowledge: articles,
        keep: Box::new(()),
    }
}

fn prompt_template_stores() -> PromptTemplateStores {
    PromptTemplateStores {
        templates: Arc::new(InMemoryPromptTemplates::default()),
        keep: Box::new(()),
    }
}

fn throttle_stores() -> ThrottleStores {
    ThrottleStores {
        throttle: Arc::new(InMemoryThrottle::default()),
        keep: Box::new(()),
    }
}

mod users {
    testkit::user_repository_contract!(super::user_stores());
}

mod sessions {
    testkit::session_repository_contract!(super::user_stores());
}

mod tickets {
    testkit::ticket_repository_contract!(super::ticket_stores());
}

mod idempotency {
    testkit::idempotency_store_contract!(super::idempotency_stores());
}

mod messages {
    testkit::message_repository_contract!(super::ticket_stores());
}

mod throttles {
    testkit::throttle_contract!(super::throttle_stores());
}

mod prompt_templates {
    testkit::prompt_template_repository_contract!(super::prompt_template_stores());
}

mod articles {
    testkit::article_repository_contract!(super::article_stores());
}
