use std::fmt;

use crate::figures::Figure;

/// A table in Markdown.
pub(super) struct Table(Vec<Vec<String>>);

impl Table {
    pub(super) fn new(titles: &[&str]) -> Self {
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        let rules = titles.iter().enumerate();
        let rules = rules.map(|(column, _)| if column == 0 { "---" } else { "---:" }.to_owned());
        let rules = rules.collect();
        Self(vec![titles, rules])
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = self.0.iter();
        rows.try_for_each(|cells| writeln!(f, "| {} |", cells.join(" | ")))
    }
}

/// The median, and where the runs differ, their range.
pub(super) fn spread(figure: &Figure) -> String {
    let (Some(median), Some((least, most))) = (figure.median(), figure.range()) else {
        return "–".to_owned();
    };
    let (median, least, most) = (number(median), number(least), number(most));
    if least == most {
        return median;
    }
    format!("{median} ({least}–{most})")
}

/// To three digits, or to whole numbers above.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if !size.is_finite() => "–".to_owned(),
        _ if value <= -99.5 => format!("-{}", number(size)),
        _ if size >= 99.5 => grouped(&format!("{value:.0}")),
        _ if size >= 9.95 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// What was counted, all digits.
pub(super) fn counted(count: impl Into<u64>) -> String {
    grouped(&count.into().to_string())
}

/// Thousands apart from each other by a narrow space.
fn grouped(digits: &str) -> String {
    let length = digits.len();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (length - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_or_no_fraction() {
        let shown = [1.234, 12.34, 123.4, 12_345.6].map(number);

        assert_eq!(shown, ["1.23", "12.3", "123", "12\u{202f}346"]);
        assert_eq!(number(-123.4), "-123");
        assert_eq!(number(f64::NAN), "–");
        assert_eq!(counted(10_u32), "10");
    }

    #[test]
    fn a_figure_is_its_median_with_its_range() {
        let figure: Figure = [3.0, 1.0, 2.0].into_iter().collect();

        assert_eq!(spread(&figure), "2.00 (1.00–3.00)");
        assert_eq!(spread(&[2.0].into_iter().collect()), "2.00");
        assert_eq!(spread(&Figure::default()), "–");
    }

    #[test]
    fn a_table_has_a_rule_below_its_titles() {
        let mut table = Table::new(&["a", "b"]);
        table.row(["1".to_owned(), "2".to_owned()]);

        assert_eq!(table.to_string(), "| a | b |\n| --- | ---: |\n| 1 | 2 |\n");
    }
}
