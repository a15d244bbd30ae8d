use minijinja::{Value, context};

use super::Part;
use crate::article::RankedPassage;

/// Something that a part of a template may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The part that may use it.
    pub part: Part,
    /// Its name; members of a list's items are written `list[].member`.
    pub name: &'static str,
    /// `string`, `integer` or `list`.
    pub kind: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// A value that it may have.
    pub example: &'static str,
}

const fn variable(
    part: Part,
    (name, kind): (&'static str, &'static str),
    description: &'static str,
    example: &'static str,
) -> Variable {
    Variable {
        part,
        name,
        kind,
        description,
        example,
    }
}

/// Everything that templates may use. No customer's word is among what the system part may.
pub const VARIABLES: [Variable; 13] = [
    variable(
        Part::System,
        ("today", "string"),
        "the date, in UTC",
        "2026-01-31",
    ),
    variable(
        Part::System,
        ("sources", "list"),
        "the passages of help articles that have most in common with the question, the best first; \
         may be empty",
        "",
    ),
    variable(
        Part::System,
        ("sources[].number", "integer"),
        "its number, from 1, by which the answer may name it",
        "1",
    ),
    variable(
        Part::System,
        ("sources[].title", "string"),
        "the article's title",
        "Refunds",
    ),
    variable(
        Part::System,
        ("sources[].heading", "string"),
        "the heading above the passage; empty when there is none",
        "How long refunds take",
    ),
    variable(
        Part::System,
        ("sources[].text", "string"),
        "the passage, in Markdown",
        "Refunds take three days.",
    ),
    variable(
        Part::System,
        ("sources[].url", "string"),
        "where people read the article; empty when that is not known",
        "https://help.example.com/refunds",
    ),
    variable(
        Part::User,
        ("latest_message", "string"),
        "the message to answer; the ticket's title and description while there is none",
        "By card too?",
    ),
    variable(
        Part::User,
        ("message_history", "string"),
        "the messages before it, oldest first, with further lines of a message indented; empty \
         without any. They are turns of the prompt anyway",
        "customer: How long does it take?\nassistant: Three days.\n",
    ),
    variable(
        Part::User,
        ("ticket_title", "string"),
        "the ticket's title",
        "Refund",
    ),
    variable(
        Part::User,
        ("ticket_description", "string"),
        "what the customer wrote when opening the ticket",
        "I sent my order back. When do I get my money?",
    ),
    variable(
        Part::User,
        ("category", "string"),
        "the ticket's category; empty without one",
        "billing",
    ),
    variable(
        Part::User,
        ("priority", "string"),
        "`low`, `normal`, `high` or `urgent`",
        "normal",
    ),
];

/// The names that a part may use.
pub(super) fn names(part: Part) -> impl Iterator<Item = &'static str> {
    let known = VARIABLES.iter().filter(move |known| known.part == part);
    known
        .map(|known| known.name)
        .filter(|name| !name.contains('['))
}

/// What the system part is rendered with.
pub(super) fn for_system(passages: &[RankedPassage], today: &str) -> Value {
    let sources: Vec<Value> = (1..)
        .zip(passages)
        .map(|(number, ranked): (u32, _)| {
            let passage = &ranked.passage;
            context! {
                number,
                title => passage.title.as_str(),
                heading => passage.heading.as_deref().unwrap_or_default(),
                text => passage.text.as_str(),
                url => passage.url.as_deref().unwrap_or_default(),
            }
        })
        .collect();
    context! { sources, today }
}

/// What the user part is rendered with.
#[derive(Clone, Copy, Debug)]
pub(super) struct UserVariables<'a> {
    pub(super) ticket_title: &'a str,
    pub(super) ticket_description: &'a str,
    pub(super) message_history: &'a str,
    pub(super) latest_message: &'a str,
    pub(super) category: &'a str,
    pub(super) priority: &'a str,
}

impl From<UserVariables<'_>> for Value {
    fn from(variables: UserVariables<'_>) -> Self {
        let UserVariables {
            ticket_title,
            ticket_description,
            message_history,
            latest_message,
            category,
            priority,
        } = variables;
        context! {
            ticket_title,
            ticket_description,
            message_history,
            latest_message,
            category,
            priority,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[track_caller]
    fn assert_holds(context: &Value, part: Part) {
        let given: BTreeSet<String> = context
            .try_iter()
            .unwrap()
            .map(|name| name.to_string())
            .collect();
        let told: BTreeSet<String> = names(part).map(str::to_owned).collect();
        assert_eq!(given, told);
    }

    #[test]
    fn every_variable_is_documented_and_every_documented_one_is_there() {
        assert_holds(&for_system(&[], "2026-01-31"), Part::System);
        let user = UserVariables {
            ticket_title: "",
            ticket_description: "",
            message_history: "",
            latest_message: "",
            category: "",
            priority: "",
        };
        assert_holds(&user.into(), Part::User);
    }
}
