//! Stored prompt templates that do not work any more, as an upgrade or a restored backup leaves them.

use groq_simulator::{Reply, Simulator};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_postgres::NoTls;

use crate::binary::{Server, binary};
use crate::harness::{Answer, Home};

const PASSED_OVER: &str = "a prompt template does not render and is passed over";
const AUTHOR: &str = "019aad00-0000-7000-8000-000000000001";

/// Puts a template into the database, past everything that checks it.
async fn store(home: &Home, version: i32, system: &str, user: &str) {
    let url = home.setting("DATABASE_URL").expect("a database");
    let (is_postgres, at) = match url.strip_prefix("sqlite://") {
        Some(_) => (false, "1700000000000000".to_owned()),
        None => (true, "now()".to_owned()),
    };
    let statement = format!(
        "INSERT INTO prompt_templates \
         (name, version, system_part, user_part, author_id, created_at) \
         VALUES ('default', {version}, '{system}', '{user}', '{AUTHOR}', {at})"
    );
    if is_postgres {
        let connected = tokio_postgres::connect(&url, NoTls).await;
        let (client, connection) = connected.expect("a connection");
        let mut serving = JoinSet::new();
        serving.spawn(async move { drop(connection.await) });
        client.batch_execute(&statement).await.expect("stored");
    } else {
        use diesel::connection::SimpleConnection as _;
        use diesel::{Connection as _, SqliteConnection};
        let path = url.trim_start_matches("sqlite://");
        let mut connection = SqliteConnection::establish(path).expect("a connection");
        connection
            .batch_execute(&format!("PRAGMA busy_timeout = 10000; {statement}"))
            .expect("stored");
    }
}

/// Makes an agent on the command line and signs them in.
async fn agent(server: &Server, home: &Home, settings: &[(&str, &str)]) -> String {
    let password = "correct horse battery";
    let file = home.folder.path().join("password");
    std::fs::write(&file, password).expect("a file");
    let made = binary(home.folder.path(), settings)
        .args(["user", "create", "--email", "grace@example.com"])
        .args(["--role", "agent", "--password-stdin"])
        .stdin(std::fs::File::open(&file).expect("a file"))
        .output()
        .expect("an end");
    assert!(made.status.success(), "{made:?}");
    let credentials = json!({"email": "grace@example.com", "password": password});
    let signed_in = server.post("/auth/login", "", credentials).await;
    signed_in.expect_status(200).text_of("access_token")
}

/// Has a new ticket answered, and gives the receipt's template.
async fn template_of_an_answer(server: &Server, ada: &str, grace: &str) -> Value {
    let ticket = server.new_ticket(ada).await;
    let stream = server.request(&format!("{ticket}/ai-response"), ada);
    let text = stream.send().await.expect("a stream").text().await;
    let text = text.expect("a whole stream");
    assert!(text.contains("event: response.completed"), "{text}");
    let messages = Answer::to(server.request(&format!("{ticket}/messages"), grace)).await;
    let messages = messages.expect_status(200).json();
    let message = &messages["items"][0];
    assert_eq!(message["content"], "Here you are.");
    let reply = message["reply_id"].as_str().expect("a reply");
    let receipt = server.request(&format!("{ticket}/replies/{reply}"), grace);
    Answer::to(receipt).await.expect_status(200).json()["prompt_template"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_template_that_works_no_more_gives_way_and_is_logged_once() {
    let simulator = Simulator::start().await.expect("a simulator");
    for _ in 0..5 {
        simulator.enqueue(Reply::text("Here you are."));
    }
    let home = Home::new().await;
    let settings = home.settings_with_model(simulator.base_url());
    let settings: Vec<_> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut server = Server::start(home.folder.path(), &settings).await;
    let ada = server.new_customer().await;
    let grace = agent(&server, &home, &settings).await;
    let built_in = json!({"name": "default", "version": 1});
    let works = "Answer kindly.";
    let asks = "{{ latest_message }}";
    // A part that does not compile, and a variable that is gone.
    store(&home, 2, works, "{% if latest_message %}").await;
    for _ in 0..2 {
        assert_eq!(template_of_an_answer(&server, &ada, &grace).await, built_in);
    }
    store(&home, 3, "{{ a_variable_of_old }}", asks).await;
    for _ in 0..2 {
        assert_eq!(template_of_an_answer(&server, &ada, &grace).await, built_in);
    }
    // One that works is used again.
    store(&home, 4, works, asks).await;
    let newest = json!({"name": "default", "version": 4});
    assert_eq!(template_of_an_answer(&server, &ada, &grace).await, newest);
    let asked = simulator.requests();
    assert_eq!(asked.len(), 5);

    let (_, log) = server.terminate();
    let told: Vec<_> = log.lines().filter(|l| l.contains(PASSED_OVER)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    for (line, version) in told
        .iter()
        .zip(["template.version=2", "template.version=3"])
    {
        assert!(line.contains(version), "{line}");
        assert!(!line.contains("Where is it?"), "{line}");
    }
}
