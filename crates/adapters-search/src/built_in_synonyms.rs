use domain::article::Synonyms;

use crate::language::SearchLanguage;

/// How customers speak and what articles call it, a group a line.
const ENGLISH: &str = include_str!("../data/english_synonyms.txt");

/// The synonyms of a language that are used until others are set. So far there are some in English
/// only.
pub(crate) fn built_in_synonyms(language: SearchLanguage) -> Synonyms {
    if language != SearchLanguage::ENGLISH {
        return Synonyms::default();
    }
    let groups = ENGLISH
        .lines()
        .map(|line| line.split(", ").map(str::to_owned).collect());
    Synonyms::parse(groups.collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_has_synonyms_that_are_fit_to_be_set() {
        let synonyms = built_in_synonyms(SearchLanguage::ENGLISH);
        assert_eq!(synonyms.groups().len(), ENGLISH.lines().count());
    }
}
