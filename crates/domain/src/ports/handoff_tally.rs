use crate::handoff::HandoffReason;

/// Hears of tickets that people took over by themselves.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait HandoffTally: Send + Sync {
    /// The assistant was switched off for a ticket.
    fn handed_off(&self, reason: HandoffReason);
}

/// Nobody counts.
impl HandoffTally for () {
    fn handed_off(&self, _reason: HandoffReason) {}
}
