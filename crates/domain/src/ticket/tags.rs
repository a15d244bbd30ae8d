use std::collections::BTreeSet;

use thiserror::Error;

use super::is_slug;

/// A slug that staff sort tickets by, such as `refund-2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(String);

/// Why tags were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TagError {
    /// One of them is no slug.
    #[error("must be 1 to {} letters, digits and single hyphens", Tag::MAX_CHARS)]
    NoSlug,
    /// There are too many of them.
    #[error("must be at most {} tags", Tags::MAX)]
    TooMany,
}

impl Tag {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 50;

    /// Accepts a slug, and makes its letters lower-case.
    ///
    /// # Errors
    /// [`TagError::NoSlug`] when it is none.
    pub fn parse(raw: &str) -> Result<Self, TagError> {
        let slug = raw.to_ascii_lowercase();
        if slug.len() <= Self::MAX_CHARS && is_slug(&slug) {
            Ok(Self(slug))
        } else {
            Err(TagError::NoSlug)
        }
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tags of one ticket: each once, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeSet<Tag>);

impl Tags {
    /// The greatest number of tags.
    pub const MAX: usize = 20;

    /// Takes tags in any order; repeated ones count once.
    ///
    /// # Errors
    /// [`TagError::TooMany`] when more than [`Self::MAX`] are left.
    pub fn collect(tags: impl IntoIterator<Item = Tag>) -> Result<Self, TagError> {
        let tags: BTreeSet<Tag> = tags.into_iter().collect();
        if tags.len() <= Self::MAX {
            Ok(Self(tags))
        } else {
            Err(TagError::TooMany)
        }
    }

    /// Takes slugs in any order, as [`Self::collect`] does.
    ///
    /// # Errors
    /// [`TagError`] when one is no slug or there are too many.
    pub fn parse<S: AsRef<str>>(slugs: impl IntoIterator<Item = S>) -> Result<Self, TagError> {
        let tags = slugs.into_iter().map(|slug| Tag::parse(slug.as_ref()));
        Self::collect(tags.collect::<Result<BTreeSet<_>, _>>()?)
    }

    /// The slugs in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Tag::as_str)
    }

    /// Whether the tag is among them.
    pub fn contains(&self, tag: &Tag) -> bool {
        self.0.contains(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_lower_case_sorted_and_unique() {
        let tags = Tags::parse(["vip", "Refund", "VIP", "b-2"]).unwrap();
        assert_eq!(tags.iter().collect::<Vec<_>>(), ["b-2", "refund", "vip"]);
    }

    #[test]
    fn what_is_no_slug_is_refused() {
        let long = "a".repeat(51);
        for raw in ["", "a b", "a--b", "-a", "a-", "ä", "a\0", long.as_str()] {
            assert_eq!(Tag::parse(raw), Err(TagError::NoSlug), "{raw:?}");
        }
        assert!(Tag::parse(&"a".repeat(50)).is_ok());
    }

    #[test]
    fn twenty_tags_are_enough() {
        let slugs = |count: usize| (0..count).map(|n| format!("tag-{n}"));
        assert!(Tags::parse(slugs(20)).is_ok());
        assert_eq!(Tags::parse(slugs(21)), Err(TagError::TooMany));
        assert!(Tags::parse(slugs(20).chain(slugs(20))).is_ok());
    }
}
