use secrecy::SecretString;

use super::Database;
use super::reader::Reader;
use super::weak_secret::is_weak_secret;

const STRONG_SECRET: &str =
    "at least 32 bytes of random text, such as `openssl rand -base64 48` prints";

pub(super) fn read_jwt_secret(
    reader: &mut Reader<'_>,
    database: &Database,
) -> Option<SecretString> {
    let name = "JWT_SECRET";
    let Some(secret) = reader.optional(name) else {
        // A key of one replica's own would be no key to the others.
        if matches!(database, Database::Postgres(_)) {
            reader.complain(
                name,
                format!("must be set with PostgreSQL: {STRONG_SECRET}"),
            );
        }
        return None;
    };
    if is_weak_secret(&secret) {
        reader.complain(name, format!("must be {STRONG_SECRET}"));
    }
    Some(SecretString::from(secret))
}

pub(super) fn read_previous_jwt_secret(reader: &mut Reader<'_>) -> Option<SecretString> {
    let name = "JWT_SECRET_PREVIOUS";
    let secret = reader.optional(name)?;
    if is_weak_secret(&secret) {
        reader.complain(name, format!("must be {STRONG_SECRET}"));
    }
    Some(SecretString::from(secret))
}
