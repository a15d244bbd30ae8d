//! What searches read.

use domain::article::{Article, ArticleOrigin, Synonyms};
use domain::ticket::ExpectedVersion;

use super::changes::titled;
use super::{article, install, written};
use crate::contract::ArticleStores;
use crate::contract::fixtures::at;

pub async fn every_change_raises_the_revision(stores: ArticleStores) {
    let mut seen = revision(&stores).await;
    let mut rose = async |what: &str| {
        let now = revision(&stores).await;
        assert!(now > seen, "{what} went unnoticed: {seen} then {now}");
        seen = now;
    };
    assert!(install(&stores, &[article("sample")]).await);
    rose("samples").await;
    let own = written("own");
    stores.articles.add(&own).await.expect("added");
    rose("a new article").await;
    let any = ExpectedVersion::Any;
    let update = titled("Changed");
    let changed = stores.articles.change(own.id, &update, &any, at(9)).await;
    changed.expect("changed");
    rose("a change").await;
    let file = Article {
        origin: ArticleOrigin::Imported,
        ..article("file")
    };
    let imported = stores.articles.import(&[file], false).await;
    imported.expect("imported");
    rose("an import").await;
    stores.articles.delete(own.id, &any).await.expect("deleted");
    rose("a deletion").await;
    for synonyms in [Some(Synonyms::default()), None] {
        let set = stores.knowledge.set_synonyms(synonyms).await;
        set.expect("set");
        rose("synonyms").await;
    }
}

pub async fn what_changes_nothing_may_keep_the_revision(stores: ArticleStores) {
    assert!(install(&stores, &[article("sample")]).await);
    let before = revision(&stores).await;
    assert!(!install(&stores, &[article("other")]).await);
    assert_eq!(revision(&stores).await, before);
}

pub async fn synonyms_come_back_as_they_were_set(stores: ArticleStores) {
    let knowledge = &stores.knowledge;
    assert_eq!(knowledge.synonyms().await.expect("read"), None);
    let groups = [
        ["refund", "money back"].map(str::to_owned).to_vec(),
        ["größe", "\"size\" 🦀"].map(str::to_owned).to_vec(),
    ];
    for synonyms in [
        Some(Synonyms::parse(groups.to_vec()).expect("synonyms")),
        Some(Synonyms::default()),
        None,
    ] {
        knowledge.set_synonyms(synonyms.clone()).await.expect("set");
        assert_eq!(knowledge.synonyms().await.expect("read"), synonyms);
    }
}

async fn revision(stores: &ArticleStores) -> i64 {
    stores.knowledge.revision().await.expect("read")
}
