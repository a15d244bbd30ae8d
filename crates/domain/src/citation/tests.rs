use super::*;

fn filtered(sources: usize, pieces: &[&str]) -> String {
    let mut filter = CitationFilter::new(sources);
    let mut text: String = pieces.iter().map(|piece| filter.push(piece)).collect();
    text.push_str(&filter.finish());
    text
}

#[test]
fn references_to_sources_that_do_not_exist_are_taken_out() {
    for (text, expected) in [
        ("Five days [1].", "Five days [1]."),
        ("Five days [9].", "Five days ."),
        ("[1][9]", "[1]"),
        ("[9][1]", "[1]"),
        ("[9][9]", ""),
        ("[1, 2]", "[1, 2]"),
        ("[1,9]", "[1]"),
        ("[9, 1]", "[1]"),
        ("[1,9, 2]", "[1, 2]"),
        ("[ 1 ]", "[ 1 ]"),
        ("[0]", ""),
        ("[9]", ""),
        ("[1]: see [9]: there", "[1]: see : there"),
        ("[[9]]", "[]"),
        ("[x][9]", "[x]"),
        ("[9] [9](url)", " [9](url)"),
        ("\\\\[9]", "\\\\"),
        ("*[9]*", "**"),
    ] {
        assert_eq!(filtered(2, &[text]), expected, "{text}");
    }
}

#[test]
fn references_in_the_signs_of_some_models_become_references() {
    for (text, expected) in [
        ("Five days【1】.", "Five days[1]."),
        ("Five days【1†L3-L5】.", "Five days[1]."),
        ("【2†source】【9†L1】", "[2]"),
        ("【1, 2】【1,9†L1–L2】", "[1, 2][1]"),
        ("Five days 【9†L3-L5】.", "Five days ."),
        ("【9】", ""),
        ("【1】(in short)", "[1] (in short)"),
        ("【9】(in short)", "(in short)"),
        ("【1】: see", "[1] : see"),
        ("【1†L3】", "[1]"),
        ("【1†】", "[1]"),
        ("【1】[1]", "[1][1]"),
    ] {
        assert_eq!(filtered(2, &[text]), expected, "{text}");
    }
    for text in [
        "【注】",
        "【】",
        "【1",
        "【1†L3",
        "【1]",
        "[1】",
        "【1†a【",
        "【†L3】",
        "【1†two\nlines】",
        "【2024】",
        "`【9】`",
    ] {
        assert_eq!(filtered(2, &[text]), text, "{text}");
    }
    let mut filter = CitationFilter::new(2);
    filter.push("So 【2†L1-L9】 and 【7】");
    filter.finish();
    assert_eq!(filter.cited().collect::<Vec<_>>(), [2]);
}

#[test]
fn whatever_else_stands_in_brackets_stays() {
    for text in [
        "[9](https://example.com)",
        "[^9]",
        "[9]: https://example.com",
        "  [9]: https://example.com",
        "[12345678901]",
        "[2024]",
        "[]",
        "[ ]",
        "[,]",
        "[9,]",
        "[9-10]",
        "[9",
        "[9,",
        "[",
        "[[",
        "[a]",
        "[-9]",
        "[9 9]",
        "\\[9\\]",
        "\\[9]",
        "`a[9]`",
        "``a`[9]``",
        "```\na[9]\n```",
        "~~~rust\na[9]\n~~~",
        "````\n```\n[9]\n````",
        "```\n[9]\n``` x\n[9]",
        "unclosed `[9]",
    ] {
        assert_eq!(filtered(2, &[text]), text, "{text}");
    }
}

#[test]
fn code_ends_where_it_is_closed() {
    for (text, expected) in [
        ("`a[9]` b[9]", "`a[9]` b"),
        ("```\n[9]\n```\n[9]", "```\n[9]\n```\n"),
        ("`unclosed\n\nnext [9]", "`unclosed\n\nnext "),
        ("\\`[9]`", "\\``"),
        ("~[9]~", "~~"),
        (
            "not at a line's start ```[9]``` [9]",
            "not at a line's start ```[9]``` ",
        ),
    ] {
        assert_eq!(filtered(2, &[text]), expected, "{text}");
    }
}

#[test]
fn without_sources_no_reference_is_left() {
    assert_eq!(filtered(0, &["See [1] and [2, 3]."]), "See  and .");
}

#[test]
fn what_is_cited_is_known_at_the_end() {
    let mut filter = CitationFilter::new(3);
    filter.push("First [3], then [1, 9] and `[2]`, and at last [3]");
    filter.finish();
    assert_eq!(filter.cited().collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn quotes_are_left_alone_and_count_as_references_to_what_they_quote() {
    let mut filter = CitationFilter::new(3);
    let mut shown = filter.push("See [");
    shown += &filter.quote("key [7], then [1]\n", 2);
    shown += &filter.quote("[9]", 99);
    shown += &filter.push(" and [8] or [3].");
    shown += &filter.finish();
    assert_eq!(shown, "See [key [7], then [1]\n[9] and  or [3].");
    assert_eq!(filter.cited().collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn only_the_beginning_of_a_reference_is_held_back() {
    let mut filter = CitationFilter::new(1);
    assert_eq!(filter.push("Five days"), "Five days");
    assert_eq!(filter.push(" [1"), " ");
    assert_eq!(filter.push("]"), "");
    assert_eq!(filter.push("."), "[1].");
    let spaces = " ".repeat(100);
    assert!(filter.push(&format!("[{spaces}")).len() > 50);
}

/// Texts of all the characters that mean something here.
fn texts() -> impl Iterator<Item = String> {
    const ALPHABET: [&str; 16] = [
        "[", "]", "1", "9", ",", " ", "(", ":", "`", "```", "~~~", "\n", "\\", "ä", "^", "[9]",
    ];
    texts_of(ALPHABET)
}

/// The same with what some models write.
fn marked_texts() -> impl Iterator<Item = String> {
    texts_of([
        "【", "】", "†", "L3", "1", "9", ",", "[", "]", "(", ":", "`", "\n", "ä", "【1†", "【9】",
    ])
}

fn texts_of(alphabet: [&'static str; 16]) -> impl Iterator<Item = String> {
    // A linear congruential generator: the same texts every time.
    let mut state: u64 = 7;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 40).unwrap()
    };
    (0..20_000).map(move |_| {
        let length = next() % 16;
        (0..length)
            .map(|_| alphabet[next() % alphabet.len()])
            .collect()
    })
}

#[test]
fn the_pieces_in_which_a_text_comes_make_no_difference() {
    for text in texts().chain(marked_texts()) {
        let whole = filtered(1, &[&text]);
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let single: Vec<&str> = characters.iter().map(String::as_str).collect();
        assert_eq!(filtered(1, &single), whole, "{text:?}");
        for cut in 0..=text.len() {
            if let Some((before, after)) = text.split_at_checked(cut) {
                assert_eq!(
                    filtered(1, &[before, after]),
                    whole,
                    "{text:?} cut at {cut}"
                );
            }
        }
    }
}

#[test]
fn nothing_but_numbers_of_unknown_sources_is_taken_out() {
    for text in texts() {
        let left = filtered(1, &[&text]);
        // What is left is what there was, but for some of the characters of references.
        let mut rest = text.chars();
        for kept in left.chars() {
            let dropped: String = rest.by_ref().take_while(|next| *next != kept).collect();
            assert!(
                dropped.chars().all(|c| "[]19, ".contains(c)),
                "{text:?} became {left:?}"
            );
        }
        assert_eq!(
            filtered(999, &[&text]),
            text,
            "no number of three digits is unknown"
        );
    }
}
