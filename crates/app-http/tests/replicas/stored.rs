//! What PostgreSQL holds in the end, read past the server.

use tokio::task::JoinSet;
use tokio_postgres::NoTls;

/// What must hold for every reply once all is quiet: a name, and a query for the replies for which
/// it does not.
const PROMISES: [(&str, &str); 6] = [
    (
        "every reply has ended",
        "SELECT id::text FROM replies WHERE ended_at IS NULL OR status IN ('queued', 'streaming')",
    ),
    (
        "answers are messages, once, and nothing else is",
        "SELECT r.id::text FROM replies r LEFT JOIN messages m ON m.reply_id = r.id
         GROUP BY r.id
         HAVING count(m.id) <> (r.status IN ('completed', 'incomplete'))::int
             OR bool_or(m.content <> r.text OR m.id <> r.message_id)",
    ),
    (
        "events are numbered from 0 to the last",
        "SELECT r.id::text FROM replies r LEFT JOIN reply_events e ON e.reply_id = r.id
         GROUP BY r.id
         HAVING count(*) <> r.last_sequence + 1 OR min(e.sequence) <> 0
             OR max(e.sequence) <> r.last_sequence",
    ),
    (
        "attempts follow each other, each behind its own beginning",
        "SELECT reply_id::text FROM (
             SELECT reply_id, attempt, kind,
                 lag(attempt, 1, 0) OVER (PARTITION BY reply_id ORDER BY sequence) AS before
             FROM reply_events
         ) AS e
         WHERE attempt < before
             OR (attempt > before) <> (kind IN ('created', 'restarted'))",
    ),
    (
        "each delta says where its attempt's text then ends",
        "SELECT reply_id::text FROM (
             SELECT reply_id, text_end,
                 sum(coalesce(octet_length(text), 0))
                     OVER (PARTITION BY reply_id, attempt ORDER BY sequence) AS summed
             FROM reply_events
         ) AS e
         WHERE text_end <> summed",
    ),
    (
        "a reply's text is that of its last attempt's deltas",
        "SELECT r.id::text FROM replies r
         LEFT JOIN reply_events e
             ON e.reply_id = r.id AND e.attempt = r.attempt AND e.kind = 'delta'
         GROUP BY r.id
         HAVING r.text <> coalesce(string_agg(e.text, '' ORDER BY e.sequence), '')",
    ),
];

/// A look into the database.
pub struct Stored {
    client: tokio_postgres::Client,
    _connection: JoinSet<()>,
}

impl Stored {
    pub async fn open(url: &str) -> Self {
        let connected = tokio_postgres::connect(url, NoTls).await;
        let (client, connection) = connected.expect("a connection");
        let mut serving = JoinSet::new();
        // Its end is told to whoever asks next.
        serving.spawn(async move { drop(connection.await) });
        Self {
            client,
            _connection: serving,
        }
    }

    /// Checks every promise for every reply.
    pub async fn assert_sound(&self) {
        for (promise, query) in PROMISES {
            let breaches = self.texts(query).await;
            assert!(breaches.is_empty(), "{promise}: not so for {breaches:?}");
        }
    }

    /// How many replies there are.
    pub async fn replies(&self) -> usize {
        self.texts("SELECT id::text FROM replies").await.len()
    }

    /// The whole log, one line an event.
    pub async fn log(&self) -> Vec<String> {
        let query = "SELECT concat_ws(' ', reply_id, sequence, attempt, kind, text_end, text)
                     FROM reply_events ORDER BY reply_id, sequence";
        self.texts(query).await
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        let rows = self.client.query(query, &[]).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    }
}
