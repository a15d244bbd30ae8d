use std::sync::atomic::{AtomicU64, Ordering};

use domain::ports::IdGenerator;
use uuid::Uuid;

/// Gives the ids `00000000-0000-7000-8000-000000000001`, `…2` and so on.
#[derive(Debug)]
pub struct SequentialIds(AtomicU64);

impl SequentialIds {
    /// Gives the ids from that number on, so that several generators need not clash.
    pub const fn starting_at(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }

    /// The id of that number, to compare with what was given.
    pub fn nth(number: u64) -> Uuid {
        // The version and variant bits of a UUIDv7.
        Uuid::from_u128(0x7000_8000_0000_0000_0000 | u128::from(number))
    }
}

impl Default for SequentialIds {
    fn default() -> Self {
        Self::starting_at(1)
    }
}

impl IdGenerator for SequentialIds {
    fn generate(&self) -> Uuid {
        Self::nth(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_up_and_look_like_version_7() {
        let ids = SequentialIds::default();
        let first = ids.generate();
        assert_eq!(first.to_string(), "00000000-0000-7000-8000-000000000001");
        assert_eq!(first.get_version_num(), 7);
        assert!(first < ids.generate());
    }
}
