//! `support-assistant articles import`, as operators call it.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::binary::binary;
use crate::harness::{Home, TestApp};

/// A database, and a folder of files.
struct Scene {
    home: Home,
}

impl Scene {
    async fn new() -> Self {
        let home = Home::new().await;
        fs::create_dir(home.folder.path().join("help")).expect("a folder");
        Self { home }
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.home.folder.path().join("help").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.home.folder.path().join("help").join(path)).expect("removed");
    }

    fn import(&self, arguments: &[&str]) -> Output {
        let settings = self.home.settings();
        let settings: Vec<_> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut command = binary(self.home.folder.path(), &settings);
        command.args(["articles", "import"]).args(arguments);
        command.output().expect("an end")
    }

    #[track_caller]
    fn imports(&self, arguments: &[&str], told: &str) {
        let output = self.import(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), format!("{told}\n"));
        // Progress is for terminals.
        assert_eq!(text(&output.stderr), "");
    }

    #[track_caller]
    fn is_refused(&self, arguments: &[&str], problems: &[&str]) {
        let output = self.import(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), "");
        let told = text(&output.stderr);
        let mut lines = told.lines();
        assert_eq!(
            lines.next(),
            Some("support-assistant: nothing was imported:")
        );
        let lines: Vec<_> = lines.map(str::trim).collect();
        assert_eq!(lines.len(), problems.len(), "{told}");
        for (line, problem) in lines.iter().zip(problems) {
            assert!(line.starts_with(problem), "{line} is not {problem}");
        }
    }

    async fn articles(self) -> Vec<Value> {
        let app = TestApp::at_home(self.home.into(), &[], None).await;
        app.until_ready().await;
        let grace = app.agent("grace").await;
        let list = grace.get("/articles").await.expect_status(200).json();
        let mut articles = Vec::new();
        for item in list["items"].as_array().expect("a list") {
            let path = format!("/articles/{}", item["id"].as_str().expect("an id"));
            articles.push(grace.get(&path).await.expect_status(200).json());
        }
        articles.sort_by_key(|article| article["slug"].to_string());
        articles
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_becomes_articles() {
    let scene = Scene::new().await;
    let front = "---\ntitle: \"Refunds: when\"\nslug: refunds\nurl: https://help.example/r\n\
                 published: false\n---\n\nSoon.\n\n## Abroad\nLater.\n";
    scene.write("one.md", front);
    scene.write("deep/er/Größe & Maß.md", "# Which size?\n\nMeasure.\n");
    scene.write("notes.txt", "not an article");
    scene.write(".hidden.md", "not an article");
    scene.write(".git/x.md", "not an article");
    scene.imports(&["help"], "created 2, updated 0, unchanged 0, removed 0");
    scene.imports(&["help"], "created 0, updated 0, unchanged 2, removed 0");
    let articles = scene.articles().await;
    assert_eq!(articles.len(), 2, "no samples: {articles:?}");
    let told = |article: &Value, member: &str| article[member].as_str().map(str::to_owned);
    let [size, refunds] = articles.as_slice() else {
        panic!("{articles:?}")
    };
    assert_eq!(told(size, "slug").as_deref(), Some("grosse-mass"));
    assert_eq!(told(size, "title").as_deref(), Some("Which size?"));
    assert_eq!(told(size, "body").as_deref(), Some("Measure."));
    assert_eq!(size["published"], true);
    assert_eq!(told(refunds, "title").as_deref(), Some("Refunds: when"));
    assert_eq!(
        told(refunds, "body").as_deref(),
        Some("Soon.\n\n## Abroad\nLater.")
    );
    assert_eq!(
        told(refunds, "url").as_deref(),
        Some("https://help.example/r")
    );
    assert_eq!(refunds["published"], false);
    assert_eq!(refunds["version"], 1);
    assert_eq!(refunds["origin"], "imported");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_changed_and_what_is_gone_goes_when_asked() {
    let scene = Scene::new().await;
    for name in ["a", "b", "c"] {
        scene.write(&format!("{name}.md"), format!("# {name}\nText."));
    }
    scene.imports(&["help"], "created 3, updated 0, unchanged 0, removed 0");
    scene.write("b.md", "# b\nOther text.");
    scene.remove("c.md");
    scene.imports(&["help"], "created 0, updated 1, unchanged 1, removed 0");
    scene.imports(
        &["help", "--prune"],
        "created 0, updated 0, unchanged 2, removed 1",
    );
    let articles = scene.articles().await;
    let versions: Vec<_> = articles.iter().map(|article| &article["version"]).collect();
    assert_eq!(versions, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_told_and_nothing_is_changed() {
    let scene = Scene::new().await;
    scene.write("good.md", "# Good\nText.");
    scene.imports(&["help"], "created 1, updated 0, unchanged 0, removed 0");
    scene.write("good.md", "# Good\nOther text.");
    scene.write("a-colour.md", "---\ntitle: A\ncolour: red\n---\nText.");
    scene.write("b-bare.md", "Text without a heading.");
    scene.write("c-latin.md", b"# C\nGr\xf6sse");
    scene.write("d-long.md", "x".repeat(1024 * 1024 + 1));
    scene.write("e-open.md", "---\ntitle: E\nText.");
    scene.write(
        "f-fields.md",
        "---\ntitle: F\nurl: ftp://x\nslug: F F\n---\n",
    );
    scene.write("sub/good.md", "# Twin\nText.");
    scene.is_refused(
        &["help", "--prune"],
        &[
            "a-colour.md:3: ",
            "b-bare.md: title: there is none",
            "c-latin.md: is not in UTF-8, from line 2 on",
            "d-long.md: has more than 1 MiB",
            "e-open.md:1: ",
            "f-fields.md:4: slug: ",
            "f-fields.md: the text: must not be blank",
            "f-fields.md:3: url: ",
            "sub/good.md: has the slug \"good\" as good.md has",
        ],
    );
    let articles = scene.articles().await;
    assert_eq!(articles.len(), 1);
    assert_eq!(articles[0]["body"], "Text.");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_lead_nowhere_else() {
    use std::os::unix::fs::symlink;
    let scene = Scene::new().await;
    scene.write("real.md", "# Real\nText.");
    let help = scene.home.folder.path().join("help");
    fs::write(scene.home.folder.path().join("secret.md"), "# Secret").expect("a file");
    symlink("real.md", help.join("twin.md")).expect("a link");
    scene.imports(&["help"], "created 2, updated 0, unchanged 0, removed 0");
    symlink("../secret.md", help.join("a.md")).expect("a link");
    symlink(Path::new(".."), help.join("b")).expect("a link");
    symlink(".", help.join("c")).expect("a link");
    symlink("nothing.md", help.join("d.md")).expect("a link");
    scene.is_refused(
        &["help"],
        &[
            "a.md: is a link that leads out of the folder",
            "b: is a link that leads out of the folder",
            "c: is a link to a folder, which is not followed",
            "d.md: is a link that leads nowhere",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_without_articles_change_nothing() {
    let scene = Scene::new().await;
    scene.is_refused(&["help", "--prune"], &["help: has no Markdown files"]);
    scene.is_refused(&["elsewhere"], &["elsewhere: "]);
    assert_eq!(scene.import(&[]).status.code(), Some(2));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_folders_of_regular_files_are_read() {
    let scene = Scene::new().await;
    scene.write("one.md", "# One\n\nText.");
    scene.is_refused(&["help/one.md"], &["help/one.md: Not a directory"]);
    let socket = scene.home.folder.path().join("help/two.md");
    let _bound = std::os::unix::net::UnixListener::bind(socket).expect("a socket");
    scene.is_refused(&["help"], &["two.md: is no regular file"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_wrote_is_neither_overwritten_nor_pruned() {
    let scene = Scene::new().await;
    let app = TestApp::at_home(scene.home.into(), &[], None).await;
    app.until_ready().await;
    let grace = app.agent("ada").await;
    let own = serde_json::json!({"title": "Own", "body": "Mine."});
    grace.post("/articles", &own).await.expect_status(201);
    let home = app.stop().await;
    let scene = Scene {
        home: std::sync::Arc::into_inner(home).expect("the only one"),
    };
    scene.write("own.md", "# Own\nTheirs.");
    scene.is_refused(
        &["help"],
        &["own.md: an article that was written through the API"],
    );
    scene.remove("own.md");
    scene.write("other.md", "# Other\nTheirs.");
    scene.imports(
        &["help", "--prune"],
        "created 1, updated 0, unchanged 0, removed 0",
    );
    let articles = scene.articles().await;
    let bodies: Vec<_> = articles.iter().map(|article| &article["body"]).collect();
    assert_eq!(bodies, ["Theirs.", "Mine."]);
}
