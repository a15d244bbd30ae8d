use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::reply::{Lease, PromptRecord};

use crate::columns::parsed;
use crate::error::StoreError;
use crate::schema::replies;

pub(super) async fn record_prompt(
    mut connection: &AsyncPgConnection,
    lease: Lease,
    prompt: &PromptRecord,
) -> Result<(), StoreError> {
    let sources = parsed("replies.sources", serde_json::to_value(&prompt.sources))?;
    let row = replies::table
        .find(lease.reply_id.as_uuid())
        .filter(replies::epoch.eq(lease.epoch))
        .filter(replies::owner.eq(lease.owner.as_uuid()))
        .filter(replies::status.eq("streaming"));
    diesel::update(row)
        .set((
            replies::template_name.eq(&prompt.template.name),
            replies::template_version.eq(prompt.template.version),
            replies::prompt_sha256.eq(prompt.digest.as_bytes().as_slice()),
            replies::sources.eq(sources),
        ))
        .execute(&mut connection)
        .await?;
    Ok(())
}
