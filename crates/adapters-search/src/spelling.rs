//! How far a word is from another that it may have been meant to be.

/// What a wrong first letter costs beside the mistake itself: people know how words begin.
const FIRST: f64 = 0.5;
/// A mistake that does not change how a word sounds: a letter doubled or not, "c" for "k".
const UNHEARD: f64 = 0.5;
/// A vowel for another.
const VOWEL: f64 = 0.7;

/// What the mistakes cost that make one word the other: letters left out, added, taken for others,
/// or in the wrong order.
pub(crate) fn distance(written: &str, meant: &str) -> f64 {
    let written: Vec<char> = written.chars().collect();
    let meant: Vec<char> = meant.chars().collect();
    let at = |letters: &[char], place: usize| letters.get(place).copied();
    let width = meant.len() + 1;
    let mut costs: Vec<Vec<f64>> = Vec::new();
    for i in 0..=written.len() {
        let mut row: Vec<f64> = Vec::with_capacity(width);
        for j in 0..=meant.len() {
            let before = |up: usize, back: usize| {
                let j = j.checked_sub(back)?;
                let cost = match i.checked_sub(up)? {
                    above if above == i => row.get(j),
                    above => costs.get(above)?.get(j),
                };
                cost.copied()
            };
            let (a, b) = (i.checked_sub(1), j.checked_sub(1));
            let (a, b) = (
                a.and_then(|i| at(&written, i)),
                b.and_then(|j| at(&meant, j)),
            );
            let doubled = |letters: &[char], place: usize| {
                let last = place.checked_sub(1).and_then(|p| at(letters, p));
                let previous = place.checked_sub(2).and_then(|p| at(letters, p));
                last.is_some() && last == previous
            };
            let added = if doubled(&written, i) { UNHEARD } else { 1.0 };
            let left_out = if doubled(&meant, j) { UNHEARD } else { 1.0 };
            let mut best = if i == 0 && j == 0 { 0.0 } else { f64::INFINITY };
            best = best.min(before(1, 0).map_or(f64::INFINITY, |c| c + added));
            best = best.min(before(0, 1).map_or(f64::INFINITY, |c| c + left_out));
            if let (Some(a), Some(b)) = (a, b) {
                let taken = if a == b { 0.0 } else { substitution(a, b) };
                best = best.min(before(1, 1).map_or(f64::INFINITY, |c| c + taken));
                let crossed = i > 1
                    && j > 1
                    && at(&written, i - 2) == Some(b)
                    && at(&meant, j - 2) == Some(a);
                if crossed && a != b {
                    best = best.min(before(2, 2).map_or(f64::INFINITY, |c| c + 1.0));
                }
            }
            row.push(best);
        }
        costs.push(row);
    }
    let first = if written.first() == meant.first() {
        0.0
    } else {
        FIRST
    };
    let last = costs.last().and_then(|row| row.last()).copied();
    last.unwrap_or(f64::INFINITY) + first
}

fn substitution(a: char, b: char) -> f64 {
    const ALIKE: [&str; 5] = ["ckqs", "sz", "fvp", "gj", "iy"];
    let vowel = |c| "aeiouy".contains(c);
    if ALIKE
        .iter()
        .any(|alike| alike.contains(a) && alike.contains(b))
    {
        UNHEARD
    } else if vowel(a) && vowel(b) {
        VOWEL
    } else {
        1.0
    }
}

/// How an English word sounds, roughly: words written differently that sound alike have one.
pub(crate) fn sound(word: &str) -> String {
    let mut text = word.to_owned();
    for (written, heard) in [
        ("ph", "f"),
        ("tch", "c"),
        ("wh", "w"),
        ("wr", "r"),
        ("kn", "n"),
        ("ck", "k"),
        ("qu", "kw"),
        ("x", "ks"),
        ("gh", ""),
        ("ce", "se"),
        ("ci", "si"),
        ("cy", "si"),
        ("dge", "j"),
        ("mb", "m"),
    ] {
        text = text.replace(written, heard);
    }
    let mut sound = String::new();
    for (place, c) in text.chars().enumerate() {
        let heard = match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' if place == 0 => 'a',
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => continue,
            'c' | 'q' => 'k',
            'z' => 's',
            'v' => 'f',
            other => other,
        };
        if !sound.ends_with(heard) {
            sound.push(heard);
        }
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_mistakes_cost_less_than_large_ones() {
        assert!(distance("refund", "refund") <= 0.0);
        assert!(distance("acount", "account") < distance("adcount", "account"));
        assert!(distance("emial", "email") <= 1.0);
        assert!(distance("kodes", "codes") < 1.5);
        assert!(distance("likes", "bikes") >= 1.5);
        assert!(distance("", "abc") >= 3.0);
    }

    #[test]
    fn words_that_sound_alike_have_one_sound() {
        for (written, meant) in [
            ("fone", "phone"),
            ("kodes", "codes"),
            ("repare", "repair"),
            ("garantee", "guarantee"),
            ("swich", "switch"),
            ("parsel", "parcel"),
            ("trak", "track"),
        ] {
            assert_eq!(sound(written), sound(meant), "{written}");
        }
        assert_ne!(sound("store"), sound("score"));
    }
}
