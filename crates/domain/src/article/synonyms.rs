use thiserror::Error;

use crate::text::{TextError, bounded};

/// Words and phrases that a search takes for each other, in groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synonyms {
    groups: Vec<Vec<String>>,
}

/// Why synonyms were refused. Places count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SynonymsError {
    /// There are too many groups.
    #[error("must be at most {} groups", Synonyms::MAX_GROUPS)]
    TooManyGroups,
    /// A group has too few or too many members.
    #[error("must have 2 to {} members", Synonyms::MAX_MEMBERS)]
    GroupSize {
        /// Which group.
        group: usize,
    },
    /// A member is no text.
    #[error("{source}")]
    Member {
        /// Which group.
        group: usize,
        /// Which of its members.
        member: usize,
        /// What is wrong with it.
        source: TextError,
    },
    /// A member has no letter or digit, so that no text ever has it.
    #[error("must have a letter or a digit")]
    NoWord {
        /// Which group.
        group: usize,
        /// Which of its members.
        member: usize,
    },
}

impl Synonyms {
    /// The greatest number of groups.
    pub const MAX_GROUPS: usize = 1_000;
    /// The greatest number of members of a group.
    pub const MAX_MEMBERS: usize = 50;
    /// The greatest length of a member in characters.
    pub const MAX_CHARS: usize = 100;

    /// Accepts groups of two members or more.
    ///
    /// # Errors
    /// [`SynonymsError`] for the first group or member that does not fit.
    pub fn parse(groups: Vec<Vec<String>>) -> Result<Self, SynonymsError> {
        if groups.len() > Self::MAX_GROUPS {
            return Err(SynonymsError::TooManyGroups);
        }
        let checked = groups.into_iter().enumerate().map(|(group, members)| {
            if !(2..=Self::MAX_MEMBERS).contains(&members.len()) {
                return Err(SynonymsError::GroupSize { group });
            }
            let members = members.into_iter().enumerate();
            members
                .map(|(member, text)| check(text, group, member))
                .collect()
        });
        let groups = checked.collect::<Result<_, _>>()?;
        Ok(Self { groups })
    }

    /// The groups.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// The groups, to keep.
    pub fn into_groups(self) -> Vec<Vec<String>> {
        self.groups
    }
}

fn check(text: String, group: usize, member: usize) -> Result<String, SynonymsError> {
    let text = bounded(text, Synonyms::MAX_CHARS).map_err(|source| SynonymsError::Member {
        group,
        member,
        source,
    })?;
    if text.chars().any(char::is_alphanumeric) {
        Ok(text)
    } else {
        Err(SynonymsError::NoWord { group, member })
    }
}
