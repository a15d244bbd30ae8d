use async_trait::async_trait;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::ids::UserId;
use domain::page::{Page, PageLimit};
use domain::ports::{PromptTemplateRepository, RepositoryError, SaveTemplateError};
use domain::prompt::{
    Authorship, Drafted, PromptTemplate, TemplateDraft, TemplateName, TemplateParts,
    TemplateRefusal, TemplateText,
};
use domain::ticket::ExpectedVersion;

use crate::columns::{id, known, micros, parsed, time};
use crate::database::SqliteDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::schema::prompt_templates;

/// Prompt templates in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqlitePromptTemplateRepository {
    database: SqliteDatabase,
}

impl SqlitePromptTemplateRepository {
    /// Keeps templates in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl PromptTemplateRepository for SqlitePromptTemplateRepository {
    async fn save(
        &self,
        draft: &TemplateDraft,
        expected: &ExpectedVersion,
    ) -> Result<Drafted, SaveTemplateError> {
        let (draft, expected) = (draft.clone(), expected.clone());
        let saved = self
            .database
            .write(move |connection| save(connection, draft, &expected))
            .await?;
        Ok(saved?)
    }

    async fn find_newest(
        &self,
        names: &[TemplateName],
    ) -> Result<Vec<PromptTemplate>, RepositoryError> {
        let names: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
        self.database
            .read(move |connection| {
                let found = in_force()
                    .filter(prompt_templates::name.eq_any(names))
                    .select(TemplateRow::as_select())
                    .load(connection)?;
                entities(found)
            })
            .await
    }

    async fn list_newest(&self) -> Result<Vec<PromptTemplate>, RepositoryError> {
        self.database
            .read(|connection| {
                let found = in_force()
                    .order(prompt_templates::name)
                    .select(TemplateRow::as_select())
                    .load(connection)?;
                entities(found)
            })
            .await
    }

    async fn list_versions(
        &self,
        name: &TemplateName,
        before: Option<i32>,
        limit: PageLimit,
    ) -> Result<Page<PromptTemplate, i32>, RepositoryError> {
        let name = name.as_str().to_owned();
        let surplus = i64::try_from(limit.get()).unwrap_or(i64::MAX) + 1;
        let versions = self
            .database
            .read(move |connection| {
                let versions = prompt_templates::table
                    .filter(prompt_templates::name.eq(name))
                    .filter(prompt_templates::version.lt(before.unwrap_or(i32::MAX)))
                    .order(prompt_templates::version.desc())
                    .limit(surplus)
                    .select(TemplateRow::as_select())
                    .load(connection)?;
                entities(versions)
            })
            .await?;
        Ok(Page::from_surplus(versions, limit, |last| last.version))
    }
}

fn save(
    connection: &mut SqliteConnection,
    draft: TemplateDraft,
    expected: &ExpectedVersion,
) -> Result<Result<Drafted, TemplateRefusal>, StoreError> {
    let newest = newest(connection, &draft.name)?;
    let stored: i64 = in_force().select(count_star()).first(connection)?;
    let stored = usize::try_from(stored).unwrap_or(usize::MAX);
    let drafted = draft.decide(newest, stored, expected);
    if let Ok(Drafted::Created(template) | Drafted::Replaced(template)) = &drafted {
        diesel::insert_into(prompt_templates::table)
            .values(TemplateRow::try_from(template)?)
            .execute(connection)?;
    }
    Ok(drafted)
}

/// Withdrawn or not.
fn newest(
    connection: &mut SqliteConnection,
    name: &TemplateName,
) -> Result<Option<PromptTemplate>, StoreError> {
    let newest = prompt_templates::table
        .filter(prompt_templates::name.eq(name.as_str()))
        .order(prompt_templates::version.desc())
        .select(TemplateRow::as_select())
        .first(connection)
        .optional()?;
    Ok(newest.map(PromptTemplate::try_from).transpose()?)
}

/// The newest versions, but for those that withdraw.
fn in_force() -> prompt_templates::BoxedQuery<'static, Sqlite> {
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

fn entities(rows: Vec<TemplateRow>) -> Result<Vec<PromptTemplate>, StoreError> {
    let entities = rows.into_iter().map(PromptTemplate::try_from);
    Ok(entities.collect::<Result<_, _>>()?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = prompt_templates, check_for_backend(Sqlite))]
#[diesel(treat_none_as_default_value = false)]
struct TemplateRow {
    name: String,
    version: i32,
    system_part: Option<String>,
    user_part: Option<String>,
    author_id: String,
    created_at: i64,
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
            author_id: authorship.author_id.to_string(),
            created_at: micros(authorship.created_at),
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
        let author_id = id("prompt_templates.author_id", &row.author_id)?;
        Ok(Self {
            name: parsed("prompt_templates.name", TemplateName::parse(row.name))?,
            version: row.version,
            parts: parts.transpose()?,
            authorship: Some(Authorship {
                author_id: UserId::from_uuid(author_id),
                created_at: time("prompt_templates.created_at", row.created_at)?,
            }),
        })
    }
}
