use crate::analyzer::Word;

/// How a sentence stands to what its writer wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mood {
    /// It tells a story.
    #[default]
    Tells,
    /// It says what is wished for, or not known.
    Wishes,
    /// It asks.
    Asks,
}

/// Words that begin a question, with or without its mark.
const QUESTION_WORDS: &str = " how what when where which who why ";
/// Verbs that come first, or before the one who acts, only where something is asked.
const VERBS: &str = " can could may do does did is are will would should shall have has am must ";
/// Those who act.
const PERSONS: &str = " i you we they he she there ";
/// What is asked for with "how".
const MEASURES: &str = " long much many far often soon old late high big do does can to ";
/// Words that nothing is asked without: they may come first.
const BEFORE_OPENINGS: &str = " and or but so then now hi hello hey please also well ok okay ";
/// What is said before a question that has no mark, or instead of one.
const WISHES: [&str; 20] = [
    "please tell",
    "tell me",
    "let me know",
    "need to know",
    "like to know",
    "want to know",
    "the question is",
    "my question",
    "i ask",
    "asks if",
    "asks whether",
    "wonder",
    "whether",
    "dont know",
    "dont understand",
    "not sure",
    "i want",
    "i need",
    "like to",
    "i wish",
];

/// The sentences of a text, each with what follows it up to the next.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut rest = text;
    let mut searched = 0;
    while let Some(found) = rest.get(searched..).and_then(|t| t.find(ENDS)) {
        let end = searched + found;
        let mark = rest.get(end..).and_then(|t| t.chars().next());
        let after = end + mark.map_or(1, char::len_utf8);
        let next = rest.get(after..).and_then(|t| t.chars().next());
        // Not within "9.9 %", "help.example", or "?!".
        let parts =
            mark == Some('\n') || next.is_none_or(|c| !c.is_alphanumeric() && !ENDS.contains(&c));
        if parts {
            let (sentence, remaining) = rest.split_at(after);
            sentences.push(sentence);
            rest = remaining;
            searched = 0;
        } else {
            searched = after;
        }
    }
    sentences.push(rest);
    sentences.retain(|sentence| !sentence.trim().is_empty());
    sentences
}

const ENDS: [char; 6] = ['.', '!', '?', '？', '。', '\n'];

/// What a sentence is there for. Openings and wishes are English; marks are everybody's.
pub(crate) fn mood(text: &str, words: &[Word]) -> Mood {
    let end = text.trim_end().trim_end_matches([')', '"', '”', '!']);
    if end.ends_with(['?', '？']) {
        return Mood::Asks;
    }
    let among = |list: &str, word: &str| list.contains(&format!(" {word} "));
    let mut plain = words.iter().map(|word| word.plain.as_str());
    let first = plain.find(|word| !among(BEFORE_OPENINGS, word));
    if first.is_some_and(|word| among(QUESTION_WORDS, word) || among(VERBS, word)) {
        return Mood::Asks;
    }
    let plain: Vec<&str> = words.iter().map(|word| word.plain.as_str()).collect();
    let asks = |pair: &[&str]| match pair {
        ["how", measure] => among(MEASURES, measure),
        [verb, person] => among(VERBS, verb) && among(PERSONS, person),
        _ => false,
    };
    if plain.windows(2).any(asks) {
        return Mood::Asks;
    }
    let spaced = format!(" {} ", plain.join(" "));
    if WISHES
        .iter()
        .any(|wish| spaced.contains(&format!(" {wish} ")))
    {
        Mood::Wishes
    } else {
        Mood::Tells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::Analyzer;
    use crate::language::SearchLanguage;

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "It was 9.9 %. Really?! See help.example\nThanks";
        let trimmed: Vec<&str> = sentences(text).into_iter().map(str::trim).collect();
        let expected = ["It was 9.9 %.", "Really?!", "See help.example", "Thanks"];
        assert_eq!(trimmed, expected);
        assert_eq!(sentences(""), Vec::<&str>::new());
    }

    #[test]
    fn questions_are_told_from_stories() {
        let analyzer = Analyzer::new(SearchLanguage::ENGLISH);
        let mood = |text: &str| mood(text, &analyzer.words(text));
        for text in [
            "Refunds?",
            "and how long does it take",
            "Can I (really?)",
            "Wo?",
            "acount lokced how long must that be",
            "if it is late do i get it free",
        ] {
            assert_eq!(mood(text), Mood::Asks, "{text}");
        }
        for text in ["Please tell me the price.", "I don't know whether it fits."] {
            assert_eq!(mood(text), Mood::Wishes, "{text}");
        }
        for text in [
            "I bought a tent.",
            "It does rain.",
            "That is how it is.",
            "",
        ] {
            assert_eq!(mood(text), Mood::Tells, "{text}");
        }
    }
}
