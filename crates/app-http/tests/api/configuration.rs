use std::cell::RefCell;
use std::collections::BTreeSet;

use app_http::config::Config;

/// `.env.example` is what people know of the configuration, so it must be all of it.
#[test]
fn the_example_file_lists_exactly_the_settings_that_are_read() {
    let read = RefCell::new(BTreeSet::new());
    Config::from_lookup(&|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    })
    .expect("valid defaults");

    let example = include_str!("../../../../.env.example");
    let listed: BTreeSet<_> = settings(example).map(|(name, _)| name.to_owned()).collect();
    assert_eq!(listed, read.into_inner());
}

#[test]
fn the_example_file_shows_the_defaults() {
    let example = include_str!("../../../../.env.example");
    let from_example = Config::from_lookup(&|wanted| {
        settings(example)
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.to_owned())
    })
    .expect("the example is valid");
    let default = Config::from_lookup(&|_| None).expect("valid defaults");
    assert_eq!(format!("{from_example:?}"), format!("{default:?}"));
}

/// What is set for the product that Compose starts is what `.env` says, but for what containers are
/// reached by.
#[test]
fn compose_passes_every_setting_on() {
    let compose = include_str!("../../../../docker-compose.yml");
    let (_, environment) = compose
        .split_once("environment: &app-environment\n")
        .expect("the settings");
    let (environment, _) = environment.split_once("\n  depends_on:").expect("an end");
    let passed: BTreeSet<_> = environment
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .filter(|(name, value)| *name == "DATABASE_URL" || value.contains(&format!("${{{name}:")))
        .map(|(name, _)| name)
        .collect();
    let example = include_str!("../../../../.env.example");
    let wanted: BTreeSet<_> = settings(example)
        .map(|(name, _)| name)
        .filter(|name| !["HOST", "PORT"].contains(name))
        .collect();
    assert_eq!(passed, wanted);
}

/// Rows such as ``| `NAME` | `default` | what it sets |``.
#[test]
fn the_readme_tells_of_every_setting_and_its_default() {
    let readme = include_str!("../../../../README.md");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `"));
    let told: BTreeSet<_> = rows
        .filter_map(|row| {
            let mut cells = row.split(" | ");
            let name = cells.next()?.trim_end_matches('`');
            Some((name, cells.next()?.trim_matches('`')))
        })
        .filter(|(name, _)| is_name(name))
        .collect();
    let example = include_str!("../../../../.env.example");
    assert_eq!(told, settings(example).collect());
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// Lines such as `#NAME=default`.
fn settings(example: &str) -> impl Iterator<Item = (&str, &str)> {
    example
        .lines()
        .filter_map(|line| line.strip_prefix('#').unwrap_or(line).split_once('='))
        .filter(|(name, _)| is_name(name))
}
