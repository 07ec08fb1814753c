//! Canonical composition (NFC) of one stretch of text, in the Unicode version of the measurement.

use crate::sorted;

/// Decompositions, compositions and combining classes of all planes.
pub(super) struct Composition {
    /// First and last code point of a range with a combining class; ascending.
    combining: Vec<(u32, u32)>,
    /// The combining class of every character up to the last that has one or decomposes, or
    /// [`DECOMPOSES`].
    classes: Vec<u8>,
    /// Character, first and second part (0 for none); ascending.
    decompositions: Vec<(u32, u32, u32)>,
    /// First and second part as one number, and the character they compose to (0 where a slot is free), each
    /// in the first of its [`slots`] that was free.
    compositions: Vec<(u64, u32)>,
    /// Ranges of characters that composition may change or move; ascending.
    unsettled: Vec<(u32, u32)>,
}

/// Stands for the class of a character that decomposes: its parts have their own. No class is so high.
const DECOMPOSES: u8 = u8::MAX;

const SYLLABLES: std::ops::Range<u32> = 0xAC00..0xD7A4;
const LEADS: std::ops::Range<u32> = 0x1100..0x1113;
const VOWELS: std::ops::Range<u32> = 0x1161..0x1176;
/// Trailing consonants; the code point before them would stand for none.
const TRAILS: std::ops::Range<u32> = 0x11A8..0x11C3;
const TRAIL_BASE: u32 = 0x11A7;
const VOWEL_COUNT: u32 = 21;
const TRAIL_COUNT: u32 = 28;

/// The last character with a class or a decomposition.
const LAST_DECOMPOSING: usize = 0x2FA1D;

impl Composition {
    /// Reads sections 2 and 3 of the table of characters.
    pub(super) fn read(mut number: impl FnMut() -> Option<u32>) -> Self {
        let mut combining = Vec::new();
        let mut classes = vec![0; LAST_DECOMPOSING + 1];
        let mut next = 0;
        for _ in 0..number().unwrap_or(0) {
            let (Some(gap), Some(length), Some(class)) = (number(), number(), number()) else { break };
            let first = next + gap;
            next = first + length;
            combining.push((first, next - 1));
            let range = classes.iter_mut().skip(first as usize).take(length as usize);
            range.for_each(|slot| *slot = class as u8);
        }
        let mut decompositions = Vec::new();
        let mut compositions = vec![(0, 0); SLOTS];
        let mut unsettled = combining.clone();
        let mut character = 0;
        for _ in 0..number().unwrap_or(0) {
            let (Some(gap), Some(first), Some(second)) = (number(), number(), number()) else { break };
            character += gap;
            decompositions.push((character, first / 2, second));
            if let Some(slot) = classes.get_mut(character as usize) {
                *slot = DECOMPOSES;
            }
            if first % 2 == 1 {
                let pair = pair(first / 2, second);
                let free = |at: &usize| compositions.get(*at).is_some_and(|slot| slot.1 == 0);
                if let Some(slot) = slots(pair).find(free).and_then(|at| compositions.get_mut(at)) {
                    *slot = (pair, character);
                }
                unsettled.push((second, second));
            } else {
                unsettled.push((character, character));
            }
        }
        unsettled.push((VOWELS.start, VOWELS.end - 1));
        unsettled.push((TRAILS.start, TRAILS.end - 1));
        sorted::sort(&mut unsettled);
        Self { combining, classes, decompositions, compositions, unsettled }
    }

    /// Ranges of characters that have a combining class, do not survive composition, or may
    /// compose with what stands before them. All others close the stretch before them.
    pub(super) fn unsettled(&self) -> &[(u32, u32)] {
        &self.unsettled
    }

    pub(super) fn is_unsettled(&self, code: u32) -> bool {
        let after = self.unsettled.partition_point(|&(first, _)| first <= code);
        // Ranges may repeat a character, but only ranges of classes are longer than one.
        self.unsettled.iter().take(after).rev().take(2).any(|&(_, last)| code <= last)
    }

    /// Ranges of characters with a combining class.
    pub(super) fn combining(&self) -> &[(u32, u32)] {
        &self.combining
    }

    fn decompose(&self, code: u32, out: &mut Vec<(u32, u8)>) {
        let class = self.classes.get(code as usize).copied().unwrap_or(0);
        if class == DECOMPOSES {
            let found = self.decompositions.binary_search_by_key(&code, |entry| entry.0);
            // Decompositions nest at most three deep.
            if let Some(&(_, first, second)) = found.ok().and_then(|at| self.decompositions.get(at)) {
                self.decompose(first, out);
                if second > 0 {
                    self.decompose(second, out);
                }
            }
            return;
        }
        if SYLLABLES.contains(&code) {
            let index = code - SYLLABLES.start;
            out.push((LEADS.start + index / (VOWEL_COUNT * TRAIL_COUNT), 0));
            out.push((VOWELS.start + index / TRAIL_COUNT % VOWEL_COUNT, 0));
            if !index.is_multiple_of(TRAIL_COUNT) {
                out.push((TRAIL_BASE + index % TRAIL_COUNT, 0));
            }
            return;
        }
        out.push((code, class));
    }

    fn compose(&self, first: u32, second: u32) -> Option<u32> {
        if LEADS.contains(&first) && VOWELS.contains(&second) {
            let syllable = (first - LEADS.start) * VOWEL_COUNT + (second - VOWELS.start);
            return Some(SYLLABLES.start + syllable * TRAIL_COUNT);
        }
        if SYLLABLES.contains(&first)
            && (first - SYLLABLES.start).is_multiple_of(TRAIL_COUNT)
            && TRAILS.contains(&second)
        {
            return Some(first + second - TRAIL_BASE);
        }
        let pair = pair(first, second);
        let mut tried = slots(pair).map_while(|at| self.compositions.get(at)).take_while(|slot| slot.1 != 0);
        tried.find(|slot| slot.0 == pair).map(|slot| slot.1)
    }

    /// Adds one character to a stretch that starts at a settled character.
    pub(super) fn add(&self, c: char, work: &mut Work) {
        self.decompose(u32::from(c), &mut work.parts);
    }

    /// Composes the stretch that was added, which is then forgotten. Linear but for the stable sort
    /// of each run of marks.
    pub(super) fn composed<'w>(&self, work: &'w mut Work) -> &'w [char] {
        let Work { parts, out } = work;
        if parts.windows(2).any(|pair| matches!(pair, [a, b] if b.1 != 0 && b.1 < a.1)) {
            for marks in parts.chunk_by_mut(|a, b| a.1 != 0 && b.1 != 0) {
                marks.sort_by_key(|part| part.1);
            }
        }
        out.clear();
        let mut starter = None;
        // Class of the last part kept after the starter.
        let mut kept: Option<u8> = None;
        for (code, class) in parts.drain(..) {
            let base = starter.filter(|_| kept.is_none_or(|kept| kept < class));
            if let Some(base) = base.and_then(|at: usize| out.get_mut(at))
                && let Some(composite) = self.compose(u32::from(*base), code).and_then(char::from_u32)
            {
                *base = composite;
                continue;
            }
            if class == 0 {
                starter = Some(out.len());
                kept = None;
            } else {
                kept = Some(class);
            }
            out.extend(char::from_u32(code));
        }
        out
    }
}

fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// The places for compositions: a power of two, and more than twice as many as there are.
const SLOTS: usize = 2048;

/// Where a pair may stand, the likeliest place first.
fn slots(pair: u64) -> impl Iterator<Item = usize> {
    let first = (pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize;
    (first..first + SLOTS).map(|at| at % SLOTS)
}

/// A stretch that is composed.
#[derive(Default)]
pub(super) struct Work {
    parts: Vec<(u32, u8)>,
    out: Vec<char>,
}
