use minijinja::{Error, ErrorKind, Value};
use uuid::Uuid;

use super::place::{LONGEST_TAG, MOST_TAGS, Place, beyond_parsing};
use super::rendering::{FUEL, LONGEST, try_out, used_names};
use super::variables::{UserVariables, for_system, names};
use super::{Part, TemplateParts};
use crate::article::{Passage, RankedPassage, Slug};
use crate::ids::ArticleId;
use crate::ticket::Priority;

/// Why a part of a template is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// The part.
    pub part: Part,
    /// Stable, in snake case.
    pub code: &'static str,
    /// What is wrong, with its line and column.
    pub message: String,
}

impl TemplateParts {
    /// Compiles the parts and renders them for tickets of all kinds, so that what is saved will
    /// render, and at no great cost.
    ///
    /// # Errors
    /// What is wrong with each part.
    pub fn check(&self) -> Result<(), Vec<TemplateProblem>> {
        let problems: Vec<_> = self
            .each()
            .into_iter()
            .flat_map(|(part, source)| problems_of(part, source))
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn problems_of(part: Part, source: &str) -> Vec<TemplateProblem> {
    if let Some(offset) = beyond_parsing(source) {
        let place = Place::of(source, offset);
        return vec![TemplateProblem {
            part,
            code: "template_too_complex",
            message: format!(
                "{place}: there may be {MOST_TAGS} tags of {LONGEST_TAG} words and signs"
            ),
        }];
    }
    let used = match used_names(source) {
        Ok(used) => used,
        Err(error) => return vec![problem_of_error(part, source, &error)],
    };
    let mut strays: Vec<(Place, String)> = used
        .into_iter()
        .filter(|name| names(part).all(|known| known != name))
        .map(|name| (Place::of_name(source, &name), name))
        .collect();
    strays.sort();
    if !strays.is_empty() {
        let problem_of_stray = |(place, name): (Place, String)| problem_of_name(part, place, &name);
        return strays.into_iter().map(problem_of_stray).collect();
    }
    let sample_tickets = samples(part);
    let mut failures = sample_tickets.into_iter().filter_map(|variables| {
        // At twice the price, so that real tickets have some to spare.
        match try_out(source, FUEL / 2, variables) {
            Ok(rendered) if rendered.len() > LONGEST / 2 => {
                Some(too_costly(part, Place::of(source, 0)))
            }
            Ok(_) => None,
            Err(error) => Some(problem_of_error(part, source, &error)),
        }
    });
    failures.next().into_iter().collect()
}

fn problem_of_name(part: Part, place: Place, name: &str) -> TemplateProblem {
    let is_customers = part == Part::System && names(Part::User).any(|known| known == name);
    let (code, message) = if is_customers {
        (
            "customer_variable",
            format!("{place}: `{name}` holds a customer's words, which the system part must not"),
        )
    } else {
        (
            "unknown_variable",
            format!("{place}: the {} part has no `{name}`", part.as_str()),
        )
    };
    TemplateProblem {
        part,
        code,
        message,
    }
}

fn problem_of_error(part: Part, source: &str, error: &Error) -> TemplateProblem {
    let place = Place::of_error(source, error);
    let code = match error.kind() {
        ErrorKind::OutOfFuel => return too_costly(part, place),
        ErrorKind::SyntaxError | ErrorKind::BadEscape => "template_syntax",
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest => "unknown_function",
        _ => "template_fails",
    };
    let message = match error.detail() {
        Some(detail) => format!("{place}: {}: {detail}", error.kind()),
        None => format!("{place}: {}", error.kind()),
    };
    TemplateProblem {
        part,
        code,
        message,
    }
}

fn too_costly(part: Part, place: Place) -> TemplateProblem {
    TemplateProblem {
        part,
        code: "template_too_costly",
        message: format!("{place}: it takes too long or says too much"),
    }
}

/// Variables of tickets of all kinds.
fn samples(part: Part) -> Vec<Value> {
    match part {
        Part::System => system_samples(),
        Part::User => user_samples(),
    }
}

fn system_samples() -> Vec<Value> {
    let passage = |number: u128, is_plain: bool| RankedPassage {
        passage: Passage {
            article_id: ArticleId::from_uuid(Uuid::from_u128(number)),
            slug: Slug::of_id(ArticleId::from_uuid(Uuid::from_u128(number))),
            title: "How refunds work".to_owned(),
            heading: (!is_plain).then(|| "How long they take".to_owned()),
            text: "Refunds take *three* days – {{ 漢字 }} 😀.\n".repeat(60),
            url: (!is_plain).then(|| "https://help.example.com/refunds".to_owned()),
        },
        score: 1.0,
        fits: true,
    };
    let found = [
        vec![],
        vec![passage(1, true)],
        vec![passage(1, false)],
        (1..=8)
            .map(|number| passage(number, number % 2 == 0))
            .collect(),
    ];
    found
        .iter()
        .map(|passages| for_system(passages, "2026-01-31"))
        .collect()
}

fn user_samples() -> Vec<Value> {
    let long = "Where is my parcel, please? 漢字 😀 {{ x }}\n".repeat(250);
    let history = "customer: Hello?\nagent: Hi.\nassistant: It takes *three* days.\n";
    let long_history = history.repeat(400);
    let conversations = [
        ("Refund", "How long?", "", "Refund\n\nHow long?"),
        ("Refund", "How long?", history, "By card too?"),
        ("Rückgabe 😀", &long, &long_history, &long),
    ];
    let mut samples = Vec::new();
    for (ticket_title, ticket_description, message_history, latest_message) in conversations {
        for category in ["", "billing"] {
            for priority in Priority::ALL {
                let variables = UserVariables {
                    ticket_title,
                    ticket_description,
                    message_history,
                    latest_message,
                    category,
                    priority: priority.as_str(),
                };
                samples.push(variables.into());
            }
        }
    }
    samples
}
