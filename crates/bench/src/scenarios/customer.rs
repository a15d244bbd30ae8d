use std::net::SocketAddr;

use anyhow::Context as _;
use serde_json::Value;

use super::endpoint::Endpoint;
use crate::client::request;
use crate::load::Load;
use crate::world::{Account, Cluster, Pgbench, message, ticket};

/// Tickets on a page.
pub(crate) const PAGE: usize = 50;

/// A word of every ticket that customers open here.
const WORD: &str = "password";

/// Who asks, and for what, over so many connections.
pub(super) struct Customer {
    pub(super) account: Account,
    /// For whoever lists tickets; the first one has messages.
    tickets: Vec<String>,
    connections: usize,
    /// Somebody else, whose tickets are written into.
    writer: Option<Writer>,
}

struct Writer {
    account: Account,
    /// One for each connection.
    tickets: Vec<String>,
}

impl Customer {
    pub(super) async fn create(
        address: SocketAddr,
        tickets: usize,
        messages: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let account = Account::create(address).await?;
        let tickets = account.open_tickets(tickets).await?;
        let first = tickets.first().context("no ticket")?;
        account.write(first, messages).await?;
        Ok(Self {
            account,
            tickets,
            connections,
            writer: None,
        })
    }

    /// With somebody who writes, so that the own tickets stay as they are.
    pub(super) async fn and_writer(self, address: SocketAddr) -> anyhow::Result<Self> {
        let account = Account::create(address).await?;
        let tickets = account.open_tickets(self.connections).await?;
        let writer = Some(Writer { account, tickets });
        Ok(Self { writer, ..self })
    }

    /// The same request over and over on every connection; messages go into a ticket for each.
    pub(super) fn load(&self, address: SocketAddr, endpoint: Endpoint) -> anyhow::Result<Load> {
        let get = |path: &str| request("GET", path, &self.account.token, None);
        let requests = match endpoint {
            Endpoint::ListTickets => vec![get(&format!("/tickets?limit={PAGE}"))],
            Endpoint::GetTicket => vec![get(&format!("/tickets/{}", self.ticket()?))],
            Endpoint::SearchOwn | Endpoint::SearchAll => vec![get(&search(WORD))],
            Endpoint::CreateTicket => vec![self.writer()?.post("/tickets", &ticket())],
            Endpoint::CreateMessage => {
                let writer = self.writer()?;
                let paths = writer.tickets.iter();
                let paths = paths.map(|id| format!("/tickets/{id}/messages"));
                paths.map(|path| writer.post(&path, &message())).collect()
            }
            Endpoint::Login => {
                let credentials = self.account.credentials().to_string();
                vec![request("POST", "/auth/login", "", Some(&credentials))]
            }
        };
        let requests = requests.into_iter().cycle().take(self.connections);
        Ok(Load {
            addresses: vec![address],
            requests: requests.collect(),
            status: endpoint.status(),
        })
    }

    pub(super) fn pgbench<'a>(&'a self, cluster: &'a Cluster) -> anyhow::Result<Pgbench<'a>> {
        Ok(Pgbench {
            cluster,
            email: &self.account.email,
            ticket: self.ticket()?,
            written: self.writer.as_ref().map_or(&[], |writer| &writer.tickets),
        })
    }

    fn writer(&self) -> anyhow::Result<&Writer> {
        self.writer.as_ref().context("nobody writes")
    }

    fn ticket(&self) -> anyhow::Result<&str> {
        Ok(self.tickets.first().context("no ticket")?)
    }
}

impl Writer {
    fn post(&self, path: &str, body: &Value) -> Vec<u8> {
        request("POST", path, &self.account.token, Some(&body.to_string()))
    }
}

/// The path of a search for one word.
pub(super) fn search(word: &str) -> String {
    format!("/tickets?limit={PAGE}&q={word}")
}
