use serde_json::{Map, Value};

use crate::{error::ApiError, reply::Reply};

/// The request header that scripts the answer to its own request.
pub(crate) const SIMULATE: &str = "x-simulate";

impl Reply {
    /// Reads `status=503; retry_after=2`, or the same as a JSON object. A key without a value is
    /// true; a value is JSON or, failing that, a text.
    pub(crate) fn from_header(value: &str) -> Result<Self, ApiError> {
        let script = if value.starts_with('{') {
            serde_json::from_str(value)
        } else {
            let pairs = value.split(';').map(str::trim);
            let pairs = pairs.filter(|pair| !pair.is_empty()).map(key_and_value);
            serde_json::from_value(Value::Object(pairs.collect::<Map<_, _>>()))
        };
        script.map_err(|error| ApiError::invalid(format!("'{SIMULATE}' : {error}")))
    }
}

fn key_and_value(pair: &str) -> (String, Value) {
    let Some((key, value)) = pair.split_once('=') else {
        return (String::from(pair), Value::Bool(true));
    };
    let (key, value) = (key.trim_end(), value.trim_start());
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    (String::from(key), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Writes;

    #[test]
    fn a_header_is_pairs_or_json() {
        let pairs = "text=Hi there; cut_at_byte = 7; by_reset; writes={\"bytes\":1}";
        let json =
            r#"{"text": "Hi there", "cut_at_byte": 7, "by_reset": true, "writes": {"bytes": 1}}"#;
        let expected = Reply::text("Hi there")
            .cut_at_byte(7)
            .by_reset()
            .writes(Writes::Bytes(1));

        for header in [pairs, json] {
            let reply = Reply::from_header(header);
            assert_eq!(reply.ok().as_ref(), Some(&expected), "{header}");
        }
    }

    #[test]
    fn a_header_with_an_unknown_key_is_refused() {
        for header in ["sttaus=503", "{\"sttaus\": 503}", "503", "{"] {
            assert!(Reply::from_header(header).is_err(), "{header}");
        }
    }
}
