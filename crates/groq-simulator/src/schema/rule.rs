use serde_json::Value;

/// What the value of one property has to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    Any,
    Flag,
    Integer { min: i64 },
    List { max: usize },
    Number { min: f64, max: f64 },
    Object,
    OneOf(&'static [&'static str]),
    Text,
    TextOrList { max: usize },
}

impl Rule {
    pub(super) fn check(self, value: &Value) -> Result<(), String> {
        match (self, value) {
            (Self::Any, _)
            | (Self::Flag, Value::Bool(_))
            | (Self::Object, Value::Object(_))
            | (Self::Text | Self::TextOrList { .. }, Value::String(_)) => Ok(()),
            (Self::Integer { min }, Value::Number(_)) => check_integer(value, min),
            (Self::Number { min, max }, Value::Number(_)) => check_number(value, min, max),
            (Self::List { max } | Self::TextOrList { max }, Value::Array(items)) => {
                if items.len() > max {
                    return Err(format!("maximum number of items is {max}"));
                }
                Ok(())
            }
            (Self::OneOf(allowed), Value::String(text)) => {
                if allowed.contains(&text.as_str()) {
                    return Ok(());
                }
                Err(format!("value must be {}", alternatives(allowed)))
            }
            (Self::Flag, _) => Err(String::from("value must be a boolean")),
            (Self::Integer { .. }, _) => Err(String::from("value must be an integer")),
            (Self::List { .. }, _) => Err(String::from("value must be an array")),
            (Self::Number { .. }, _) => Err(String::from("value must be a number")),
            (Self::Object, _) => Err(String::from("value must be an object")),
            (Self::OneOf(_) | Self::Text, _) => Err(String::from("value must be a string")),
            (Self::TextOrList { .. }, _) => Err(String::from(
                "value must be a string or an array of strings",
            )),
        }
    }
}

/// "`a`, `b` or `c`".
pub(crate) fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The known name a misspelt one was probably meant to be.
pub(super) fn nearest(
    name: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let tolerated = (name.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerated)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's edit distance, one row of the table at a time.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(right.chars()) {
            let substituted = diagonal + usize::from(from != to);
            diagonal = *cell;
            before = substituted.min(before + 1).min(*cell + 1);
            *cell = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

fn check_integer(value: &Value, min: i64) -> Result<(), String> {
    match value.as_i64() {
        Some(number) if number < min => Err(format!("number must be at least {min}")),
        // Beyond `i64` there are only the large unsigned numbers, which are above any minimum.
        None if !value.is_u64() => Err(String::from("value must be an integer")),
        _ => Ok(()),
    }
}

fn check_number(value: &Value, min: f64, max: f64) -> Result<(), String> {
    match value.as_f64() {
        Some(number) if number < min => Err(format!("number must be at least {min}")),
        Some(number) if number > max => Err(format!("number must be at most {max}")),
        _ => Ok(()),
    }
}
