//! The same figures again when there is more of everything.

mod replies;
mod tickets;

pub(crate) use self::replies::{LongReplies, Replay};
pub(crate) use self::tickets::Crowd;

use crate::plan::Plan;
use crate::world::{Program, Store};

/// How cost grows on one database.
pub(crate) struct Growth {
    pub(crate) store: &'static str,
    /// By tickets, of one user and of all.
    pub(crate) crowds: Vec<Crowd>,
    pub(crate) everywhere: tickets::Everywhere,
    /// By the length of replies.
    pub(crate) replies: Vec<LongReplies>,
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
) -> anyhow::Result<Growth> {
    let replies = replies::measure(&plan.growth, program, store).await?;
    let (crowds, everywhere) = tickets::measure(plan, program, store).await?;
    Ok(Growth {
        store: store.name(),
        crowds,
        everywhere,
        replies,
    })
}
