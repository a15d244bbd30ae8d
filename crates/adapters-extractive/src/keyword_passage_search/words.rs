use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that say nothing about the subject: never looked at.
const STOP_WORDS: &str = "a about above after again all also although am an and any anybody \
    anyone anything are arent as at be because been before being below between both but by can \
    cannot cant could couldnt dear did didnt do does doesnt doing dont down during each either \
    else etc even ever every for from further had hadnt has hasnt have havent having he hello \
    her here hers hey hi him his however i id if ill im in into is isnt it its itself ive just \
    kind let lets may me might more most must my myself near neither no nor not of off ok okay \
    on once one only onto or other ought our ours out over own per please quite rather really \
    regards same shall she should shouldnt since so some somebody someone something soon such \
    than thank thanks that thats the their theirs them themselves then there these they this \
    those though through thus to too under until up upon us very via was wasnt we well were \
    werent what whats whenever wheres whether which while who whom whose why will with within \
    without wont would wouldnt yes yet you your youre yours yourself";

/// Words that turn up in questions about anything. They help to choose between passages, but
/// sharing them is no sign that a passage answers.
const WEAK_WORDS: &str = "able actually ago already always answer anymore ask available back bad \
    become best better big bit bought bring buy case choose come customer day different done \
    easy eight end enough exactly explain fast few find fine five fix follow four friday full \
    general get give go going gone gonna good got great guy happen hear help how idea info \
    information instead issue keep know last late lately later least leave like little long look \
    lot made make many maybe mean minute moment monday month much need never new next nice nine \
    note nothing now number old part people person place possible problem put question quick \
    quickly read reason recently right run said saturday saw say see seem seen sell send seven \
    several shop show simple six small sorry start still stop store stuff sunday suppose sure \
    take tell ten thing think three thursday time today together told tomorrow took tried try \
    tuesday twice two understand urgent use usually want way wednesday week went when where \
    wonder wondering work write year yesterday";

static STOPPED: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_WORDS.split(' ').collect());
static WEAK: LazyLock<HashSet<String>> =
    LazyLock::new(|| WEAK_WORDS.split(' ').map(stem).collect());

/// The stems of a text's words, in order, without stop words.
pub(super) fn stems(text: &str) -> Vec<String> {
    let folded = fold(text).replace("e-mail", "email");
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !STOPPED.contains(word))
        .map(stem)
        .collect()
}

/// Whether a stem tells little about the subject of a question. Numbers are dates, amounts and the
/// numbers of orders.
pub(super) fn is_weak(stem: &str) -> bool {
    WEAK.contains(stem) || stem.chars().all(|c| c.is_ascii_digit())
}

/// Lower case, without apostrophes and the commonest diacritics.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            // The second range holds diacritics that follow their letter.
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ğ' => folded.push('g'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'œ' => folded.push_str("oe"),
            'ř' => folded.push('r'),
            'ś' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ß' => folded.push_str("ss"),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            other => folded.push(other),
        }
    }
    folded
}

/// Brings an English word's plural, verb forms and commonest nouns to one form, which need not be
/// a word: "cancelled", "cancelling" and "cancellation" become "cancel".
fn stem(word: &str) -> String {
    let singular = singular(word);
    let base = base(&singular);
    let base = match base.strip_suffix('e') {
        Some(short) if short.len() >= 3 => short,
        _ => &base,
    };
    undoubled(base).to_owned()
}

fn singular(word: &str) -> String {
    if word.len() > 4
        && let Some(start) = word.strip_suffix("ies")
    {
        return format!("{start}y");
    }
    let es = ["sses", "xes", "shes", "ches", "zes"];
    let end = if es.iter().any(|end| word.ends_with(end)) {
        "es"
    } else if word.len() <= 3 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        ""
    } else {
        "s"
    };
    word.strip_suffix(end).unwrap_or(word).to_owned()
}

fn base(word: &str) -> String {
    // What an ending becomes, and how long the rest must be at least.
    let endings = [
        ("ation", "", 4),
        ("ment", "", 3),
        ("ery", "er", 3),
        ("ied", "y", 2),
        ("ing", "", 3),
        ("ed", "", 3),
    ];
    let shortened = endings.iter().find_map(|(ending, becomes, least)| {
        let rest = word.strip_suffix(ending)?;
        let is_whole = rest.len() >= *least
            && rest.contains(['a', 'e', 'i', 'o', 'u', 'y'])
            && !(*ending == "ed" && rest.ends_with('e'));
        is_whole.then(|| format!("{rest}{becomes}"))
    });
    shortened.unwrap_or_else(|| word.to_owned())
}

/// Without the second of two equal consonants at the end.
fn undoubled(word: &str) -> &str {
    let mut ends = word.chars().rev();
    let is_double = match (ends.next(), ends.next()) {
        (Some(last), Some(before)) => last == before && last.is_ascii_alphabetic(),
        _ => false,
    };
    let short = word.strip_suffix(|c: char| !"aeiou".contains(c));
    short.filter(|_| is_double).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_same_stem(words: &str) {
        let mut stems = stems(words);
        stems.dedup();
        assert_eq!(stems.len(), 1, "{words}: {stems:?}");
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for words in [
            "refund refunds refunded refunding refund's",
            "cancel cancels cancelled canceled cancelling cancellation",
            "change changes changed changing",
            "ship shipped shipping shipment ships",
            "delivery deliveries deliver delivered",
            "address addresses",
            "parcel parcels parcel’s",
            "pay pays paying payment payments",
            "track tracking tracked tracks",
            "damage damaged damages",
            "invoice invoices",
            "email e-mail E-Mails emails",
            "reply replies replied replying",
        ] {
            assert_same_stem(words);
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        let words = "bring string thing need speed status analysis news pass bus sing red";
        let stems = stems(words);
        let mut distinct = stems.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), words.split(' ').count(), "{stems:?}");
    }

    #[test]
    fn case_diacritics_and_stop_words_do_not_count() {
        assert_eq!(
            stems("The CAFÉ, cafe\u{301} and café"),
            ["caf", "caf", "caf"]
        );
        assert_eq!(stems("straße"), stems("STRASSE"));
        assert!(stems("I don't, you can’t, we wouldn't!").is_empty());
    }

    #[test]
    fn words_of_any_script_are_words() {
        assert_eq!(stems("возврат 返品 2026"), ["возврат", "返品", "2026"]);
        assert!(stems("?!… 🐎 -- ''").is_empty());
    }

    #[test]
    fn no_word_is_both_stopped_and_weak() {
        let both: Vec<_> = WEAK_WORDS
            .split(' ')
            .filter(|word| STOPPED.contains(word))
            .collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
