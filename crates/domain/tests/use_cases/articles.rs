use std::sync::Arc;

use domain::article::ArticleOrigin;
use domain::ports::RepositoryError;
use domain::use_cases::{InstallSampleArticles, SampleArticle, SampleError};
use testkit::fakes::InMemoryArticleRepository;

use crate::world::World;

const SAMPLES: [SampleArticle; 2] = [
    SampleArticle {
        slug: "refunds",
        title: "Refunds",
        body: "Within three days.",
    },
    SampleArticle {
        slug: "shipping",
        title: "Shipping",
        body: "Every day.",
    },
];

fn install(world: &World, articles: &Arc<InMemoryArticleRepository>) -> InstallSampleArticles {
    InstallSampleArticles::new(articles.clone(), world.clock.clone(), world.ids.clone())
}

#[tokio::test]
async fn samples_are_installed_once_even_after_they_were_deleted() {
    let world = World::default();
    let articles = Arc::new(InMemoryArticleRepository::default());
    let install = install(&world, &articles);
    assert!(install.execute(&SAMPLES).await.unwrap());
    let installed = articles.articles();
    assert_eq!(installed.len(), 2);
    assert!(installed.iter().all(|article| {
        article.published
            && article.origin == ArticleOrigin::Sample
            && article.created_at == world.now()
    }));

    articles.clear();
    assert!(!install.execute(&SAMPLES).await.unwrap());
    assert!(articles.articles().is_empty());
}

#[tokio::test]
async fn one_invalid_sample_keeps_all_from_being_installed() {
    let world = World::default();
    let articles = Arc::new(InMemoryArticleRepository::default());
    let install = install(&world, &articles);
    let [good, other] = SAMPLES;
    let bad_slug = SampleArticle {
        slug: "No slug",
        ..other
    };
    let bad_text = SampleArticle { body: " ", ..other };
    let outcome = install.execute(&[good, bad_slug]).await;
    assert!(matches!(outcome, Err(SampleError::Slug(_))));
    let outcome = install.execute(&[good, bad_text]).await;
    assert!(matches!(outcome, Err(SampleError::Text(_))));
    assert!(articles.articles().is_empty());
    assert!(install.execute(&SAMPLES).await.unwrap());
}

#[tokio::test]
async fn a_store_that_is_away_gets_its_samples_later() {
    let world = World::default();
    let articles = Arc::new(InMemoryArticleRepository::default());
    let install = install(&world, &articles);
    articles.outage().begin();
    let outcome = install.execute(&SAMPLES).await;
    assert!(matches!(
        outcome,
        Err(SampleError::Repository(RepositoryError::Unavailable(_)))
    ));
    articles.outage().end();
    assert!(install.execute(&SAMPLES).await.unwrap());
}
