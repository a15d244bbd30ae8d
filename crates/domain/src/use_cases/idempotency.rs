use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::idempotency::{IdempotencyRecord, KeyedRequest};
use crate::ports::{IdempotencyStore, OpaqueTokens};
use crate::user::Actor;

/// Recognises requests that come again.
pub(super) struct RequestKeys {
    pub(super) store: Arc<dyn IdempotencyStore>,
    digests: Arc<dyn OpaqueTokens>,
}

impl RequestKeys {
    pub(super) fn new(store: Arc<dyn IdempotencyStore>, digests: Arc<dyn OpaqueTokens>) -> Self {
        Self { store, digests }
    }

    pub(super) fn record(
        &self,
        actor: Actor,
        request: KeyedRequest,
        at: DateTime<Utc>,
    ) -> IdempotencyRecord {
        IdempotencyRecord {
            user_id: actor.id,
            fingerprint: self.digests.digest(&request.text),
            key: request.key,
            created_at: at,
        }
    }
}
