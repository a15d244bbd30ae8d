use super::words::{PAUSE, is_meant};

/// How wishes are said in a language.
///
/// A pattern is a row of elements between spaces. `a|b` stands for one of these words, `:name` for
/// one of a class, `_` joins what is several words; `?` allows none of it and `*` any number.
/// `~` stands for a few words of any kind. `^` is the beginning of a clause, but for its openers,
/// `$` its end or one of the words with which it may go on, and `.` its end.
pub(super) struct Grammar {
    /// Names and their words.
    pub(super) classes: &'static [(&'static str, &'static str)],
    /// What asks for a person, unless it is negated.
    pub(super) wishes: &'static [&'static str],
    /// What asks for a person by refusing something else.
    pub(super) refusals: &'static [&'static str],
}

/// A language's patterns, ready to be looked for. Its grammar has the classes `open`, `tail`, `fin`,
/// `not`, `subject`, `thought`, `person` and `polite`.
pub(super) struct Phrasebook {
    wishes: Vec<Vec<Element>>,
    refusals: Vec<Vec<Element>>,
    open: Words,
    not: Words,
    subject: Words,
    thought: Words,
    person: Words,
    polite: Words,
}

/// Phrases, one of which is to be said.
type Words = Vec<Vec<&'static str>>;

enum Element {
    Words(Words, Times),
    Anything,
    Beginning,
    End(Words),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    Perhaps,
    Often,
}

/// How many words a negation reaches over.
const REACH_OF_NOT: usize = 3;
/// How many phrases `*`, and how many words `~` stands for at most.
const MANY: usize = 5;

impl Phrasebook {
    pub(super) fn compile(grammar: &Grammar) -> Self {
        let class = |name: &str| words_of(grammar, name);
        let compile = |patterns: &[&'static str]| {
            patterns
                .iter()
                .map(|pattern| {
                    let elements = pattern.split_whitespace();
                    elements.map(|raw| element(grammar, raw)).collect()
                })
                .collect()
        };
        Self {
            wishes: compile(grammar.wishes),
            refusals: compile(grammar.refusals),
            open: class("open"),
            not: class("not"),
            subject: class("subject"),
            thought: class("thought"),
            person: class("person"),
            polite: class("polite"),
        }
    }

    pub(super) fn is_said_in(&self, sentences: &[Vec<String>]) -> bool {
        let is_alone = sentences.len() == 1;
        let last = sentences.len().saturating_sub(1);
        sentences.iter().enumerate().any(|(index, sentence)| {
            let is_outer = index == 0 || index == last;
            self.is_wish(sentence) || (is_outer && self.is_call(sentence, is_alone))
        })
    }

    fn is_wish(&self, sentence: &[String]) -> bool {
        (0..sentence.len()).any(|at| {
            let is_matched = |pattern: &Vec<Element>| self.matches(pattern, sentence, at);
            self.refusals.iter().any(is_matched)
                || (self.wishes.iter().any(is_matched) && !self.is_negated(sentence, at))
        })
    }

    /// Whether a sentence ends in nothing but whom it calls for, such as "a human please". One word
    /// alone must be all that was written: in forms and lists it may mean anything.
    fn is_call(&self, sentence: &[String], is_alone: bool) -> bool {
        let mut clauses = sentence.split(|word| word == PAUSE);
        let is_polite = |clause: &&[String]| is_made_of(clause, &[&self.polite]);
        let Some(last) = clauses.rfind(|clause| !is_polite(clause)) else {
            return false;
        };
        let others = clauses.all(|clause| is_made_of(clause, &[&self.polite, &self.open]));
        let is_whole = is_alone && others;
        (last.len() > 1 || is_whole)
            && !last.iter().any(|word| has(&self.not, word))
            && last.iter().any(|word| has(&self.person, word))
            && is_made_of(last, &[&self.polite, &self.open, &self.person])
    }

    /// "Not" takes back what follows it, but for a new sentence that begins without a pause, such as
    /// "not helpful I want". One that is only thought of is still taken back: "I do not think I need".
    fn is_negated(&self, sentence: &[String], at: usize) -> bool {
        let before = sentence.get(..at).unwrap_or_default();
        let begins = sentence
            .get(at)
            .is_some_and(|word| has(&self.subject, word));
        let is_thought = before.last().is_some_and(|word| has(&self.thought, word));
        let mut reached = before.iter().rev().take(REACH_OF_NOT);
        (!begins || is_thought)
            && reached
                .by_ref()
                .take_while(|word| *word != PAUSE)
                .any(|word| has(&self.not, word))
    }

    fn matches(&self, pattern: &[Element], sentence: &[String], at: usize) -> bool {
        let Some((element, rest)) = pattern.split_first() else {
            return true;
        };
        let here = sentence.get(at..).unwrap_or_default();
        match element {
            Element::Beginning => {
                let before = sentence.get(..at).unwrap_or_default();
                let clause = before.rsplit(|word| word == PAUSE).next();
                is_made_of(clause.unwrap_or_default(), &[&self.open])
                    && self.matches(rest, sentence, at)
            }
            Element::End(tail) => match here {
                [] => true,
                [next, ..] => next == PAUSE || tail.iter().any(|phrase| begins(here, phrase)),
            },
            Element::Anything => (0..=MANY)
                .any(|skipped| here.len() >= skipped && self.matches(rest, sentence, at + skipped)),
            Element::Words(words, times) => self.words(words, *times, rest, (sentence, at)),
        }
    }

    fn words(
        &self,
        words: &Words,
        times: Times,
        rest: &[Element],
        (sentence, at): (&[String], usize),
    ) -> bool {
        let mut ends = vec![at];
        let mut reached = vec![at];
        let most = if times == Times::Often { MANY } else { 1 };
        for _ in 0..most {
            let mut next = Vec::new();
            for end in reached {
                let here = sentence.get(end..).unwrap_or_default();
                // People pause in the middle of a wish.
                let pause = usize::from(here.first().is_some_and(|word| word == PAUSE) && end > at);
                let here = here.get(pause..).unwrap_or_default();
                let fitting = words.iter().filter(|phrase| begins(here, phrase));
                next.extend(fitting.map(|phrase| end + pause + phrase.len()));
            }
            ends.extend(&next);
            reached = next;
        }
        if times == Times::Once {
            ends.remove(0);
        }
        ends.dedup();
        ends.into_iter().any(|end| {
            let is_pause = sentence.get(end).is_some_and(|word| word == PAUSE);
            self.matches(rest, sentence, end)
                || (is_pause && end > at && self.matches(rest, sentence, end + 1))
        })
    }
}

fn is_made_of(clause: &[String], classes: &[&Words]) -> bool {
    clause
        .iter()
        .all(|word| classes.iter().any(|class| has(class, word)))
}

fn has(words: &Words, typed: &str) -> bool {
    words
        .iter()
        .any(|phrase| matches!(phrase.as_slice(), [word] if is_meant(word, typed)))
}

fn begins(sentence: &[String], phrase: &[&str]) -> bool {
    sentence.len() >= phrase.len()
        && phrase
            .iter()
            .zip(sentence)
            .all(|(word, typed)| is_meant(word, typed))
}

fn words_of(grammar: &Grammar, name: &str) -> Words {
    let class = grammar.classes.iter().find(|(known, _)| *known == name);
    let entries = class.map_or("", |(_, entries)| *entries);
    entries
        .split_whitespace()
        .flat_map(|entry| match entry.strip_prefix(':') {
            Some(other) => words_of(grammar, other),
            None => vec![entry.split('_').collect()],
        })
        .collect()
}

fn element(grammar: &Grammar, raw: &'static str) -> Element {
    match raw {
        "^" => Element::Beginning,
        "~" => Element::Anything,
        "$" => Element::End(words_of(grammar, "tail")),
        "." => Element::End(words_of(grammar, "fin")),
        _ => {
            let (body, times) = match (raw.strip_suffix('?'), raw.strip_suffix('*')) {
                (Some(body), _) => (body, Times::Perhaps),
                (_, Some(body)) => (body, Times::Often),
                (None, None) => (raw, Times::Once),
            };
            let words = body
                .split('|')
                .flat_map(|word| match word.strip_prefix(':') {
                    Some(class) => words_of(grammar, class),
                    None => vec![word.split('_').collect()],
                })
                .collect();
            Element::Words(words, times)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{english, french, german, spanish};

    #[test]
    fn grammars_use_only_classes_that_they_have() {
        for grammar in [
            &english::GRAMMAR,
            &german::GRAMMAR,
            &french::GRAMMAR,
            &spanish::GRAMMAR,
        ] {
            let names: Vec<&str> = grammar.classes.iter().map(|(name, _)| *name).collect();
            for needed in [
                "open", "tail", "fin", "not", "subject", "thought", "person", "polite",
            ] {
                assert!(names.contains(&needed), "{needed}");
            }
            let entries = grammar.classes.iter().map(|(_, entries)| entries);
            let used = entries
                .chain(grammar.wishes)
                .chain(grammar.refusals)
                .flat_map(|text| text.split([' ', '|', '\n', '?', '*']))
                .filter_map(|word| word.strip_prefix(':'));
            for class in used {
                assert!(names.contains(&class), "{class}");
            }
        }
    }
}
