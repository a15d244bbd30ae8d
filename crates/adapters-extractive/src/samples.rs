use domain::use_cases::SampleArticle;

macro_rules! sample {
    ($slug:literal, $title:literal) => {
        SampleArticle {
            slug: $slug,
            title: $title,
            body: include_str!(concat!("../samples/", $slug, ".md")),
        }
    };
}

/// The help articles of an imaginary shop, for a new installation to answer from.
pub fn sample_articles() -> Vec<SampleArticle> {
    vec![
        sample!("resetting-your-password", "Resetting your password"),
        sample!("refunds-and-returns", "Refunds and returns"),
        sample!("shipping-times-and-tracking", "Shipping times and tracking"),
        sample!(
            "changing-or-cancelling-an-order",
            "Changing or cancelling an order"
        ),
        sample!(
            "payment-methods-and-invoices",
            "Payment methods and invoices"
        ),
        sample!(
            "your-account",
            "Changing your e-mail address or deleting your account"
        ),
        sample!("damaged-items-and-warranty", "Damaged items and warranty"),
        sample!("contacting-support", "Contacting support and opening hours"),
    ]
}

#[cfg(test)]
mod tests {
    use domain::article::{ArticleBody, ArticleTitle, Slug};

    use super::*;

    #[test]
    fn samples_are_fit_to_be_articles() {
        for sample in sample_articles() {
            assert!(Slug::parse(sample.slug).is_ok(), "{}", sample.slug);
            assert!(ArticleTitle::parse(sample.title).is_ok(), "{}", sample.slug);
            assert!(ArticleBody::parse(sample.body).is_ok(), "{}", sample.slug);
            assert!(sample.body.matches("\n## ").count() >= 3, "{}", sample.slug);
        }
    }

    #[test]
    fn no_two_samples_share_a_slug() {
        let mut slugs: Vec<_> = sample_articles().iter().map(|sample| sample.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), sample_articles().len());
    }
}
