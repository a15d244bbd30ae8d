use diesel::prelude::*;
use domain::reply::{Lease, PromptRecord};

use crate::columns::parsed;
use crate::error::StoreError;
use crate::schema::replies;

pub(super) fn record_prompt(
    connection: &mut SqliteConnection,
    lease: Lease,
    prompt: &PromptRecord,
) -> Result<(), StoreError> {
    let sources = parsed("replies.sources", serde_json::to_string(&prompt.sources))?;
    let row = replies::table
        .find(lease.reply_id.to_string())
        .filter(replies::epoch.eq(lease.epoch))
        .filter(replies::owner.eq(lease.owner.to_string()))
        .filter(replies::status.eq("streaming"));
    diesel::update(row)
        .set((
            replies::template_name.eq(&prompt.template.name),
            replies::template_version.eq(prompt.template.version),
            replies::prompt_sha256.eq(prompt.digest.as_bytes().as_slice()),
            replies::sources.eq(sources),
        ))
        .execute(connection)?;
    Ok(())
}
