//! What is looked at from the outside, without changing anything.

use std::sync::Arc;

use adapters_groq::HostCheck;
use domain::ports::{ChatModel as _, ChatModelError, KnowledgeSource, PassageSearch, StoreHealth};

use super::assistant::groq_model;
use super::knowledge;
use super::stores::Stores;
use crate::causes::causes;
use crate::config::{Assistant, Config};

/// The ports that are looked through.
pub(crate) struct Store {
    pub(crate) health: Arc<dyn StoreHealth>,
    pub(crate) knowledge: Arc<dyn KnowledgeSource>,
    /// Its index is made at the first search.
    pub(crate) search: Arc<dyn PassageSearch>,
}

/// What the model's host says.
#[derive(Debug)]
pub(crate) enum ModelState {
    Ready,
    /// It does not tell which models it has.
    Untold,
    Missing,
    KeyRefused,
    Limited,
    Unreachable(String),
}

/// The database as it is; none where there is none yet, which the first start makes.
pub(crate) fn store(config: &Config) -> anyhow::Result<Option<Store>> {
    let Some(stores) = Stores::open_untouched(config)? else {
        return Ok(None);
    };
    let search = knowledge::search(config, &stores)?;
    Ok(Some(Store {
        health: stores.health,
        knowledge: stores.knowledge,
        search: Arc::new(search),
    }))
}

/// The configured model and its state; none where articles are quoted.
pub(crate) async fn model(config: &Config) -> anyhow::Result<Option<(String, ModelState)>> {
    let Assistant::Groq(settings) = &config.assistant else {
        return Ok(None);
    };
    let model = groq_model(settings)?;
    let state = match model.check_host().await {
        Ok(HostCheck::HasModel) => ModelState::Ready,
        Ok(HostCheck::LacksModel) => ModelState::Missing,
        Ok(HostCheck::NoList) => ModelState::Untold,
        Err(ChatModelError::Rejected { status: 401 | 403 }) => ModelState::KeyRefused,
        Err(ChatModelError::RateLimited { .. }) => ModelState::Limited,
        Err(error) => ModelState::Unreachable(causes(&error)),
    };
    Ok(Some((model.name(), state)))
}
