use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::{ConfigErrors, ConfigProblem};

/// Reads settings one by one and remembers what is wrong with them.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<ConfigProblem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    pub(super) fn complain(&mut self, name: &'static str, expected: impl Into<String>) {
        self.problems.push(ConfigProblem {
            name,
            expected: expected.into(),
        });
    }

    pub(super) fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn text(&self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    /// Values between commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let values = self.optional(name).unwrap_or_default();
        let values = values.split(',').map(str::trim);
        values
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The value; the default when there is none, or none that parses.
    pub(super) fn parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        default: T,
        expected: &str,
    ) -> T {
        match self.optional(name).map(|value| value.trim().parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                self.complain(name, expected);
                default
            }
        }
    }

    pub(super) fn number(
        &mut self,
        name: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> u32 {
        let expected = format!(
            "must be a whole number from {} to {}",
            range.start(),
            range.end()
        );
        let value = self.parsed(name, default, &expected);
        if range.contains(&value) {
            return value;
        }
        self.complain(name, expected);
        default
    }

    /// A number that may be left to something else.
    pub(super) fn optional_number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let lowest = *range.start();
        self.optional(name)
            .is_some()
            .then(|| self.number(name, lowest, range))
    }

    pub(super) fn seconds(
        &mut self,
        name: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> Duration {
        Duration::from_secs(self.number(name, default, range).into())
    }

    /// The choice of that name, or the default.
    pub(super) fn one_of<T: Clone>(
        &mut self,
        name: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> T {
        let Some(wanted) = self.optional(name) else {
            return default;
        };
        if let Some((_, value)) = choices.iter().find(|(choice, _)| *choice == wanted.trim()) {
            return value.clone();
        }
        let names: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
        self.complain(name, format!("must be one of {}", names.join(", ")));
        default
    }

    pub(super) fn finish<T>(self, config: T) -> Result<T, ConfigErrors> {
        if self.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigErrors(self.problems))
        }
    }
}
