use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::time::timeout;

use crate::client::{Connection, request};
use crate::plan::Plan;
use crate::scenarios::answers::Answers;
use crate::scenarios::customer::{Customer, search};
use crate::scenarios::endpoint::Endpoint;
use crate::world::{Program, Server, Store};

/// A word that is in the title of every 2 000th filled ticket, and one that is in that of each.
const RARE: &str = "p17";
const FREQUENT: &str = "parcel";

/// How long an answer is waited for.
const DEADLINE: Duration = Duration::from_secs(30);

/// One kind of request among so many tickets.
pub(crate) struct Crowd {
    pub(crate) endpoint: Endpoint,
    /// Tickets of whoever asks, where they matter.
    pub(crate) own: Option<usize>,
    /// Tickets of everybody else.
    pub(crate) others: u32,
    pub(crate) answers: Answers,
    /// How often pgbench ran the same statements in a second.
    pub(crate) pgbench: Option<f64>,
}

/// What the staff's search for a word got that is in every ticket of others.
pub(crate) struct Everywhere {
    pub(crate) others: u32,
    /// None when there was no answer in time.
    pub(crate) status: Option<u16>,
    pub(crate) took: Duration,
}

struct Cast {
    /// With their numbers of tickets.
    customers: Vec<(usize, Customer)>,
    staff: Customer,
}

pub(super) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<(Vec<Crowd>, Everywhere)> {
    let server = Server::start(program, store, None).await?;
    let mut customers = Vec::new();
    for own in plan.growth.own {
        let customer = Customer::create(server.address, own, plan.messages, plan.connections);
        let mut customer = customer.await?;
        if customers.is_empty() {
            customer = customer.and_writer(server.address).await?;
        }
        customers.push((own, customer));
    }
    let staff = Customer::create(server.address, 1, 1, plan.growth.staff).await?;
    store.promote(&staff.account.email)?;
    let cast = Cast { customers, staff };
    if let Some(cluster) = store.cluster() {
        cluster.execute("vacuum analyze")?;
    }
    let mut crowds = among(plan, &server, store, &cast, 0).await?;
    drop(server);

    let others = plan.growth.tickets;
    let begun = Instant::now();
    store.fill(others)?;
    crate::say(&format!(
        "{others} more tickets in {}: {:.0?}",
        store.name(),
        begun.elapsed()
    ));
    let server = Server::start(program, store, None).await?;
    // What was filled in counts only if it is like what requests write.
    let (status, body, _) = ask(&server, &cast.staff, RARE).await?;
    ensure!(
        status == Some(200) && body.contains(RARE),
        "what was filled is not found: {status:?}"
    );
    crowds.extend(among(plan, &server, store, &cast, others).await?);
    let (status, _, took) = ask(&server, &cast.staff, FREQUENT).await?;
    let everywhere = Everywhere {
        others,
        status,
        took,
    };
    Ok((crowds, everywhere))
}

async fn among(
    plan: &Plan,
    server: &Server,
    store: &Store,
    cast: &Cast,
    others: u32,
) -> anyhow::Result<Vec<Crowd>> {
    let mut cases = Vec::new();
    for endpoint in [
        Endpoint::ListTickets,
        Endpoint::GetTicket,
        Endpoint::SearchOwn,
    ] {
        let customers = cast.customers.iter();
        cases.extend(customers.map(|(own, customer)| (endpoint, Some(*own), customer)));
    }
    for endpoint in [Endpoint::CreateTicket, Endpoint::CreateMessage] {
        cases.extend(cast.customers.first().map(|(_, who)| (endpoint, None, who)));
    }
    cases.push((Endpoint::SearchAll, None, &cast.staff));

    let mut crowds = Vec::new();
    for (endpoint, own, customer) in cases {
        let load = customer.load(server.address, endpoint)?;
        let answers = Answers::measure(|| server.cpu(), &load, plan.growth.load).await?;
        let limited = store.cluster().zip(endpoint.script());
        let pgbench = match limited.filter(|_| others > 0) {
            Some((cluster, script)) => {
                Some(customer.pgbench(cluster)?.run(script, plan.growth.load)?)
            }
            None => None,
        };
        crowds.push(Crowd {
            endpoint,
            own,
            others,
            answers,
            pgbench,
        });
    }
    Ok(crowds)
}

/// One search, by itself.
async fn ask(
    server: &Server,
    staff: &Customer,
    word: &str,
) -> anyhow::Result<(Option<u16>, String, Duration)> {
    let request = request("GET", &search(word), &staff.account.token, None);
    let mut connection = Connection::open(server.address).await?;
    let begun = Instant::now();
    let Ok(answer) = timeout(DEADLINE, connection.exchange(&request)).await else {
        return Ok((None, String::new(), begun.elapsed()));
    };
    let (status, body) = answer?;
    let body = String::from_utf8_lossy(body).into_owned();
    Ok((Some(status), body, begun.elapsed()))
}
