use std::sync::Mutex;

use async_trait::async_trait;
use domain::article::RankedPassage;
use domain::ports::{PassageSearch, RepositoryError};

use super::{Outage, locked};

/// Finds the same passages whatever is asked.
#[derive(Debug, Default)]
pub struct FixedPassageSearch {
    found: Vec<RankedPassage>,
    questions: Mutex<Vec<String>>,
    outage: Outage,
}

impl FixedPassageSearch {
    /// Finds these, best first.
    pub fn finding(found: impl IntoIterator<Item = RankedPassage>) -> Self {
        Self {
            found: found.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Finds nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// What was asked, in order.
    pub fn questions(&self) -> Vec<String> {
        locked(&self.questions).clone()
    }

    /// Orders and ends outages of this search.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

#[async_trait]
impl PassageSearch for FixedPassageSearch {
    async fn search(
        &self,
        question: &str,
        max: usize,
    ) -> Result<Vec<RankedPassage>, RepositoryError> {
        self.outage.check()?;
        locked(&self.questions).push(question.to_owned());
        Ok(self.found.iter().take(max).cloned().collect())
    }
}
