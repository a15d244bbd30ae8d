use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Crates that a package of ours names in its manifest, without those for tests only.
fn direct_dependencies(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args([
            "tree",
            "--offline",
            "--locked",
            "--package",
            package,
            "--edges",
            "normal",
        ])
        .args(["--depth", "1", "--prefix", "none", "--format", "{lib}"])
        .output()
        .expect("cargo tree");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).expect("text");
    tree.lines()
        .skip(1)
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect()
}

#[track_caller]
fn assert_uses_only(package: &str, allowed: &[&str]) {
    let strays: Vec<_> = direct_dependencies(package)
        .into_iter()
        .filter(|name| !allowed.contains(&name.as_str()))
        .collect();
    assert!(
        strays.is_empty(),
        "`{package}` must not depend on {strays:?}"
    );
}

#[test]
fn the_domain_depends_on_no_adapter_and_no_framework() {
    let allowed = [
        "async_trait",
        "chrono",
        "futures_core",
        "minijinja",
        "serde",
        "thiserror",
        "uuid",
    ];
    assert_uses_only("domain", &allowed);
}

#[test]
fn the_reply_engine_knows_no_database_and_no_http() {
    let allowed = [
        "async_trait",
        "chrono",
        "domain",
        "futures_util",
        "metrics",
        "rand",
        "thiserror",
        "tokio",
        "tokio_util",
        "tracing",
    ];
    assert_uses_only("reply-engine", &allowed);
}

#[test]
fn adapters_know_neither_each_other_nor_the_server() {
    let crates = std::fs::read_dir(workspace().join("crates")).expect("the crates");
    let mut checked = 0;
    for entry in crates {
        let name = entry
            .expect("a crate")
            .file_name()
            .into_string()
            .expect("a name");
        if name.starts_with("adapters-") {
            let ours = direct_dependencies(&name).into_iter().filter(|dependency| {
                dependency.starts_with("adapters_")
                    || ["app_http", "reply_engine", "testkit"].contains(&dependency.as_str())
            });
            assert_eq!(ours.collect::<Vec<_>>(), Vec::<String>::new(), "in {name}");
            checked += 1;
        }
    }
    assert!(checked >= 4, "the adapters were not found");
}

#[test]
fn the_simulator_uses_nothing_of_ours() {
    let dependencies = direct_dependencies("groq-simulator");
    for ours in ["domain", "reply_engine", "app_http", "testkit"] {
        assert!(
            !dependencies.contains(ours),
            "the simulator must not depend on {ours}"
        );
    }
}

#[test]
fn only_the_composition_root_names_adapters() {
    let source = workspace().join("crates/app-http/src");
    let mut files = vec![source.clone()];
    let mut checked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a folder");
            files.extend(entries.map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let relative = path.strip_prefix(&source).expect("a source file");
        if relative.starts_with("composition") || relative == Path::new("composition.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(
            !text.contains("adapters_"),
            "{} names an adapter",
            relative.display()
        );
        checked += 1;
    }
    assert!(checked > 20, "the sources were not found");
}

/// The image's first layer knows the crates by name, and Cargo wants all of them.
#[test]
fn the_image_is_built_from_every_crate() {
    let dockerfile = workspace().join("docker/Dockerfile");
    let dockerfile = std::fs::read_to_string(dockerfile).expect("text");
    for entry in std::fs::read_dir(workspace().join("crates")).expect("the crates") {
        let name = entry.expect("a crate").file_name();
        let name = name.to_str().expect("a name");
        let copied = format!("COPY crates/{name}/Cargo.toml crates/{name}/\n");
        assert!(dockerfile.contains(&copied), "{name} is missing");
    }
}
