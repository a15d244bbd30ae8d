use std::collections::{BTreeSet, HashMap};

use domain::article::Synonyms;

use crate::analyzer::{Analyzer, Role, Word};

/// How many words may stand between two of a phrase.
const GAP: usize = 2;

/// What stands for every word that negates.
const NEGATED: &str = "=not";

/// Synonyms, ready to be found in texts.
///
/// A group is a concept. Wherever one of its members stands, in an article or in a question, the
/// concept stands as well, as a term of its own.
#[derive(Debug, Default)]
pub(crate) struct Concepts {
    /// Members as stems, by their first one.
    members: HashMap<String, Vec<Member>>,
    /// The words of members, as they are written.
    spellings: BTreeSet<String>,
}

#[derive(Debug)]
struct Member {
    stems: Vec<String>,
    term: String,
}

/// A place in a text where a concept stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// The first of its words.
    pub(crate) at: usize,
    /// How many words it takes.
    pub(crate) length: usize,
    /// The concept's term, which no word is ever like.
    pub(crate) term: String,
}

impl Concepts {
    pub(crate) fn new(synonyms: &Synonyms, analyzer: &Analyzer) -> Self {
        let mut members: HashMap<String, Vec<Member>> = HashMap::new();
        let mut spellings = BTreeSet::new();
        for (number, group) in synonyms.groups().iter().enumerate() {
            for text in group {
                let words = analyzer.words(text);
                spellings.extend(words.iter().map(|word| word.plain.clone()));
                let stems: Vec<String> = words
                    .iter()
                    .map(|word| of_phrase(word).to_owned())
                    .collect();
                if let Some(first) = stems.first() {
                    members.entry(first.clone()).or_default().push(Member {
                        term: format!("={number}"),
                        stems,
                    });
                }
            }
        }
        Self { members, spellings }
    }

    /// The words of all members, as they are written.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &str> {
        self.spellings.iter().map(String::as_str)
    }

    /// Every mention in a text, in order; of those at one place the longest first.
    pub(crate) fn mentions(&self, words: &[Word]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let mut here: Vec<Mention> = self
                .members
                .get(of_phrase(word))
                .into_iter()
                .flatten()
                .filter_map(|member| {
                    Some(Mention {
                        at,
                        length: length_at(member, words, at)?,
                        term: member.term.clone(),
                    })
                })
                .collect();
            here.sort_by(|a, b| b.length.cmp(&a.length).then_with(|| a.term.cmp(&b.term)));
            here.dedup();
            mentions.append(&mut here);
        }
        mentions
    }
}

/// How many words a member takes here, if it stands here: its own and fillers between them.
fn length_at(member: &Member, words: &[Word], at: usize) -> Option<usize> {
    let mut next = at;
    for (place, stem) in member.stems.iter().enumerate() {
        let gap = if place == 0 { 0 } else { GAP };
        let fillers = words.get(next..)?.iter().take(gap);
        let passed = fillers
            .take_while(|word| word.role == Role::Fills && of_phrase(word) != stem)
            .count();
        next += passed;
        words.get(next).filter(|word| of_phrase(word) == stem)?;
        next += 1;
    }
    Some(next - at)
}

/// What a word is compared by in phrases.
fn of_phrase(word: &Word) -> &str {
    match word.role {
        Role::Negates => NEGATED,
        Role::Tells | Role::Fills => &word.stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::SearchLanguage;

    #[test]
    fn phrases_and_all_forms_of_their_words_are_found() {
        let analyzer = Analyzer::new(SearchLanguage::ENGLISH);
        let groups = [&["log in", "sign in"][..], &["refund", "money back"]];
        let groups = groups.map(|group| group.iter().map(|&text| text.to_owned()).collect());
        let synonyms = Synonyms::parse(groups.to_vec()).unwrap();
        let concepts = Concepts::new(&synonyms, &analyzer);
        let found = |text: &str| -> Vec<(usize, String)> {
            let mentions = concepts.mentions(&analyzer.words(text));
            mentions.into_iter().map(|m| (m.at, m.term)).collect()
        };
        let all = [(0, "=0".to_owned()), (4, "=1".to_owned())];
        assert_eq!(found("Signing in, I want refunds"), all);
        let all = [(2, "=1".to_owned()), (6, "=0".to_owned())];
        assert_eq!(found("I want money back before I logged in"), all);
        assert_eq!(found("Sign up. Money. Back the log!").len(), 1);
        assert_eq!(found("log"), []);
    }

    #[test]
    fn fillers_part_no_phrase_and_all_negations_are_one() {
        let analyzer = Analyzer::new(SearchLanguage::ENGLISH);
        let group = ["send back", "not arrive"].map(str::to_owned).to_vec();
        let concepts = Concepts::new(&Synonyms::parse(vec![group]).unwrap(), &analyzer);
        let lengths = |text: &str| -> Vec<usize> {
            let mentions = concepts.mentions(&analyzer.words(text));
            mentions.into_iter().map(|m| m.length).collect()
        };
        assert_eq!(lengths("I'm sending it all back."), [4]);
        assert_eq!(lengths("It hasn't yet arrived. It never arrives."), [3, 2]);
        assert!(lengths("Send this to them, I'm back; it arrived.").is_empty());
        assert!(lengths("Not any of them have arrived, not").is_empty());
    }
}
