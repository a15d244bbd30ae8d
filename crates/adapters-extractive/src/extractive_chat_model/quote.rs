/// Stands for what was left out.
const CUT: &str = "> […]";

/// The text as a Markdown block quote: every line is marked, so that lists, code and blank lines
/// stay inside. What goes beyond the limit is left out by whole lines where that is possible.
pub(super) fn quote(text: &str, max_chars: usize) -> String {
    let mut quoted = String::new();
    let mut left = max_chars;
    for line in text.lines() {
        let length = line.chars().count() + 1;
        if length > left {
            if quoted.is_empty() {
                push(&mut quoted, &line.chars().take(left).collect::<String>());
            }
            quoted.push_str(CUT);
            return quoted;
        }
        left -= length;
        push(&mut quoted, line);
    }
    quoted.truncate(quoted.trim_end().len());
    quoted
}

fn push(quoted: &mut String, line: &str) {
    quoted.push('>');
    if !line.is_empty() {
        quoted.push(' ');
        quoted.push_str(line);
    }
    quoted.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_marked() {
        let text = "First:\n\n1. one\n   - deeper\r\n2. two\n\n```\ncode\n```";
        let quoted = "> First:\n>\n> 1. one\n>    - deeper\n> 2. two\n>\n> ```\n> code\n> ```";
        assert_eq!(quote(text, 1_000), quoted);
    }

    #[test]
    fn what_goes_beyond_the_limit_is_left_out_by_lines() {
        assert_eq!(quote("äöü\nabc\nabc", 8), "> äöü\n> abc\n> […]");
        assert_eq!(quote("äöü\nabc", 8), "> äöü\n> abc");
    }

    #[test]
    fn a_single_long_line_is_cut_between_characters() {
        assert_eq!(quote(&"ä".repeat(10), 3), "> äää\n> […]");
    }
}
