use std::sync::Arc;

use adapters_search::{SearchLanguage, TantivyPassageSearch};
use anyhow::Context as _;
use domain::use_cases::{
    ChangeArticle, CreateArticle, DeleteArticle, ListArticles, SearchArticles, SetSynonyms,
    ShowArticle, ShowSynonyms,
};
use tokio_util::sync::CancellationToken;

use super::Services;
use super::stores::Stores;
use crate::config::Config;

/// What is done with help articles.
pub(super) struct Knowledge {
    pub(super) list: ListArticles,
    pub(super) show: ShowArticle,
    pub(super) search: SearchArticles,
    pub(super) create: CreateArticle,
    pub(super) change: ChangeArticle,
    pub(super) delete: DeleteArticle,
    pub(super) show_synonyms: ShowSynonyms,
    pub(super) set_synonyms: SetSynonyms,
}

impl Knowledge {
    pub(super) fn new(stores: &Stores, services: &Services) -> Self {
        let articles = &stores.articles;
        let clock = &services.clock;
        let search = services.search.clone();
        let built_in = search.built_in_synonyms().clone();
        Self {
            list: ListArticles::new(articles.clone()),
            show: ShowArticle::new(articles.clone()),
            search: SearchArticles::new(Arc::new(search)),
            create: CreateArticle::new(articles.clone(), clock.clone(), services.ids.clone()),
            change: ChangeArticle::new(articles.clone(), clock.clone()),
            delete: DeleteArticle::new(articles.clone()),
            show_synonyms: ShowSynonyms::new(stores.knowledge.clone(), built_in),
            set_synonyms: SetSynonyms::new(stores.knowledge.clone()),
        }
    }
}

/// The search that people and the assistant share.
pub(super) fn search(config: &Config, stores: &Stores) -> anyhow::Result<TantivyPassageSearch> {
    let language = SearchLanguage::from_name(config.search_language)
        .context("the search does not know the language that the configuration does")?;
    Ok(TantivyPassageSearch::new(
        stores.knowledge.clone(),
        language,
    ))
}

/// Keeps the search's index up to date from when the database is prepared until `stop`.
pub(super) async fn follow(
    search: TantivyPassageSearch,
    prepared: CancellationToken,
    stop: CancellationToken,
) {
    let following = async {
        prepared.cancelled().await;
        search.follow().await;
    };
    stop.run_until_cancelled(following).await;
}
