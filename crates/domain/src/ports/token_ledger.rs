use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, Utc};

use super::RepositoryError;
use crate::ids::{ReplyId, UserId};

/// How many tokens may be spent on a day, by UTC; none for any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenQuotas {
    /// On the questions of one customer.
    pub per_user: Option<u64>,
    /// On everybody's.
    pub overall: Option<u64>,
}

/// What was spent on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpentTokens {
    /// On the customer's questions.
    pub by_user: u64,
    /// On everybody's.
    pub overall: u64,
}

impl TokenQuotas {
    /// Whether there is a quota at all.
    pub const fn are_set(self) -> bool {
        self.per_user.is_some() || self.overall.is_some()
    }

    /// Whether something may be spent yet. The last answer of a day may exceed a quota, since
    /// nobody knows beforehand what it will cost.
    pub fn leave_room(self, spent: SpentTokens) -> bool {
        let has_room = |quota: Option<u64>, spent| quota.is_none_or(|quota| spent < quota);
        has_room(self.per_user, spent.by_user) && has_room(self.overall, spent.overall)
    }
}

/// An attempt at a reply that is about to cost tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spending {
    /// The reply.
    pub reply_id: ReplyId,
    /// The attempt.
    pub attempt: i32,
    /// On whose question.
    pub user_id: UserId,
    /// How many at least, by [`estimated_tokens_of`](crate::prompt::estimated_tokens_of): those of
    /// the prompt.
    pub tokens: u64,
    /// The present time.
    pub at: DateTime<Utc>,
}

impl Spending {
    /// When the day began on which it counts.
    pub fn day(&self) -> DateTime<Utc> {
        self.at.date_naive().and_time(NaiveTime::MIN).and_utc()
    }
}

/// Keeps account of the tokens of a day.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait TokenLedger: Send + Sync {
    /// Enters a spending unless a quota of its day is used up, and says whether it may be made.
    ///
    /// What is refused MUST leave nothing behind, and an attempt that is entered again MUST count
    /// once. Spendings at the same time MAY all be granted by what is left: quotas are exact up to
    /// what runs. At the end of the attempt, however it comes, the estimate MUST give way to what
    /// the model told; without that the text counts in addition, by
    /// [`estimated_tokens`](crate::prompt::estimated_tokens).
    ///
    /// # Errors
    /// [`RepositoryError`] when the store fails.
    async fn spend(&self, spending: Spending, quotas: TokenQuotas)
    -> Result<bool, RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_used_up_once_it_is_reached() {
        let quotas = TokenQuotas {
            per_user: Some(10),
            overall: Some(100),
        };
        for (by_user, overall, has_room) in [
            (9, 99, true),
            (10, 50, false),
            (0, 100, false),
            (11, 101, false),
        ] {
            assert_eq!(
                quotas.leave_room(SpentTokens { by_user, overall }),
                has_room
            );
        }
        let spent = SpentTokens {
            by_user: u64::MAX,
            overall: u64::MAX,
        };
        assert!(TokenQuotas::default().leave_room(spent));
    }
}
