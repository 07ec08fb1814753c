//! A small memory of what short runs cost. Text repeats its words, so most are found here.

/// Up to 15 bytes of a run and one byte that tells how it is written.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Key(u64, u64);

/// The longest run that has a key.
pub(super) const KEY_LENGTH: usize = 15;

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
        Self(low, high | u64::from(tag) << 56)
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

const SLOT_BITS: u32 = 13;

/// A table of fixed size (192 KiB); a newer run takes the slot of an older one.
pub(super) struct Memo {
    entries: Vec<(Key, u32)>,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { entries: vec![(Key::default(), 0); 1 << SLOT_BITS] }
    }

    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<u32> {
        self.entries.get(key.slot()).filter(|entry| entry.0 == key).map(|entry| entry.1)
    }

    pub(super) fn set(&mut self, key: Key, cost: u32) {
        if let Some(entry) = self.entries.get_mut(key.slot()) {
            *entry = (key, cost);
        }
    }
}
