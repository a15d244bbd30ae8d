use crate::data::{Data, Half};
use crate::measure::{Answer, Outcome};

/// The kinds of questions, in the order in which they are told.
const KINDS: [&str; 6] = [
    "direct",
    "paraphrased",
    "misspelt",
    "buried",
    "two_articles",
    "unanswerable",
];

const INTRODUCTION: &str = "\
# How well the search does

Written by `cargo run -p evaluation`; a test holds it to the code. The questions are those of
[crates/evaluation/data](../crates/evaluation/data/README.md). Those with odd ids were looked at while
the search was tuned (*development*), those with even ids were not (*test*): figures that are much better
on the first half are fitted to it, and only the second half tells what to expect elsewhere.

*Plain* is BM25 over the words as they are written, without stop words; it has no stems, synonyms,
spelling or sentences, and quotes whatever comes first.

*At 1* and *at 3*: the first passage, or one of the first three, is of an article that answers. *Passage*: the
first is the very passage, where the questions name one. *Right*, *wrong* and *handed off*: what the
assistant that quotes articles does with what is found. For a question that no article answers, to hand
off is right.
";

pub(crate) fn write(data: &Data, ours: &[Outcome], plain: &[Outcome]) -> String {
    let mut report = vec![INTRODUCTION.to_owned()];
    report.push(format!(
        "\n{} articles, {} questions.\n",
        data.articles.len(),
        data.questions.len()
    ));
    for (half, name) in [(Half::Development, "Development"), (Half::Test, "Test")] {
        let of = |outcomes: &[Outcome]| -> Vec<Outcome> {
            outcomes
                .iter()
                .filter(|o| o.half == half)
                .cloned()
                .collect()
        };
        let (ours, plain) = (of(ours), of(plain));
        report.push(format!("\n## {name}\n\n### What is found\n\n"));
        report.push(
            "| kind | questions | at 1 | plain | at 3 | plain | passage | plain |\n".to_owned(),
        );
        report.push("|---|---:|---:|---:|---:|---:|---:|---:|\n".to_owned());
        let answerable = KINDS.iter().filter(|kind| **kind != "unanswerable");
        for kind in answerable.copied().chain(["all"]) {
            let (ours, plain) = (answerable_of(&ours, kind), answerable_of(&plain, kind));
            let cells = [
                share(&ours, |o| Some(o.first)),
                share(&plain, |o| Some(o.first)),
                share(&ours, |o| Some(o.three)),
                share(&plain, |o| Some(o.three)),
                share(&ours, |o| o.passage),
                share(&plain, |o| o.passage),
            ];
            report.push(format!(
                "| {kind} | {} | {} |\n",
                ours.len(),
                cells.join(" | ")
            ));
        }
        report.push("\n### What is answered\n\n".to_owned());
        report.push(
            "| kind | questions | right | wrong | handed off | plain: right | plain: wrong |\n"
                .to_owned(),
        );
        report.push("|---|---:|---:|---:|---:|---:|---:|\n".to_owned());
        for kind in KINDS.into_iter().chain(["all"]) {
            let (ours, plain) = (of_kind(&ours, kind), of_kind(&plain, kind));
            let count = |outcomes: &[&Outcome], answer| {
                outcomes
                    .iter()
                    .filter(|o| o.answer == answer)
                    .count()
                    .to_string()
            };
            let cells = [
                count(&ours, Answer::Right),
                count(&ours, Answer::Wrong),
                count(&ours, Answer::Handoff),
                count(&plain, Answer::Right),
                count(&plain, Answer::Wrong),
            ];
            report.push(format!(
                "| {kind} | {} | {} |\n",
                ours.len(),
                cells.join(" | ")
            ));
        }
        let needless = ours
            .iter()
            .filter(|o| o.is_answerable && o.answer == Answer::Handoff);
        let missed = ours
            .iter()
            .filter(|o| !o.is_answerable && o.answer != Answer::Handoff);
        let wrong = ours.iter().filter(|o| o.answer == Answer::Wrong);
        report.push(format!(
            "\nWrong quotes: {}. Needless handoffs: {}. Missed handoffs: {}.\n",
            wrong.count(),
            needless.count(),
            missed.count()
        ));
    }
    report.concat()
}

fn of_kind<'a>(outcomes: &'a [Outcome], kind: &str) -> Vec<&'a Outcome> {
    let all = outcomes.iter();
    all.filter(|o| kind == "all" || o.kind == kind).collect()
}

fn answerable_of<'a>(outcomes: &'a [Outcome], kind: &str) -> Vec<&'a Outcome> {
    let mut all = of_kind(outcomes, kind);
    all.retain(|o| o.is_answerable);
    all
}

/// In per cent of those that it is about.
fn share(outcomes: &[&Outcome], of: impl Fn(&Outcome) -> Option<bool>) -> String {
    let judged: Vec<bool> = outcomes.iter().filter_map(|o| of(o)).collect();
    let good = judged.iter().filter(|good| **good).count();
    match (good * 200 + judged.len()).checked_div(judged.len() * 2) {
        Some(percent) => format!("{percent} %"),
        None => "–".to_owned(),
    }
}
