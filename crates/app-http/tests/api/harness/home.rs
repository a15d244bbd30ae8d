use tempfile::TempDir;
use testkit::postgres::{FreshDatabase, fresh_database};

/// Which database this test binary runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

/// Where one test's data is kept.
pub struct Home {
    pub folder: TempDir,
    url: String,
    _database: Option<FreshDatabase>,
}

impl Home {
    /// A database of the kind that this test binary is about. Where PostgreSQL is not installed it
    /// is SQLite all the same, and testkit says so loudly.
    pub async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = match crate::STORE {
            Store::Sqlite => None,
            Store::Postgres => fresh_database().await,
        };
        let url = match &database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite://{}", folder.path().join("support.db").display()),
        };
        Self {
            folder,
            url,
            _database: database,
        }
    }

    /// Data behind that URL, such as a proxy's.
    pub fn at(url: String) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self {
            folder,
            url,
            _database: None,
        }
    }

    /// The settings that lead to the data.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.url.clone()),
            ("JWT_SECRET", "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV".to_owned()),
        ]
    }

    /// The same, and those that lead to a model at that address.
    pub fn settings_with_model(&self, base_url: String) -> Vec<(&'static str, String)> {
        let mut settings = self.settings();
        settings.push(("GROQ_API_KEY", "gsk_not_a_real_key".to_owned()));
        settings.push(("GROQ_BASE_URL", base_url));
        settings
    }

    /// The setting of that name, if it leads to the data.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.settings()
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}
