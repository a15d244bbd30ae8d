use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Builder;

/// The alphabet of ULIDs, in the lower case the service uses.
const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The names one request and its answer go by.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) request_id: String,
    pub(crate) completion_id: String,
    pub(crate) created: u64,
    /// The sampling seed that is reported when the client chose none.
    pub(crate) seed: u32,
}

impl Identity {
    /// Derived from a seed and a running number, so that a test run can be repeated to the letter
    /// (except for `created`).
    pub(crate) fn derive(seed: u64, number: u64) -> Self {
        let high = mix(seed ^ mix(number));
        let low = mix(high);
        let bits = (u128::from(high) << 64) | u128::from(low);

        Self {
            request_id: format!("req_01{}", crockford(bits)),
            completion_id: format!(
                "chatcmpl-{}",
                Builder::from_random_bytes((!bits).to_be_bytes()).into_uuid()
            ),
            created: unix_seconds(),
            seed: u32::try_from(high >> 44).unwrap_or_default(),
        }
    }

    /// The name of a tool call.
    pub(crate) fn tool_call_id(&self, index: u64) -> String {
        let bits = mix(hash(&self.completion_id) ^ index);
        let bytes = (u128::from(bits) << 64 | u128::from(mix(bits))).to_be_bytes();
        format!("fc_{}", Builder::from_random_bytes(bytes).into_uuid())
    }
}

/// The finalizer of `SplitMix64`: spreads neighbouring numbers over the whole range.
pub(crate) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// FNV-1a; unlike the standard library's hasher it is the same in every release.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn crockford(bits: u128) -> String {
    (0..24)
        .filter_map(|place| usize::try_from((bits >> (place * 5)) & 31).ok())
        .filter_map(|digit| CROCKFORD.get(digit).copied())
        .map(char::from)
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a foreign service has its own clock; nothing here takes the port"
)]
fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
