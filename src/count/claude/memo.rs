//! A small memory of what short runs cost. Text repeats its words, so most are found here.

/// Up to 14 bytes of a run, one byte that tells how it is written, and one free byte.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Key(u64, u64);

/// The longest run that has a key.
pub(super) const KEY_LENGTH: usize = 14;

impl Key {
    /// The key of the first `length` bytes of `rest`, at most [`KEY_LENGTH`]; `tag` is not 0.
    #[inline]
    pub(super) fn new(rest: &[u8], length: usize, tag: u8) -> Self {
        let (low, high) = if let Some(window) = rest.first_chunk::<16>() {
            halves(*window)
        } else {
            let mut window = [0; 16];
            for (to, from) in window.iter_mut().zip(rest) {
                *to = *from;
            }
            halves(window)
        };
        let (low, high) = if length < 8 {
            (low & !(u64::MAX << (length * 8)), 0)
        } else {
            (low, high & !(u64::MAX << ((length - 8) * 8)))
        };
        Self(low, high | u64::from(tag) << 48)
    }

    /// A key of two numbers.
    pub(super) fn pair(first: u32, second: u32, tag: u8) -> Self {
        Self(u64::from(first) << 32 | u64::from(second), u64::from(tag) << 48)
    }

    /// A multiplicative hash; only speed depends on its quality, since entries hold the full key.
    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.0 ^ self.1.rotate_left(29).wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> (64 - SLOT_BITS)) as usize
    }
}

#[inline]
fn halves(window: [u8; 16]) -> (u64, u64) {
    let both = u128::from_le_bytes(window);
    (both as u64, (both >> 64) as u64)
}

const SLOT_BITS: u32 = 14;

/// A table of fixed size (256 KiB); a newer run takes the slot of an older one.
pub(super) struct Memo {
    /// Keys whose free byte holds the cost.
    entries: Vec<[u64; 2]>,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { entries: vec![[0; 2]; 1 << SLOT_BITS] }
    }

    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<u32> {
        let &[low, high] = self.entries.get(key.slot())?;
        (low == key.0 && high << 8 == key.1 << 8).then_some((high >> 56) as u32)
    }

    pub(super) fn set(&mut self, key: Key, cost: u32) {
        if let (Some(entry), 0..=0xFF) = (self.entries.get_mut(key.slot()), cost) {
            *entry = [key.0, key.1 | u64::from(cost) << 56];
        }
    }
}
