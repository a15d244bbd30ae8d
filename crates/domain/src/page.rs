//! Pages of a list, continued by keyset cursors.

/// How many items a page holds: 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u16);

impl PageLimit {
    /// The greatest number of items on a page.
    pub const MAX: Self = Self(100);

    /// Clamps a wish to what is allowed; none for zero, which is no page.
    pub fn clamped(wish: u64) -> Option<Self> {
        (wish > 0).then(|| Self(u16::try_from(wish).map_or(Self::MAX.0, |n| n.min(Self::MAX.0))))
    }

    /// The number of items.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(20)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last page.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// Makes a page from up to `limit + 1` rows: the surplus row only tells that more follow.
    pub fn from_surplus(
        mut rows: Vec<T>,
        limit: PageLimit,
        cursor_of: impl FnOnce(&T) -> C,
    ) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = if more {
            rows.last().map(cursor_of)
        } else {
            None
        };
        Self { items: rows, next }
    }

    /// The same page of something made from each item.
    pub fn map<U>(self, of: impl FnMut(T) -> U) -> Page<U, C> {
        Page {
            items: self.items.into_iter().map(of).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_clamped_to_one_hundred() {
        assert_eq!(PageLimit::clamped(0), None);
        assert_eq!(PageLimit::clamped(7).map(PageLimit::get), Some(7));
        assert_eq!(PageLimit::clamped(u64::MAX), Some(PageLimit::MAX));
    }

    #[test]
    fn a_surplus_row_makes_a_cursor_of_the_last_item() {
        let limit = PageLimit::clamped(2).unwrap();
        let page = Page::from_surplus(vec![1, 2, 3], limit, |n| *n);
        assert_eq!(
            page,
            Page {
                items: vec![1, 2],
                next: Some(2)
            }
        );
        assert_eq!(Page::from_surplus(vec![1, 2], limit, |n| *n).next, None);
    }
}
