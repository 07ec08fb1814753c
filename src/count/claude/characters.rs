//! What the engine knows about a character: its class in the split, its case, its folding.
//!
//! `characters.bin` is written by `calibration/unicode_facts.py`, which documents its format.

use std::sync::OnceLock;

use super::composition::Composition;

static TABLE: &[u8] = include_bytes!("characters.bin");

/// The classes whose runs the split keeps apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters and the marks that belong to them: runs become words.
    Word,
    /// Han, Hangul syllables, all of the supplementary planes: each character on its own.
    Letter,
    /// Variation selectors ride the character before them, whatever its kind.
    Selector,
    /// Punctuation, symbols and format characters that are not in [`Class::Punct`], and marks
    /// that separate words.
    Sign,
    /// Decimal digits of other scripts.
    Decimal,
    /// Fractions, superscripts, circled digits.
    Number,
    /// ASCII and Arabic digits.
    Digit,
    /// ASCII punctuation and a few measured signs.
    Punct,
    /// Whitespace that survives folding.
    Space,
}

/// The class of a character and what else the rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits(u16);

impl Traits {
    const UPPER: u16 = 1 << 4;
    const LOWER: u16 = 1 << 5;
    const CASELESS: u16 = 1 << 6;
    const STRAY: u16 = 1 << 7;
    const BORDER: u16 = 1 << 8;
    const UNSETTLED: u16 = 1 << 9;
    const FOLDED: u16 = 1 << 10;
    const CURLY: u16 = 1 << 11;

    const LETTER: Traits = Traits(Class::Letter as u16);

    pub(super) fn class(self) -> Class {
        match self.0 & 0xF {
            0 => Class::Word,
            2 => Class::Selector,
            3 => Class::Sign,
            4 => Class::Decimal,
            5 => Class::Number,
            6 => Class::Digit,
            7 => Class::Punct,
            8 => Class::Space,
            _ => Class::Letter,
        }
    }

    /// A capital that has a small form.
    pub(super) fn is_upper(self) -> bool {
        self.0 & Self::UPPER != 0
    }

    pub(super) fn is_lower(self) -> bool {
        self.0 & Self::LOWER != 0
    }

    /// A letter or mark that is neither capital nor small.
    pub(super) fn is_caseless(self) -> bool {
        self.0 & Self::CASELESS != 0
    }

    /// A mark of a word that opens a word of its own when no letter stands before it.
    pub(super) fn is_stray(self) -> bool {
        self.0 & Self::STRAY != 0
    }

    /// A word character that nevertheless closes like a sign before a contraction.
    pub(super) fn has_border(self) -> bool {
        self.0 & Self::BORDER != 0
    }

    /// Composition may change or move it.
    pub(super) fn is_unsettled(self) -> bool {
        self.0 & Self::UNSETTLED != 0
    }

    /// Neither composition nor folding touches it; `quotes` tells whether curly quotes fold.
    #[inline]
    pub(super) fn is_plain(self, quotes: bool) -> bool {
        let touched = if quotes {
            Self::UNSETTLED | Self::FOLDED | Self::CURLY
        } else {
            Self::UNSETTLED | Self::FOLDED
        };
        self.0 & touched == 0
    }
}

/// All tables about characters.
pub(super) struct Characters {
    /// One entry for every code point of the first plane.
    traits: Vec<Traits>,
    pub(super) composition: Composition,
}

impl Characters {
    pub(super) fn get() -> &'static Self {
        static CHARACTERS: OnceLock<Characters> = OnceLock::new();
        CHARACTERS.get_or_init(read_table)
    }

    #[inline]
    pub(super) fn traits(&self, c: char) -> Traits {
        match self.traits.get(c as usize) {
            Some(&traits) => traits,
            None => self.supplementary(c),
        }
    }

    /// The source models take every supplementary character as a letter on its own, marks and
    /// digits too.
    fn supplementary(&self, c: char) -> Traits {
        // No emoji takes part in composition, and they are by far the most frequent here.
        if !(0x1F000..0x1FB00).contains(&u32::from(c)) && self.composition.is_unsettled(u32::from(c)) {
            Traits(Traits::LETTER.0 | Traits::UNSETTLED)
        } else {
            Traits::LETTER
        }
    }
}

/// The small form of a capital. Two pairs are newer than the table, and the capital theta symbol
/// was measured to have none.
pub(super) fn lower(c: char) -> char {
    match c {
        '\u{03F4}' => c,
        '\u{1C89}' => '\u{1C8A}',
        '\u{A7CB}' => '\u{0264}',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Case pairs of Unicode 16 that the source models know although the table has them unassigned.
const NEW_CAPITALS: [u32; 2] = [0x1C89, 0xA7CB];
const NEW_SMALLS: [u32; 2] = [0x1C8A, 0x0264];

/// Signs that were measured to tile with ASCII punctuation; no rule of Unicode yields this list.
const PUNCT_SIGNS: &str = "—»«•°„–−£§€…√→（№†└│།·─═█";

/// Ideographic symbols, which stand in their run like the ideographs around them.
const IDEOGRAPHIC_SYMBOLS: &str = "〄〒〓〠〶〷〾〿";

fn read_table() -> Characters {
    let mut rest = TABLE.iter();
    let mut number = || {
        let (mut value, mut shift) = (0_u32, 0);
        loop {
            let byte = *rest.next()?;
            value |= u32::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
    };
    let mut traits = Vec::with_capacity(0x10000);
    let mut facts = Vec::new();
    while traits.len() < 0x10000 {
        let (Some(length), Some(fact)) = (number(), number()) else { break };
        facts.push((traits.len() as u32, fact));
        let value = Traits(class_by_facts(fact) as u16 | case_by_facts(fact));
        traits.resize(traits.len() + length as usize, value);
    }
    let composition = Composition::read(number);
    let mut characters = Characters { traits, composition };
    characters.settle_exceptions(&facts);
    characters
}

/// A category by its index in the table.
fn is_category(fact: u32, names: &[&str]) -> bool {
    const CATEGORIES: &str =
        "Cc Cf Cn Co Cs Ll Lm Lo Lt Lu Mc Me Mn Nd Nl No Pc Pd Pe Pf Pi Po Ps Sc Sk Sm So Zl Zp Zs";
    let start = (fact & 31) as usize * 3;
    CATEGORIES.get(start..start + 2).is_some_and(|name| names.iter().any(|prefix| name.starts_with(prefix)))
}

fn is_alphabetic(fact: u32) -> bool {
    fact & 32 != 0
}

fn is_mark(fact: u32) -> bool {
    fact & 64 != 0
}

/// The class that the category alone gives.
fn class_by_facts(fact: u32) -> Class {
    if is_category(fact, &["Z"]) {
        Class::Space
    } else if is_mark(fact) {
        // A mark that is not alphabetic separates words instead of belonging to one.
        if is_alphabetic(fact) { Class::Word } else { Class::Sign }
    } else if is_category(fact, &["L"]) {
        Class::Word
    } else if is_category(fact, &["Nd"]) {
        Class::Decimal
    } else if is_category(fact, &["No"]) {
        Class::Number
    } else if is_category(fact, &["P", "S", "Cf", "Cn"]) {
        Class::Sign
    } else {
        Class::Letter
    }
}

fn case_by_facts(fact: u32) -> u16 {
    let upper = if fact & 128 != 0 { Traits::UPPER } else { 0 };
    let lower = if fact & 256 != 0 { Traits::LOWER } else { 0 };
    let caseless = if upper | lower == 0 && is_category(fact, &["L", "M"]) { Traits::CASELESS } else { 0 };
    // Only asked of characters that are words in spite of such a category.
    let border = if is_category(fact, &["P", "S", "Cf", "Cn"]) { Traits::BORDER } else { 0 };
    upper | lower | caseless | border
}

impl Characters {
    fn change(&mut self, code: u32, change: impl FnOnce(u16) -> u16) {
        if let Some(traits) = self.traits.get_mut(code as usize) {
            traits.0 = change(traits.0);
        }
    }

    fn classify(&mut self, codes: impl IntoIterator<Item = u32>, class: Class) {
        for code in codes {
            self.change(code, |traits| traits & !0xF | class as u16);
        }
    }

    fn add(&mut self, codes: impl IntoIterator<Item = u32>, flag: u16) {
        for code in codes {
            self.change(code, |traits| traits | flag);
        }
    }

    /// The measured exceptions to the categories, and what follows from the other tables.
    fn settle_exceptions(&mut self, facts: &[(u32, u32)]) {
        // Ideographs and Hangul syllables are letters, but each stands on its own.
        for range in [0x3400..=0x4DBF, 0x4E00..=0x9FFF, 0xAC00..=0xD7A3, 0xF900..=0xFAFF] {
            for code in range {
                if self.traits.get(code as usize).is_some_and(|traits| traits.class() == Class::Word) {
                    self.classify([code], Class::Letter);
                }
            }
        }
        // Iteration and closing marks continue the ideographs they follow.
        self.classify([0x3005, 0x3006, 0x303B, 0x303C], Class::Letter);
        self.classify(0x3031..=0x3035, Class::Letter);
        // Ideographic punctuation takes no border markers.
        for code in 0x3001..=0x303F {
            let punctuation = fact_at(facts, code).is_some_and(|fact| is_category(fact, &["P"]));
            if punctuation
                && !self.traits.get(code as usize).is_some_and(|traits| traits.class() == Class::Word)
            {
                self.classify([code], Class::Letter);
            }
        }
        self.classify(IDEOGRAPHIC_SYMBOLS.chars().map(u32::from), Class::Letter);
        // Symbol letters behave like Latin letters: by block, not by category.
        for range in [0x16EE..=0x16F0, 0x2160..=0x2188, 0x24B6..=0x24E9, 0xA6E6..=0xA6EF] {
            self.classify(range, Class::Word);
        }
        for code in NEW_CAPITALS.into_iter().chain(NEW_SMALLS) {
            let case = if NEW_CAPITALS.contains(&code) { Traits::UPPER } else { Traits::LOWER };
            self.change(code, |traits| Class::Word as u16 | case | traits & Traits::BORDER);
        }
        self.settle_capitals();
        // Digits: ASCII and both Arabic rows.
        self.classify((0x30..=0x39).chain(0x660..=0x669).chain(0x6F0..=0x6F9), Class::Digit);
        let ascii = (0x21..0x7F_u8).filter(u8::is_ascii_punctuation).map(u32::from);
        self.classify(ascii.chain(PUNCT_SIGNS.chars().map(u32::from)), Class::Punct);
        self.classify([0x09, 0x0A], Class::Space);
        self.classify(0xFE00..=0xFE0F, Class::Selector);
        self.settle_composition();
        self.settle_folding();
    }

    /// A capital without a small form is caseless.
    fn settle_capitals(&mut self) {
        for code in 0..0x10000 {
            let upper = self.traits.get(code as usize).is_some_and(|traits| traits.is_upper());
            if upper && char::from_u32(code).is_some_and(|c| lower(c) == c) {
                self.change(code, |traits| traits & !Traits::UPPER | Traits::CASELESS);
            }
        }
    }

    fn settle_composition(&mut self) {
        for (first, last) in self.composition.unsettled().to_vec() {
            self.add(first..=last.min(0xFFFF), Traits::UNSETTLED);
        }
        // Marks of words that combine cannot stand without a base; the Syriac vowels can.
        for (first, last) in self.composition.combining().to_vec() {
            for code in first..=last.min(0xFFFF) {
                let word = self.traits.get(code as usize).is_some_and(|traits| traits.class() == Class::Word);
                if word && code != 0x0711 && !(0x0730..=0x073F).contains(&code) {
                    self.add([code], Traits::STRAY);
                }
            }
        }
    }

    /// Characters that `normalize` removes or replaces.
    fn settle_folding(&mut self) {
        self.add((0x00..=0x08).chain(0x0B..=0x1F).chain(0x7F..=0x9F), Traits::FOLDED);
        self.add(0xE000..=0xF8FF, Traits::FOLDED);
        self.add([0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F], Traits::FOLDED);
        self.add(0x2000..=0x200A, Traits::FOLDED);
        self.add([0x0E4D], Traits::FOLDED);
        self.add([0x2018, 0x2019, 0x201C, 0x201D], Traits::CURLY);
    }
}

fn fact_at(facts: &[(u32, u32)], code: u32) -> Option<u32> {
    let after = facts.partition_point(|&(start, _)| start <= code);
    facts.get(after.checked_sub(1)?).map(|&(_, fact)| fact)
}
