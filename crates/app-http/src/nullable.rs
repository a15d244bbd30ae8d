//! Members of a body that may be missing: `null` is a value of some, and wrong for others.

use domain::ticket::Setting;
use serde::{Deserialize, Deserializer};

/// A member that may be missing, null, or a value.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Nullable<T> {
    #[default]
    Missing,
    Null,
    Value(T),
}

impl<T> Nullable<T> {
    /// What is wanted of the field, once its value is parsed.
    pub(crate) fn try_into_setting<U, E>(
        self,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Setting<U>, E> {
        match self {
            Self::Missing => Ok(Setting::Keep),
            Self::Null => Ok(Setting::Clear),
            Self::Value(value) => parse(value).map(Setting::Set),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Null, Self::Value))
    }
}

/// For members that may be missing but not null, with `#[serde(default, deserialize_with = …)]`.
pub(crate) fn not_null<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
