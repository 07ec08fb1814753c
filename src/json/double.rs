//! The double nearest to a decimal number, in the fewest digits that name it.
//!
//! The standard library reads and writes any double, with tables and code that would be a twentieth of what
//! browsers load. Here it is schoolbook arithmetic on long whole numbers, and next to nothing
//! for the numbers that people write, which have at most fifteen digits.

use std::cmp::Ordering;

/// A double in decimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decimal {
    Infinite,
    /// `0.digits` times ten to the power of `point`. The digits neither begin nor end with a zero; zero has
    /// none.
    Finite {
        digits: String,
        point: i32,
    },
}

const ZERO: Decimal = Decimal::Finite { digits: String::new(), point: 0 };
/// So many digits are the same in a decimal number and in the double nearest to it.
const SAME_DIGITS: usize = 15;
/// No double is near the middle between two others for more digits than this.
const MOST_DIGITS: usize = 800;
/// The powers of ten between which every double with all its bits lies.
const FULL: std::ops::RangeInclusive<i32> = -300..=300;
/// The bits of a double, the smallest number of all those bits, and the powers of two of its last bit.
const BITS: u32 = 53;
const SMALLEST_FULL: u64 = 1 << (BITS - 1);
const LEAST_POWER: i32 = -1074;
const MOST_POWER: i32 = 971;

/// The digits of the double nearest to a number of JSON, given without its sign.
pub(super) fn shortest(number: &str) -> Decimal {
    let (mantissa, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    // A power that is no i32 is one way or the other beyond all doubles.
    let beyond = if power.starts_with('-') { i32::MIN / 2 } else { i32::MAX / 2 };
    let power: i32 = power.strip_prefix('+').unwrap_or(power).parse().unwrap_or(beyond);
    let moved = |digits: usize| i32::try_from(digits).unwrap_or(i32::MAX / 2);
    let zeros = moved(digits.len() - significant.len());
    let point = power.saturating_add(moved(whole.len()) - zeros);
    let significant = significant.trim_end_matches('0');
    if significant.is_empty() || point < -330 {
        return ZERO;
    }
    if 310 < point {
        return Decimal::Infinite;
    }
    if significant.len() <= SAME_DIGITS && FULL.contains(&point) {
        return Decimal::Finite { digits: significant.to_owned(), point };
    }
    match nearest(significant, point) {
        None => Decimal::Infinite,
        Some((0, _)) => ZERO,
        Some((bits, power)) => fewest_digits(bits, power, point),
    }
}

/// The double nearest to a decimal number: its bits and the power of two of the last. `None` is infinite.
fn nearest(digits: &str, point: i32) -> Option<(u64, i32)> {
    let kept = digits.get(..MOST_DIGITS).unwrap_or(digits);
    let mut above = Natural::default();
    for digit in kept.bytes().chain((kept.len() < digits.len()).then_some(b'1')) {
        above.times_plus(10, u32::from(digit - b'0'));
    }
    let places = kept.len() + usize::from(kept.len() < digits.len());
    let power_of_ten = point - i32::try_from(places).unwrap_or_default();
    let mut below = Natural::from(1);
    if power_of_ten < 0 { &mut below } else { &mut above }.times_ten(power_of_ten.unsigned_abs());
    let bits = i32::try_from(BITS).unwrap_or_default();
    let mut power = (above.bits() - below.bits() - bits).max(LEAST_POWER);
    loop {
        let (mut left, mut divisor) = (above.clone(), below.clone());
        if power < 0 { &mut left } else { &mut divisor }.shift(power.unsigned_abs());
        let mut quotient = left.divide(&divisor, BITS + 1);
        if quotient >> BITS != 0 {
            power += 1;
            continue;
        }
        left.shift(1);
        let half = left.compare(&divisor);
        if half == Ordering::Greater || (half == Ordering::Equal && quotient % 2 == 1) {
            quotient += 1;
        }
        if quotient >> BITS != 0 {
            (quotient, power) = (quotient >> 1, power + 1);
        }
        return (power <= MOST_POWER).then_some((quotient, power));
    }
}

/// The fewest digits that are nearer to this double than to any other (Steele and White, 1990). `point` is
/// where they begin, or one off.
fn fewest_digits(bits: u64, power: i32, mut point: i32) -> Decimal {
    // Half of the way to the double above and to the one below, all in the units of `one`.
    let (mut left, mut one, mut up) = (Natural::from(bits), Natural::from(1), Natural::from(1));
    left.shift(1);
    one.shift(1);
    if power < 0 {
        one.shift(power.unsigned_abs());
    } else {
        left.shift(power.unsigned_abs());
        up.shift(power.unsigned_abs());
    }
    let mut down = up.clone();
    if bits == SMALLEST_FULL && LEAST_POWER < power {
        // The doubles below are twice as close.
        for number in [&mut left, &mut one, &mut up] {
            number.shift(1);
        }
    }
    if point < 0 {
        for number in [&mut left, &mut up, &mut down] {
            number.times_ten(point.unsigned_abs());
        }
    } else {
        one.times_ten(point.unsigned_abs());
    }
    // An even double takes what lies in the middle.
    let even = bits.is_multiple_of(2);
    let reaches = |left: &Natural, up: &Natural, one: &Natural| match left.plus(up).compare(one) {
        Ordering::Greater => true,
        Ordering::Equal => even,
        Ordering::Less => false,
    };
    if reaches(&left, &up, &one) {
        one.times_plus(10, 0);
        point += 1;
    }
    let mut digits = String::new();
    loop {
        for number in [&mut left, &mut up, &mut down] {
            number.times_plus(10, 0);
        }
        let mut digit = left.divide(&one, 4);
        let below = match left.compare(&down) {
            Ordering::Less => true,
            Ordering::Equal => even,
            Ordering::Greater => false,
        };
        let above = reaches(&left, &up, &one);
        if above && (!below || left.plus(&left).compare(&one) != Ordering::Less) {
            digit += 1;
        }
        if digits.is_empty() && digit == 0 && !below && !above {
            // The point was one too far.
            point -= 1;
            continue;
        }
        digits.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
        if below || above {
            return Decimal::Finite { digits, point };
        }
    }
}

/// A whole number of any length, the lowest 32 bits first and no zeros at the end.
#[derive(Clone, Debug, Default)]
struct Natural(Vec<u32>);

impl From<u64> for Natural {
    fn from(number: u64) -> Self {
        let mut natural = Self(vec![low(number), low(number >> 32)]);
        natural.trim();
        natural
    }
}

const fn low(number: u64) -> u32 {
    (number & 0xffff_ffff) as u32
}

impl Natural {
    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    fn bits(&self) -> i32 {
        let last = self.0.last().map_or(0, |last| 32 - last.leading_zeros());
        i32::try_from(self.0.len().saturating_sub(1) * 32).unwrap_or_default() + last.cast_signed()
    }

    fn times_plus(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = low(carry);
            carry >>= 32;
        }
        if carry != 0 {
            self.0.push(low(carry));
        }
    }

    fn times_ten(&mut self, power: u32) {
        (0..power).for_each(|_| self.times_plus(10, 0));
    }

    fn shift(&mut self, bits: u32) {
        self.times_plus(1 << (bits % 32), 0);
        if !self.0.is_empty() {
            self.0.splice(0..0, std::iter::repeat_n(0, (bits / 32) as usize));
        }
    }

    fn plus(&self, other: &Self) -> Self {
        let length = self.0.len().max(other.0.len()) + 1;
        let limb = |number: &Self, at: usize| u64::from(number.0.get(at).copied().unwrap_or_default());
        let mut carry = 0;
        let mut sum = Self::default();
        for at in 0..length {
            carry += limb(self, at) + limb(other, at);
            sum.0.push(low(carry));
            carry >>= 32;
        }
        sum.trim();
        sum
    }

    /// Takes away what is not larger.
    fn minus(&mut self, other: &Self) {
        let mut borrow = 0;
        for (at, limb) in self.0.iter_mut().enumerate() {
            let less = u64::from(other.0.get(at).copied().unwrap_or_default()) + borrow;
            borrow = u64::from(u64::from(*limb) < less);
            *limb = low((borrow << 32) + u64::from(*limb) - less);
        }
        self.trim();
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// The quotient, which is of so many bits at most; what remains stays.
    fn divide(&mut self, divisor: &Self, bits: u32) -> u64 {
        let mut quotient = 0;
        for bit in (0..bits).rev() {
            let mut shifted = divisor.clone();
            shifted.shift(bit);
            if self.compare(&shifted) != Ordering::Less {
                self.minus(&shifted);
                quotient |= 1 << bit;
            }
        }
        quotient
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the standard library says it.
    fn expected(number: &str) -> Decimal {
        let double: f64 = number.parse().unwrap();
        if double.is_infinite() {
            return Decimal::Infinite;
        }
        let text = format!("{double:e}");
        let (mantissa, power) = text.split_once('e').unwrap();
        if double == 0.0 {
            return ZERO;
        }
        Decimal::Finite { digits: mantissa.replace('.', ""), point: power.parse::<i32>().unwrap() + 1 }
    }

    #[test]
    fn edges() {
        for number in [
            "0",
            "0.0e9",
            "1",
            "10",
            "0.1",
            "0.30000000000000004",
            "0.1000000000000000055511151231257827",
            "9007199254740993",
            "9007199254740992.9",
            "9007199254740993.0000000000000000000000001",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "1.79769313486231581e308",
            "1e309",
            "1e400",
            "4.9406564584124654e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "5e-324",
            "1e-400",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "2.225073858507201e-308",
            "9.5367431640625e-7",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "1e+22",
            "1e23",
            "123456789012345678901234567890",
            "4503599627370496.5",
            "4503599627370497.5",
            "8.41e21",
            "2.0e-3",
        ] {
            assert_eq!(shortest(number), expected(number), "{number}");
        }
        let long = format!("1.{}1", "0".repeat(5000));
        assert_eq!(shortest(&long), expected("1"));
        let middle = format!("4503599627370496.5{}1", "0".repeat(5000));
        assert_eq!(shortest(&middle), expected("4503599627370497"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        #[test]
        fn doubles(bits in any::<u64>()) {
            let double = f64::from_bits(bits).abs();
            prop_assume!(double.is_finite());
            let number = format!("{double:e}");
            prop_assert_eq!(shortest(&number), expected(&number));
            let exact = format!("{double:.1100}");
            prop_assert_eq!(shortest(&exact), expected(&exact));
        }

        #[test]
        fn numbers(whole in "0|[1-9][0-9]{0,24}", fraction in "[0-9]{1,24}", power in -340_i32..340) {
            for number in [format!("{whole}.{fraction}"), format!("{whole}.{fraction}e{power}"), format!("{whole}E{power}")] {
                prop_assert_eq!(shortest(&number), expected(&number), "{}", number);
            }
        }
    }
}
