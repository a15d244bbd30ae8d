//! Every kind of problem that clients are told of: the one table of codes and statuses.

use actix_web::http::StatusCode as S;

/// One kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProblemType {
    /// Stable, in snake case.
    pub(crate) code: &'static str,
    pub(crate) status: S,
    /// When it is told; Markdown.
    pub(crate) when: &'static str,
}

macro_rules! problem_types {
    ($($name:ident: $status:ident $code:literal $when:literal;)+) => {
        $(pub(crate) const $name: ProblemType = ProblemType {
            code: $code,
            status: S::$status,
            when: $when,
        };)+

        /// All of them, by status; the last stands for every 4xx.
        pub(crate) const ALL: &[ProblemType] = &[$($name),+];
    };
}

problem_types! {
    MALFORMED_JSON: BAD_REQUEST "malformed_json" "the body is not JSON";
    BODY_UNREADABLE: BAD_REQUEST "body_unreadable" "the body broke off";
    UPGRADE_REFUSED: BAD_REQUEST "upgrade_refused" "WebSocket and `CONNECT` are not served";
    UNAUTHENTICATED: UNAUTHORIZED "unauthenticated" "no token was sent";
    INVALID_TOKEN: UNAUTHORIZED "invalid_token"
        "the token is forged, expired or used up, its session is over, or its account is disabled or gone";
    WRONG_CREDENTIALS: UNAUTHORIZED "wrong_credentials"
        "the address is unknown or the password wrong";
    INVALID_REFRESH_TOKEN: UNAUTHORIZED "invalid_refresh_token"
        "the token is none, was used before, or its session is over";
    WRONG_PASSWORD: FORBIDDEN "wrong_password" "the current password is another one";
    FORBIDDEN: FORBIDDEN "forbidden" "one's role does not allow it";
    NOT_FOUND: NOT_FOUND "not_found" "there is no such thing, or it is somebody else's";
    UNKNOWN_PATH: NOT_FOUND "unknown_path" "nothing is served there";
    METHOD_NOT_ALLOWED: METHOD_NOT_ALLOWED "method_not_allowed"
        "the path has other methods, see `Allow`";
    BODY_TIMEOUT: REQUEST_TIMEOUT "body_timeout" "the body did not arrive in time";
    EMAIL_TAKEN: CONFLICT "email_taken" "the address has an account";
    LAST_ADMIN: CONFLICT "last_admin" "nobody would be left who manages accounts";
    SLUG_TAKEN: CONFLICT "slug_taken" "another help article has that slug";
    TICKET_CLOSED: CONFLICT "ticket_closed" "closed tickets take no public messages, and no changes by their customer";
    INVALID_TRANSITION: CONFLICT "invalid_transition"
        "the ticket's status has no such move, or not for customers";
    ASSISTANT_OFF: CONFLICT "assistant_off" "the assistant is off for the ticket";
    NOT_RATEABLE: CONFLICT "not_rateable" "only answers of the assistant are rated";
    REPLY_RUNNING: CONFLICT "reply_running" "the answer is being written, so it is not retried";
    REPLY_COMPLETED: CONFLICT "reply_completed" "the question is answered, so it is not retried";
    NOTHING_TO_RETRY: CONFLICT "nothing_to_retry" "no answer was begun, or people answered";
    VERSION_MISMATCH: PRECONDITION_FAILED "version_mismatch"
        "it is of another version than `If-Match` names";
    BODY_TOO_LARGE: PAYLOAD_TOO_LARGE "body_too_large" "the body has more than 256 KiB, that of a help article or of synonyms more than 1 MiB";
    URI_TOO_LONG: URI_TOO_LONG "uri_too_long" "path and query have more than 8 KiB";
    UNSUPPORTED_MEDIA_TYPE: UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "the body is of a type that is not taken there";
    VALIDATION_FAILED: UNPROCESSABLE_ENTITY "validation_failed"
        "fields, parameters or headers do not fit, see `errors`";
    IDEMPOTENCY_KEY_REUSED: UNPROCESSABLE_ENTITY "idempotency_key_reused"
        "the key was used for another request";
    TOO_MANY_ATTEMPTS: TOO_MANY_REQUESTS "too_many_attempts"
        "there were too many wrong passwords or sign-ups, see `Retry-After`";
    TOO_MANY_REPLIES: TOO_MANY_REQUESTS "too_many_replies"
        "the ticket's owner has too many answers, see `Retry-After`";
    HEADERS_TOO_LARGE: REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large"
        "the headers have more than 32 KiB";
    INTERNAL: INTERNAL_SERVER_ERROR "internal"
        "a fault of the server; its log knows it by the `request_id`";
    UNAVAILABLE: SERVICE_UNAVAILABLE "unavailable" "the database is away, see `Retry-After`";
    BUSY: SERVICE_UNAVAILABLE "busy" "too many passwords wait to be checked, see `Retry-After`";
    STARTING: SERVICE_UNAVAILABLE "starting" "the database is not prepared yet, see `Retry-After`";
    SHUTTING_DOWN: SERVICE_UNAVAILABLE "shutting_down" "the server stops, see `Retry-After`";
    REFUSED: BAD_REQUEST "refused" "a refusal of the HTTP layer without a code of its own";
}

impl ProblemType {
    /// The kind of that code, if there is one.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        ALL.iter().copied().find(|kind| kind.code == code)
    }

    /// Its status as people read it.
    pub(crate) fn status_text(self) -> String {
        if self == REFUSED {
            "4xx".to_owned()
        } else {
            self.status.as_u16().to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_one_meaning() {
        let codes: BTreeSet<_> = ALL.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), ALL.len());
        let told = ALL.iter().filter(|kind| **kind != REFUSED);
        assert!(told.is_sorted_by_key(|kind| kind.status_text()));
    }

    #[test]
    fn the_manual_has_exactly_this_table() {
        let manual = include_str!("../../../../docs/API.md");
        let (_, table) = manual
            .split_once("| status | code | when |\n|---|---|---|\n")
            .unwrap();
        let (table, _) = table.split_once("\n\n").unwrap();
        let rows: Vec<String> = ALL
            .iter()
            .map(|kind| {
                format!(
                    "| {} | `{}` | {} |",
                    kind.status_text(),
                    kind.code,
                    kind.when
                )
            })
            .collect();
        assert_eq!(table, rows.join("\n"));
    }
}
