use crate::data::{Data, Half};
use crate::measure::{Answer, Outcome, TOLD_KINDS};

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

*Buried* questions stand in long tickets that tell of much that other articles are about, often spread
over them. *What a story around it costs* is simpler: each short question, alone and in each of the stories
of [crates/evaluation/data](../crates/evaluation/data/README.md). What is lost there is lost by the story
and not by the words of the question.
";

pub(crate) fn write(data: &Data, ours: &[Outcome], plain: &[Outcome], told: &[Outcome]) -> String {
    let mut report = vec![INTRODUCTION.to_owned()];
    report.push(format!(
        "\n{} articles, {} questions, {} stories.\n",
        data.articles.len(),
        data.questions.len(),
        data.stories.len()
    ));
    for (half, name) in [(Half::Development, "Development"), (Half::Test, "Test")] {
        let of = |outcomes: &[Outcome]| -> Vec<Outcome> {
            outcomes
                .iter()
                .filter(|o| o.half == half)
                .cloned()
                .collect()
        };
        let (ours, plain, told) = (of(ours), of(plain), of(told));
        report.push(format!("\n## {name}\n\n### What is found\n\n"));
        report.push(found(&ours, &plain));
        report.push("\n### What is answered\n\n".to_owned());
        report.push(answered(&ours, &plain));
        report.push("\n### What a story around it costs\n\n".to_owned());
        report.push(in_stories(&ours, &told));
    }
    report.concat()
}

fn found(ours: &[Outcome], plain: &[Outcome]) -> String {
    let mut table =
        "| kind | questions | at 1 | plain | at 3 | plain | passage | plain |\n".to_owned();
    table += "|---|---:|---:|---:|---:|---:|---:|---:|\n";
    let answerable = KINDS.iter().filter(|kind| **kind != "unanswerable");
    for kind in answerable.copied().chain(["all"]) {
        let (ours, plain) = (answerable_of(ours, kind), answerable_of(plain, kind));
        let cells = [
            share(&ours, |o| Some(o.first)),
            share(&plain, |o| Some(o.first)),
            share(&ours, |o| Some(o.three)),
            share(&plain, |o| Some(o.three)),
            share(&ours, |o| o.passage),
            share(&plain, |o| o.passage),
        ];
        table += &row(kind, ours.len(), &cells);
    }
    table
}

fn answered(ours: &[Outcome], plain: &[Outcome]) -> String {
    let mut table =
        "| kind | questions | right | wrong | handed off | plain: right | plain: wrong |\n"
            .to_owned();
    table += "|---|---:|---:|---:|---:|---:|---:|\n";
    for kind in KINDS.into_iter().chain(["all"]) {
        let (ours, plain) = (of_kind(ours, kind), of_kind(plain, kind));
        let count = |outcomes: &[&Outcome], answer| {
            let all = outcomes.iter().filter(|o| o.answer == answer);
            all.count().to_string()
        };
        let cells = [
            count(&ours, Answer::Right),
            count(&ours, Answer::Wrong),
            count(&ours, Answer::Handoff),
            count(&plain, Answer::Right),
            count(&plain, Answer::Wrong),
        ];
        table += &row(kind, ours.len(), &cells);
    }
    let count = |of: fn(&Outcome) -> bool| ours.iter().filter(|o| of(o)).count();
    table
        + &format!(
            "\nWrong quotes: {}. Needless handoffs: {}. Missed handoffs: {}.\n",
            count(|o| o.answer == Answer::Wrong),
            count(|o| o.is_answerable && o.answer == Answer::Handoff),
            count(|o| !o.is_answerable && o.answer != Answer::Handoff)
        )
}

fn in_stories(alone: &[Outcome], told: &[Outcome]) -> String {
    let mut table =
        "| kind | tickets | at 1: alone | in a story | at 3: alone | in a story | right: \
         alone | in a story | wrong: alone | in a story |\n"
            .to_owned();
    table += "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";
    let measures: [fn(&Outcome) -> Option<bool>; 4] = [
        |o| o.is_answerable.then_some(o.first),
        |o| o.is_answerable.then_some(o.three),
        |o| o.is_answerable.then_some(o.answer == Answer::Right),
        |o| Some(o.answer == Answer::Wrong),
    ];
    for kind in TOLD_KINDS {
        let (alone, told) = (of_kind(alone, kind), of_kind(told, kind));
        let cells = measures.map(|of| format!("{} | {}", share(&alone, of), share(&told, of)));
        table += &row(kind, told.len(), &cells);
    }
    table
}

fn row(kind: &str, questions: usize, cells: &[String]) -> String {
    format!("| {kind} | {questions} | {} |\n", cells.join(" | "))
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
