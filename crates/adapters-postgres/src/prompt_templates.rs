use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::UserId;
use domain::page::{Page, PageLimit};
use domain::ports::{PromptTemplateRepository, RepositoryError, SaveTemplateError};
use domain::prompt::{
    Authorship, Drafted, PromptTemplate, TemplateDraft, TemplateName, TemplateParts,
    TemplateRefusal, TemplateText,
};
use domain::ticket::ExpectedVersion;
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::database::PgDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::schema::prompt_templates;

/// Prompt templates in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgPromptTemplateRepository {
    database: PgDatabase,
}

impl PgPromptTemplateRepository {
    /// Keeps templates in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl PromptTemplateRepository for PgPromptTemplateRepository {
    async fn save(
        &self,
        draft: &TemplateDraft,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, SaveTemplateError> {
        let saved = self
            .database
            .write(
                (draft.clone(), expected.clone()),
                |connection, (draft, expected), _| save(connection, draft, expected).boxed(),
            )
            .await?;
        Ok(saved?)
    }

    async fn find_newest(
        &self,
        names: &[TemplateName],
    ) -> Result<Vec<PromptTemplate>, RepositoryError> {
        let names: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
        self.database
            .read(names, |connection, names| {
                let found = in_force().filter(prompt_templates::name.eq_any(names.clone()));
                load(connection, found).boxed()
            })
            .await
    }

    async fn list_newest(&self) -> Result<Vec<PromptTemplate>, RepositoryError> {
        self.database
            .read((), |connection, ()| {
                load(connection, in_force().order(prompt_templates::name)).boxed()
            })
            .await
    }

    async fn list_versions(
        &self,
        name: &TemplateName,
        before: Option<i32>,
        limit: PageLimit,
    ) -> Result<Page<PromptTemplate, i32>, RepositoryError> {
        let surplus = i64::try_from(limit.get()).unwrap_or(i64::MAX) + 1;
        let before = before.unwrap_or(i32::MAX);
        let versions = self
            .database
            .read(
                (name.as_str().to_owned(), before),
                move |connection, (name, before)| {
                    let versions = prompt_templates::table
                        .filter(prompt_templates::name.eq(name.clone()))
                        .filter(prompt_templates::version.lt(*before))
                        .order(prompt_templates::version.desc())
                        .limit(surplus)
                        .into_boxed();
                    load(connection, versions).boxed()
                },
            )
            .await?;
        Ok(Page::from_surplus(versions, limit, |last| last.version))
    }
}

/// Drafts are decided one after the other, whatever their names: they are rare, and a name's first
/// version has no row yet that could be locked. Readers are not kept waiting.
async fn save(
    mut connection: &AsyncPgConnection,
    draft: &TemplateDraft,
    expected: &ExpectedVersion,
) -> Result<Result<Drafted, TemplateRefusal>, StoreError> {
    diesel::sql_query("LOCK TABLE prompt_templates IN SHARE ROW EXCLUSIVE MODE")
        .execute(&mut connection)
        .await?;
    let newest = prompt_templates::table
        .filter(prompt_templates::name.eq(draft.name.as_str()))
        .order(prompt_templates::version.desc())
        .select(TemplateRow::as_select())
        .first(&mut connection)
        .await
        .optional()?
        .map(PromptTemplate::try_from)
        .transpose()?;
    let stored: i64 = in_force()
        .select(count_star())
        .first(&mut connection)
        .await?;
    let stored = usize::try_from(stored).unwrap_or(usize::MAX);
    let drafted = draft.clone().decide(newest, stored, expected);
    if let Ok(Drafted::Created(template) | Drafted::Replaced(template)) = &drafted {
        diesel::insert_into(prompt_templates::table)
            .values(TemplateRow::try_from(template)?)
            .execute(&mut connection)
            .await?;
    }
    Ok(drafted)
}

async fn load(
    mut connection: &AsyncPgConnection,
    templates: prompt_templates::BoxedQuery<'static, Pg>,
) -> Result<Vec<PromptTemplate>, StoreError> {
    let rows = templates
        .select(TemplateRow::as_select())
        .load(&mut connection)
        .await?;
    let entities = rows.into_iter().map(PromptTemplate::try_from);
    Ok(entities.collect::<Result<_, _>>()?)
}

/// The newest versions, but for those that withdraw.
fn in_force() -> prompt_templates::BoxedQuery<'static, Pg> {
    let later = diesel::alias!(prompt_templates as later);
    let is_superseded = exists(
        later
            .filter(
                later
                    .field(prompt_templates::name)
                    .eq(prompt_templates::name),
            )
            .filter(
                later
                    .field(prompt_templates::version)
                    .gt(prompt_templates::version),
            ),
    );
    prompt_templates::table
        .filter(prompt_templates::system_part.is_not_null())
        .filter(not(is_superseded))
        .into_boxed()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = prompt_templates, check_for_backend(Pg))]
#[diesel(treat_none_as_default_value = false)]
struct TemplateRow {
    name: String,
    version: i32,
    system_part: Option<String>,
    user_part: Option<String>,
    author_id: Uuid,
    created_at: DateTime<Utc>,
}

impl TryFrom<&PromptTemplate> for TemplateRow {
    type Error = CorruptColumn;

    fn try_from(template: &PromptTemplate) -> Result<Self, CorruptColumn> {
        let parts = template.parts.as_ref();
        let authorship = known("prompt_templates.author_id", template.authorship)?;
        Ok(Self {
            name: template.name.as_str().to_owned(),
            version: template.version,
            system_part: parts.map(|parts| parts.system.as_str().to_owned()),
            user_part: parts.map(|parts| parts.user.as_str().to_owned()),
            author_id: authorship.author_id.as_uuid(),
            created_at: authorship.created_at,
        })
    }
}

impl TryFrom<TemplateRow> for PromptTemplate {
    type Error = CorruptColumn;

    fn try_from(row: TemplateRow) -> Result<Self, CorruptColumn> {
        let parts = row.system_part.zip(row.user_part);
        let parts = parts.map(|(system, user)| {
            Ok(TemplateParts {
                system: parsed("prompt_templates.system_part", TemplateText::parse(system))?,
                user: parsed("prompt_templates.user_part", TemplateText::parse(user))?,
            })
        });
        Ok(Self {
            name: parsed("prompt_templates.name", TemplateName::parse(row.name))?,
            version: row.version,
            parts: parts.transpose()?,
            authorship: Some(Authorship {
                author_id: UserId::from_uuid(row.author_id),
                created_at: row.created_at,
            }),
        })
    }
}
