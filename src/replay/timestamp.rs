//! Moments as a log writes them, RFC 3339, as whole seconds since 1970.

use std::fmt;

/// Seconds of a minute, of an hour, of a day.
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// A moment in whole seconds since 1 January 1970, UTC; shown as `2026-11-02T09:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// Reads `2026-11-02T09:30:00Z`, with a fraction of a second, which is dropped, or an offset too.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| {
            let digits = bytes.get(from..to)?;
            digits.iter().try_fold(0, |number, digit| {
                digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
            })
        };
        let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
        if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":")) {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        // A leap second counts as the last ordinary one.
        let second = second.min(59 + i64::from(second > 60));
        if !(1..=12).contains(&month)
            || !(1..=days_of(year, month)).contains(&day)
            || hour > 23
            || minute > 59
            || second > 59
        {
            return None;
        }
        let mut rest = text.get(19..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
        }
        let east = match rest.as_bytes() {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let start = text.len() - 5;
                let offset = number(start, start + 2)? * HOUR + number(start + 3, start + 5)? * MINUTE;
                if *sign == b'+' { offset } else { -offset }
            }
            _ => return None,
        };
        let days = days_before_year(year) + days_before_month(year, month) + day - 1;
        Some(Self(days * DAY + hour * HOUR + minute * MINUTE + second - east))
    }

    /// The minute it lies in, counted from 1970.
    pub(crate) const fn minute(self) -> i64 {
        self.0.div_euclid(MINUTE)
    }

    /// The beginning of a minute counted from 1970.
    pub(crate) const fn of_minute(minute: i64) -> Self {
        Self(minute * MINUTE)
    }

    /// The second of its minute.
    pub(super) fn second(self) -> u8 {
        u8::try_from(self.0.rem_euclid(MINUTE)).unwrap_or(0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let mut year = 1970 + days / 366;
        while days_before_year(year + 1) <= days {
            year += 1;
        }
        while days < days_before_year(year) {
            year -= 1;
        }
        let of_year = days - days_before_year(year);
        let month = (1..=12).rev().find(|month| days_before_month(year, *month) <= of_year).unwrap_or(1);
        let day = of_year - days_before_month(year, month) + 1;
        let (hour, minute, second) = (rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE);
        write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + is_leap(year) as i64,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1 January 1970 to 1 January of a year.
const fn days_before_year(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

fn days_before_month(year: i64, month: i64) -> i64 {
    (1..month).map(|earlier| days_of(year, earlier)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (text, seconds, shown) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("2000-02-29T12:00:00Z", 951_825_600, "2000-02-29T12:00:00Z"),
            ("2024-01-15T12:00:00Z", 1_705_320_000, "2024-01-15T12:00:00Z"),
            ("2026-11-02T00:00:00.987654Z", 1_793_577_600, "2026-11-02T00:00:00Z"),
            ("2026-11-02T13:00:00+13:00", 1_793_577_600, "2026-11-02T00:00:00Z"),
            ("2026-11-01 20:30:00-03:30", 1_793_577_600, "2026-11-02T00:00:00Z"),
            ("2016-12-31T23:59:60Z", 1_483_228_799, "2016-12-31T23:59:59Z"),
            ("2400-12-31T23:59:59Z", 13_601_087_999, "2400-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800, "0001-01-01T00:00:00Z"),
        ] {
            let moment = Moment::read(text);
            assert_eq!(moment, Some(Moment(seconds)), "{text}");
            assert_eq!(moment.map(|moment| moment.to_string()).as_deref(), Some(shown));
        }
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "2024-01-15",
            "2024-01-15T12:00:00",
            "2024-13-15T12:00:00Z",
            "2023-02-29T12:00:00Z",
            "2024-01-15T24:00:00Z",
            "2024-01-15T12:00:61Z",
            "2024-01-15T12:00:00+1300",
            "2024-1-15T12:00:00Z",
            "２０２４-01-15T12:00:00Z",
            "2024-01-15T12:00:00Zulu",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }
}
