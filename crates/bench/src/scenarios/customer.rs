use std::net::SocketAddr;

use anyhow::Context as _;

use super::endpoint::Endpoint;
use crate::client::request;
use crate::load::Load;
use crate::world::{Account, Cluster, Pgbench, message, ticket};

/// Tickets on a page.
pub(crate) const PAGE: usize = 50;

/// A word of every ticket that customers open here.
const WORD: &str = "password";

/// Who asks, and for what.
pub(super) struct Customer {
    pub(super) account: Account,
    /// For whoever lists tickets; the first one has messages.
    tickets: Vec<String>,
    /// Whose tickets are written into, one for each connection.
    writer: Account,
    written: Vec<String>,
}

impl Customer {
    pub(super) async fn create(
        address: SocketAddr,
        tickets: usize,
        messages: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let (account, writer) =
            tokio::try_join!(Account::create(address), Account::create(address))?;
        let tickets = account.open_tickets(tickets).await?;
        let first = tickets.first().context("no ticket")?;
        account.write(first, messages).await?;
        let written = writer.open_tickets(connections).await?;
        Ok(Self {
            account,
            tickets,
            writer,
            written,
        })
    }

    /// The same request over and over, on as many connections as there are tickets to write into.
    pub(super) fn load(&self, address: SocketAddr, endpoint: Endpoint) -> anyhow::Result<Load> {
        let get = |path: &str| request("GET", path, &self.account.token, None);
        let post =
            |path: &str, body: String| request("POST", path, &self.writer.token, Some(&body));
        let one = match endpoint {
            Endpoint::ListTickets => get(&format!("/tickets?limit={PAGE}")),
            Endpoint::GetTicket => get(&format!("/tickets/{}", self.ticket()?)),
            Endpoint::SearchOwn | Endpoint::SearchAll => get(&search(WORD)),
            Endpoint::CreateTicket => post("/tickets", ticket().to_string()),
            Endpoint::Login => post("/auth/login", self.account.credentials().to_string()),
            Endpoint::CreateMessage => {
                let paths = self.written.iter();
                let paths = paths.map(|id| format!("/tickets/{id}/messages"));
                return Ok(Load {
                    addresses: vec![address],
                    requests: paths
                        .map(|path| post(&path, message().to_string()))
                        .collect(),
                    status: endpoint.status(),
                });
            }
        };
        Ok(Load {
            addresses: vec![address],
            requests: vec![one; self.written.len()],
            status: endpoint.status(),
        })
    }

    pub(super) fn pgbench<'a>(&'a self, cluster: &'a Cluster) -> anyhow::Result<Pgbench<'a>> {
        Ok(Pgbench {
            cluster,
            email: &self.account.email,
            ticket: self.ticket()?,
            written: &self.written,
        })
    }

    fn ticket(&self) -> anyhow::Result<&str> {
        Ok(self.tickets.first().context("no ticket")?)
    }
}

/// The path of a search for one word.
pub(super) fn search(word: &str) -> String {
    format!("/tickets?limit={PAGE}&q={word}")
}
