use chrono::{DateTime, Utc};
use domain::prompt::PromptTemplate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A version of a template, without what it says.
#[derive(Serialize, ToSchema)]
#[schema(as = PromptTemplateSummary)]
pub(crate) struct SummaryResponse {
    /// A ticket's category, or `default`.
    #[schema(example = "default")]
    name: String,
    #[schema(minimum = 1, example = 1)]
    version: i32,
    /// Whether it comes with the program.
    built_in: bool,
    /// The admin who wrote it.
    #[schema(required = true)]
    author_id: Option<Uuid>,
    #[schema(required = true)]
    created_at: Option<DateTime<Utc>>,
}

/// A version of a template. One without parts withdraws those before it.
#[derive(Serialize, ToSchema)]
#[schema(as = PromptTemplate)]
pub(crate) struct PromptTemplateResponse {
    #[serde(flatten)]
    summary: SummaryResponse,
    #[schema(
        required = true,
        example = "You are the support assistant of this company."
    )]
    system: Option<String>,
    #[schema(required = true, example = "{{ latest_message }}")]
    user: Option<String>,
}

impl From<&PromptTemplate> for SummaryResponse {
    fn from(template: &PromptTemplate) -> Self {
        let authorship = template.authorship;
        Self {
            name: template.name.as_str().to_owned(),
            version: template.version,
            built_in: authorship.is_none(),
            author_id: authorship.map(|authorship| authorship.author_id.as_uuid()),
            created_at: authorship.map(|authorship| authorship.created_at),
        }
    }
}

impl From<PromptTemplate> for PromptTemplateResponse {
    fn from(template: PromptTemplate) -> Self {
        let summary = SummaryResponse::from(&template);
        let parts = template.parts.map(|parts| (parts.system, parts.user));
        let (system, user) = parts.unzip();
        Self {
            summary,
            system: system.map(String::from),
            user: user.map(String::from),
        }
    }
}
