//! Templates that somebody wrote, well or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::page::PageLimit;
use domain::ports::{ChatRole, MessageRepository as _};
use domain::prompt::{
    Authorship, Extent, PromptFactory, PromptLimits, PromptParts, PromptTemplate, TemplateName,
    TemplateParts, TemplateText,
};
use domain::ticket::{Category, NewTicket, Ticket};
use domain::use_cases::{Brief, PrepareReply, Prompting};
use domain::user::Role;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use testkit::fakes::InMemoryPromptTemplates;

use crate::world::{World, new_ticket};

pub(crate) const USER: &str = "{{ latest_message }}";
const MARK: &str = "QxMARKxQ";

pub(crate) fn parts(system: &str, user: &str) -> TemplateParts {
    TemplateParts {
        system: TemplateText::parse(system).expect("a text"),
        user: TemplateText::parse(user).expect("a text"),
    }
}

pub(crate) fn stored(world: &World, name: &str, version: i32, system: &str) -> PromptTemplate {
    PromptTemplate {
        name: TemplateName::parse(name).expect("a name"),
        version,
        parts: Some(parts(system, USER)),
        authorship: Some(Authorship {
            author_id: world.somebody(Role::Admin).id,
            created_at: world.now(),
        }),
    }
}

async fn about(world: &World, category: Option<&str>) -> Ticket {
    let ada = world.somebody(Role::User);
    let category = category.map(|slug| Category::parse(slug).expect("a slug"));
    let new = NewTicket {
        category,
        ..new_ticket("Refund", "How long?")
    };
    world.open(ada, new).await
}

pub(crate) fn preparing(
    world: &World,
    templates: impl IntoIterator<Item = PromptTemplate>,
) -> PrepareReply {
    PrepareReply::new(Prompting {
        templates: Arc::new(InMemoryPromptTemplates::holding(templates)),
        ..world.prompting()
    })
}

async fn brief(world: &World, prepare: &PrepareReply, ticket: &Ticket) -> Brief {
    let reply = world.reply(ticket, None);
    let brief = prepare.execute(&reply, Extent::Whole).await;
    brief.expect("preparing should work")
}

fn made_from(brief: &Brief) -> (&str, i32) {
    (
        brief.record.template.name.as_str(),
        brief.record.template.version,
    )
}

#[tokio::test]
async fn a_category_without_a_template_has_the_default_one() {
    let world = World::default();
    let templates = [
        stored(&world, "billing", 4, "Money."),
        stored(&world, "default", 7, "All else."),
    ];
    let prepare = preparing(&world, templates);
    for (category, expected) in [
        (Some("billing"), ("billing", 4)),
        (Some("shipping"), ("default", 7)),
        (Some("default"), ("default", 7)),
        (Some("variables"), ("default", 7)),
        (None, ("default", 7)),
    ] {
        let ticket = about(&world, category).await;
        let brief = brief(&world, &prepare, &ticket).await;
        assert_eq!(made_from(&brief), expected, "{category:?}");
    }
}

#[tokio::test]
async fn a_template_that_renders_no_more_gives_way_and_is_told_once() {
    let world = World::default();
    let ticket = about(&world, Some("billing")).await;
    for broken in [
        "{{ gone }}",
        "{% if %}",
        "{{ latest_message }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    ] {
        let billing = stored(&world, "billing", 4, broken);
        let prepare = preparing(&world, [billing.clone()]);
        let first = brief(&world, &prepare, &ticket).await;
        assert_eq!(made_from(&first), ("default", 1), "{broken}");
        let told: Vec<_> = first
            .broken_templates
            .iter()
            .map(|it| it.template.version)
            .collect();
        assert_eq!(told, [4], "{broken}");
        let second = brief(&world, &prepare, &ticket).await;
        assert!(second.broken_templates.is_empty(), "{broken}");
        assert_eq!(second.record, first.record);

        let default = stored(&world, "default", 7, "All else.");
        let prepare = preparing(&world, [billing, default]);
        let brief = brief(&world, &prepare, &ticket).await;
        assert_eq!(made_from(&brief), ("default", 7), "{broken}");
    }
}

fn expression(code: &str) -> String {
    format!("{{{{ {code} }}}}")
}

fn elifs(count: usize) -> String {
    "{% if x %}".to_owned() + &"{% elif x %}".repeat(count) + "{% endif %}"
}

/// Each is refused for one reason, and soon.
#[test]
fn hostile_templates_are_refused() {
    let doubling = "{% set x = 'xxxxxxxx' %}".to_owned() + &"{% set x = x ~ x %}".repeat(60);
    let captures = "{% set x %}xxxxxxxx{% endset %}".to_owned()
        + &"{% set x %}{{ x }}{{ x }}{% endset %}".repeat(60);
    let nested = |depth| {
        let list = "[1,2,3,4,5,6,7,8,9]";
        format!("{{% for a in {list} %}}").repeat(depth) + "x" + &"{% endfor %}".repeat(depth)
    };
    let mut surprises = Vec::new();
    let filters = format!("{{{{ 'x'{} }}}}", "|replace('x', 'xxxxxxxx')".repeat(12));
    for (hostile, code) in [
        (
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
            "template_syntax",
        ),
        (
            "{% for a in range(1000000000) %}x{% endfor %}",
            "unknown_variable",
        ),
        ("{{ 'x' * 1000000000 }}", "template_too_costly"),
        ("{{ [1] * 1000000000 }}", "template_fails"),
        (&doubling, "template_too_costly"),
        (&captures, "template_too_costly"),
        (&filters, "template_too_costly"),
        (&nested(12), "template_too_costly"),
        (&nested(400), "template_too_complex"),
        (&nested(150), "template_syntax"),
        ("{{ '%0999999999d'|format(1) }}", "template_too_costly"),
        ("{{ 'x'|indent(1000000000, true) }}", "template_too_costly"),
        ("{{ 2 ** 999999 }}", "template_fails"),
        ("{% include '/etc/passwd' %}", "template_syntax"),
        ("{% import '/etc/passwd' as x %}", "template_syntax"),
        ("{% extends '/etc/passwd' %}", "template_syntax"),
        ("{% from 'x' import y %}", "template_syntax"),
        ("{{ debug() }}", "unknown_variable"),
        ("{{ self.x }}", "template_fails"),
        ("{{ ''.__class__.__mro__ }}", "template_fails"),
        (
            "{% for a in [1] recursive %}{{ loop([a]) }}{% endfor %}",
            "template_fails",
        ),
        ("{{ (((((", "template_syntax"),
        (&expression(&"(".repeat(9_000)), "template_too_complex"),
        (&expression(&"not ".repeat(7_000)), "template_too_complex"),
        (&expression(&"-".repeat(30_000)), "template_too_complex"),
        (
            &expression(&("today".to_owned() + &".x".repeat(9_000))),
            "template_too_complex",
        ),
        (
            &expression(&("today".to_owned() + &"|e".repeat(9_000))),
            "template_too_complex",
        ),
        (
            &expression(&("1".to_owned() + &"+1".repeat(9_000))),
            "template_too_complex",
        ),
        (&elifs(2_000), "template_too_complex"),
        // As deep as may be: these are parsed, and on a small stack.
        (&expression(&"(".repeat(118)), "template_syntax"),
        (&expression(&("not ".repeat(117) + "x")), "unknown_variable"),
        (&expression(&("-".repeat(117) + "x")), "unknown_variable"),
        (
            &expression(&("today".to_owned() + &".x".repeat(58))),
            "template_fails",
        ),
        (&elifs(390), "unknown_variable"),
        (
            "{% set today = latest_message %}{{ today }}",
            "customer_variable",
        ),
        (
            "{% if false %}{{ latest_message }}{% endif %}",
            "customer_variable",
        ),
    ] {
        let shown: String = hostile.chars().take(60).collect();
        let problems = parts(hostile, USER).check();
        let problems = problems.err().unwrap_or_default();
        let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
        if codes != [code] || !problems[0].message.starts_with("line ") {
            surprises.push(format!("{shown}: not {code} but {problems:?}"));
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[test]
fn templates_may_say_anything_that_is_no_code() {
    for harmless in [
        "Plain",
        "漢字 😀 \u{2028}\u{202e}\u{feff}",
        "{ % }} %} #} { {",
        "{# {{ latest_message }} #}x",
        "{% raw %}{{ latest_message }}{% endraw %}",
        "{{ 'latest_message'|upper }} {{ today|replace('-', '/') }}",
        "{% for s in sources %}{{ loop.index }} {{ s.title|trim }}{% else %}none{% endfor %}",
        "{% set n = sources|length %}{% if n > 1 %}{{ n }} articles{% endif %}",
    ] {
        assert_eq!(
            parts(harmless, harmless_user(harmless)).check(),
            Ok(()),
            "{harmless}"
        );
    }
}

/// What uses no article is harmless in the user part, too.
fn harmless_user(system: &str) -> &str {
    if system.contains("sources") || system.contains("today") {
        USER
    } else {
        system
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let variable = prop_oneof![
        Just("today"),
        Just("sources"),
        Just("latest_message"),
        Just("ticket_title"),
        Just("ticket_description"),
        Just("message_history"),
        Just("category"),
        Just("x"),
    ];
    let shape = prop_oneof![
        Just("{{ V }}"),
        Just("{% set x = V %}"),
        Just("{% set today = V %}"),
        Just("{% set x %}{{ V }}{% endset %}"),
        Just("{% for x in [V] %}{{ x }}{% endfor %}"),
        Just("{% for x in sources %}{{ x.text }}{{ V }}{% endfor %}"),
        Just("{% with x = V %}{{ x }}{% endwith %}"),
        Just("{% if V is defined %}{{ V }}{% endif %}"),
        Just("{{ V|default('none') }}"),
        Just("{{ [V, 1]|join(' ') }}"),
        Just("{% filter upper %}{{ V }}{% endfilter %}"),
        Just("{{ {'a': V}.a }}"),
        Just("{# {{ V }} #}"),
        Just("plain {V} "),
    ];
    (shape, variable).prop_map(|(shape, variable)| shape.replace('V', variable))
}

#[tokio::test]
async fn no_template_that_can_be_saved_lets_a_customers_word_into_the_system_part() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let new = new_ticket(MARK, &format!("{MARK} {{{{ today }}}}"));
    let ticket = world.open(ada, new).await;
    for author in [ada, agent] {
        world
            .send(author, ticket.id, &format!("{MARK} {{{{ sources }}}}"))
            .await;
    }
    world.send(ada, ticket.id, MARK).await;
    let public = world.tickets.newest_public(ticket.id, PageLimit::MAX);
    let history = public.await.unwrap();
    let (question, history) = history.split_last().expect("a question");
    let factory = PromptFactory::new(PromptLimits::default());
    let config = Config {
        cases: 512,
        failure_persistence: None,
        ..Config::default()
    };
    let texts = (vec(fragments(), 1..4), vec(fragments(), 1..4));
    let savable = AtomicUsize::new(0);
    TestRunner::new(config)
        .run(&texts, |(system, user)| {
            let template = PromptTemplate {
                parts: Some(parts(&system.concat(), &user.concat())),
                ..PromptTemplate::built_in()
            };
            let is_savable = template
                .parts
                .as_ref()
                .is_some_and(|parts| parts.check().is_ok());
            savable.fetch_add(usize::from(is_savable), Ordering::Relaxed);
            let parts = PromptParts {
                ticket: &ticket,
                history,
                question: Some(question),
                passages: Vec::new(),
                at: world.now(),
            };
            let request = factory.request(&template, parts, Extent::Whole);
            assert!(request.is_ok() || !is_savable, "{template:?}: {request:?}");
            // Nor does one that was saved in another way.
            for turn in request.map(|request| request.turns).unwrap_or_default() {
                let is_clean = !turn.content.to_uppercase().contains(&MARK.to_uppercase());
                assert!(turn.role != ChatRole::System || is_clean, "{template:?}");
            }
            Ok(())
        })
        .expect("nothing leaks");
    assert!(savable.into_inner() > 10);
}
