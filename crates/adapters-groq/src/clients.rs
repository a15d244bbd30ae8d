use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

/// Cloudflare, in front of Groq, turns some libraries' default names away.
const USER_AGENT: &str = concat!("support-assistant/", env!("CARGO_PKG_VERSION"));

/// How many answers one client has under way. It has one HTTP/2 connection to a host, which takes
/// about a hundred requests at a time (RFC 9113, section 6.5.2); more of them would wait in silence
/// until another answer ends.
const ANSWERS_PER_CLIENT: usize = 100;

/// The HTTP clients of one host: one, unless it is given very much to do.
#[derive(Debug)]
pub(crate) struct Clients {
    recipe: Recipe,
    first: Lane,
    others: Mutex<Vec<Lane>>,
}

/// How each of them is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    pub(crate) connect_timeout: Duration,
    /// Whether a proxy that the environment names is used.
    pub(crate) through_proxy: bool,
}

#[derive(Clone, Debug)]
struct Lane {
    client: Client,
    /// One owner, and another one for each answer under way.
    owners: Arc<()>,
}

/// The use of a client for one answer.
#[derive(Debug)]
pub(crate) struct Seat(Lane);

impl Clients {
    pub(crate) fn new(recipe: Recipe) -> reqwest::Result<Self> {
        Ok(Self {
            recipe,
            first: Lane::new(recipe)?,
            others: Mutex::default(),
        })
    }

    /// A client that has room for an answer.
    pub(crate) fn seat(&self) -> Seat {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if self.first.has_room() {
            return self.first.seat();
        }
        if let Some(lane) = others.iter().find(|lane| lane.has_room()) {
            return lane.seat();
        }
        match Lane::new(self.recipe) {
            Ok(lane) => {
                let seat = lane.seat();
                others.push(lane);
                seat
            }
            Err(error) => {
                tracing::warn!(%error, "there is no further HTTP client, so requests may wait");
                self.first.seat()
            }
        }
    }
}

impl Lane {
    fn new(recipe: Recipe) -> reqwest::Result<Self> {
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            // No total timeout here: it would count the time in which an answer is streamed.
            .connect_timeout(recipe.connect_timeout)
            .redirect(Policy::none());
        if !recipe.through_proxy {
            builder = builder.no_proxy();
        }
        Ok(Self {
            client: builder.build()?,
            owners: Arc::default(),
        })
    }

    fn has_room(&self) -> bool {
        Arc::strong_count(&self.owners) <= ANSWERS_PER_CLIENT
    }

    fn seat(&self) -> Seat {
        Seat(self.clone())
    }
}

impl Seat {
    pub(crate) fn client(&self) -> &Client {
        &self.0.client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_client_is_there_for_what_the_first_has_no_room_for() {
        let recipe = Recipe {
            connect_timeout: Duration::from_secs(1),
            through_proxy: false,
        };
        let clients = Clients::new(recipe).unwrap();
        let is_first = |seat: &Seat| Arc::ptr_eq(&seat.0.owners, &clients.first.owners);

        let mut seats: Vec<Seat> = (0..ANSWERS_PER_CLIENT).map(|_| clients.seat()).collect();
        assert!(seats.iter().all(is_first));
        let further = [clients.seat(), clients.seat()];
        assert!(!further.iter().any(is_first));
        assert!(Arc::ptr_eq(&further[0].0.owners, &further[1].0.owners));

        seats.pop();
        assert!(is_first(&clients.seat()));
    }
}
