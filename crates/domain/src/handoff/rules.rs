use super::HandoffReason;
use super::wish::{Language, wish_for_a_person};
use crate::article::RankedPassage;

/// When a question is handed off before any model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandoffRules {
    /// How many answers of the assistant may go by without a resolution; 0 for any number.
    pub after_turns: u32,
    /// Whether questions that no article answers go to people.
    pub without_sources: bool,
}

impl Default for HandoffRules {
    fn default() -> Self {
        Self {
            after_turns: 6,
            without_sources: false,
        }
    }
}

/// A question, as far as the rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What the customer wrote, in parts: a ticket's first question has a title and a description.
    pub question: &'a [&'a str],
    /// Answers of the assistant since people were here, or since the ticket was resolved.
    pub turns: i32,
    /// Passages of articles that were found for it.
    pub passages: &'a [RankedPassage],
}

/// A handoff that a rule demands, and what the customer is told instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuledHandoff {
    /// Why.
    pub reason: HandoffReason,
    /// The whole text of the reply.
    pub text: &'static str,
}

impl HandoffRules {
    /// What a rule demands; none when the assistant should answer. The customer's own wish comes
    /// first.
    pub fn decide(&self, case: &Case<'_>) -> Option<RuledHandoff> {
        let wish = case
            .question
            .iter()
            .find_map(|part| wish_for_a_person(part));
        if let Some(language) = wish {
            return Some(RuledHandoff {
                reason: HandoffReason::Requested,
                text: granted_wish(language),
            });
        }
        let turns = u32::try_from(case.turns).unwrap_or(0);
        if self.after_turns > 0 && turns >= self.after_turns {
            return Some(RuledHandoff {
                reason: HandoffReason::Turns,
                text: "I have answered several times and this is still not solved, so I am handing \
                       it over to a person from our support team, who will answer you here.",
            });
        }
        if self.without_sources && !case.passages.iter().any(|ranked| ranked.fits) {
            return Some(RuledHandoff {
                reason: HandoffReason::NothingFound,
                text: "I could not find anything about this in our help articles, so I am handing \
                       it over to a person from our support team, who will answer you here.",
            });
        }
        None
    }
}

/// Promises nothing but what handing off does.
const fn granted_wish(language: Language) -> &'static str {
    match language {
        Language::English => {
            "Of course. I am handing this over to a person from our support team, who will answer \
             you here."
        }
        Language::German => {
            "Gern. Ich übergebe Ihr Anliegen an eine Person aus unserem Support-Team, die Ihnen \
             hier antworten wird."
        }
        Language::French => {
            "Bien sûr. Je transmets votre demande à une personne de notre équipe d'assistance, qui \
             vous répondra ici."
        }
        Language::Spanish => {
            "Por supuesto. Paso su consulta a una persona de nuestro equipo de soporte, que le \
             responderá aquí."
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::article::{Passage, Slug};
    use crate::ids::ArticleId;

    fn passage(fits: bool) -> RankedPassage {
        RankedPassage {
            passage: Passage {
                article_id: ArticleId::from_uuid(Uuid::from_u128(1)),
                slug: Slug::of_id(ArticleId::from_uuid(Uuid::from_u128(1))),
                title: "Refunds".to_owned(),
                heading: None,
                text: "Refunds take five days.".to_owned(),
                url: None,
            },
            score: 1.0,
            fits,
        }
    }

    fn decide(rules: HandoffRules, question: &str, turns: i32) -> Option<HandoffReason> {
        let case = Case {
            question: &[question],
            turns,
            passages: &[passage(false)],
        };
        rules.decide(&case).map(|handoff| handoff.reason)
    }

    #[test]
    fn turns_count_up_to_the_limit_and_never_without_one() {
        let rules = HandoffRules {
            after_turns: 3,
            without_sources: false,
        };
        for (turns, reason) in [(0, None), (2, None), (3, Some(HandoffReason::Turns))] {
            assert_eq!(decide(rules, "Why?", turns), reason, "{turns} turns");
        }
        let never = HandoffRules {
            after_turns: 0,
            ..rules
        };
        assert_eq!(decide(never, "Why?", 1_000), None);
    }

    #[test]
    fn questions_without_a_fitting_passage_are_handed_off_where_that_is_wanted() {
        for (without_sources, reason) in [(false, None), (true, Some(HandoffReason::NothingFound))]
        {
            let rules = HandoffRules {
                without_sources,
                ..HandoffRules::default()
            };
            assert_eq!(decide(rules, "Why?", 0), reason);
            let fitting = Case {
                question: &["Why?"],
                turns: 0,
                passages: &[passage(false), passage(true)],
            };
            assert_eq!(rules.decide(&fitting), None);
        }
    }

    #[test]
    fn the_customers_wish_comes_first() {
        let rules = HandoffRules {
            after_turns: 1,
            without_sources: true,
        };
        let reason = decide(rules, "I want to talk to a human", 5);
        assert_eq!(reason, Some(HandoffReason::Requested));
    }

    #[test]
    fn a_wish_is_granted_in_its_language() {
        let texts = [
            "human please",
            "Mensch bitte",
            "un humain svp",
            "un humano por favor",
        ]
        .map(|question| {
            let case = Case {
                question: &["Help", question],
                turns: 0,
                passages: &[],
            };
            HandoffRules::default().decide(&case).unwrap().text
        });
        let firsts = texts.map(|text| text.split_whitespace().next().unwrap());
        assert_eq!(firsts, ["Of", "Gern.", "Bien", "Por"]);
    }
}
