//! How the index follows the articles.

use std::sync::Arc;
use std::time::Duration;

use adapters_search::{SearchLanguage, TantivyPassageSearch};
use domain::ports::{ArticleRepository as _, PassageSearch as _};
use testkit::fakes::InMemoryArticleRepository;
use tokio::task::JoinSet;

use crate::article;

#[tokio::test(start_paused = true)]
async fn changes_are_found_within_seconds_and_searches_never_wait_for_them() {
    let store = Arc::new(InMemoryArticleRepository::default());
    let search = TantivyPassageSearch::new(store.clone(), SearchLanguage::ENGLISH);
    let titles = async || -> Vec<String> {
        let found = search.search("otters", 4).await.expect("found");
        found.into_iter().map(|found| found.passage.title).collect()
    };
    assert_eq!(titles().await, Vec::<String>::new());
    store
        .add(&article(1, "Otters", "They swim."))
        .await
        .expect("added");
    assert_eq!(titles().await, Vec::<String>::new(), "nobody follows yet");

    let mut following = JoinSet::new();
    following.spawn(search.clone().follow());
    tokio::time::timeout(Duration::from_secs(5), async {
        while titles().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .expect("the change is found");

    // A store that is away costs nobody the index that there is.
    let outage = store.outage();
    outage.begin();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(titles().await, ["Otters"]);
    outage.end();
    store.clear();
    tokio::time::timeout(Duration::from_secs(5), async {
        while !titles().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .expect("the change is found");
    following.abort_all();
}
