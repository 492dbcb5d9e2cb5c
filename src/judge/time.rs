//! UTCTime and GeneralizedTime as Go reads them: cryptobyte's `ReadASN1UTCTime` and `ReadASN1GeneralizedTime`.
//!
//! Both accept a time zone, and UTCTime without seconds, which RFC 5280, 4.1.2.5 does not.

use super::reader::{Reader, tag};

/// Seconds since 1970 of the next element.
pub(super) fn time(reader: &mut Reader<'_>) -> Option<i64> {
    let element = reader.any()?;
    match element.tag {
        tag::UTC_TIME => utc_time(element.content),
        tag::GENERALIZED_TIME => {
            let mut digits = Digits(element.content);
            let year = digits.two()? * 100 + digits.two()?;
            let rest = digits.month_to_minute()?;
            let seconds = digits.below(60)?;
            Some(unix(year, rest)? + seconds - digits.zone()?)
        }
        _ => None,
    }
}

fn utc_time(content: &[u8]) -> Option<i64> {
    let mut digits = Digits(content);
    let two = digits.two()?;
    // RFC 5280, 4.1.2.5.1
    let year = if two >= 50 { 1900 + two } else { 2000 + two };
    let rest = digits.month_to_minute()?;
    let seconds = match digits.0.first()? {
        b'0'..=b'9' => digits.below(60)?,
        _ => 0,
    };
    Some(unix(year, rest)? + seconds - digits.zone()?)
}

/// What is left of a time.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn two(&mut self) -> Option<i64> {
        match self.0 {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
                self.0 = rest;
                Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
            }
            _ => None,
        }
    }

    fn below(&mut self, end: i64) -> Option<i64> {
        self.two().filter(|number| *number < end)
    }

    /// Month, day, hour, minute.
    fn month_to_minute(&mut self) -> Option<[i64; 4]> {
        Some([self.below(13)?, self.below(32)?, self.below(24)?, self.below(60)?])
    }

    /// `Z`, or how far the zone is ahead of it, in seconds; it is the last.
    fn zone(mut self) -> Option<i64> {
        let (sign, rest) = self.0.split_first()?;
        self.0 = rest;
        let ahead = match sign {
            b'Z' => 0,
            b'+' => self.offset()?,
            b'-' => -self.offset()?,
            _ => return None,
        };
        self.0.is_empty().then_some(ahead)
    }

    /// Go reads a day at most, and writes no difference as `Z`, which it compares.
    fn offset(&mut self) -> Option<i64> {
        let offset = self.below(25)? * 3600 + self.below(60)? * 60;
        (offset != 0).then_some(offset)
    }
}

/// Seconds since 1970 of a minute; none where there is no such day.
fn unix(year: i64, [month, day, hour, minute]: [i64; 4]) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March, so that the odd day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 1;
    Some((days - 719_468) * 86_400 + hour * 3600 + minute * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, text: &str) -> Option<i64> {
        let length = u8::try_from(text.len()).unwrap();
        time(&mut Reader(&[&[tag, length], text.as_bytes()].concat()))
    }

    #[test]
    fn times() {
        let utc = |text| read(tag::UTC_TIME, text);
        let generalized = |text| read(tag::GENERALIZED_TIME, text);
        assert_eq!(utc("700101000000Z"), Some(0));
        assert_eq!(utc("491231235959Z"), Some(2_524_607_999));
        assert_eq!(utc("500101000000Z"), Some(-631_152_000));
        assert_eq!(utc("7001010000Z"), Some(0));
        assert_eq!(utc("700101010000+0100"), Some(0));
        assert_eq!(utc("691231223000-0130"), Some(0));
        assert_eq!(generalized("20000229000000Z"), Some(951_782_400));
        assert_eq!(generalized("99991231235959Z"), Some(253_402_300_799));
        assert_eq!(generalized("00000101000000Z"), Some(-62_167_219_200));
        for wrong in
            ["700101000000", "700101000000+0000", "700101000000+2500", "700101000000ZZ", "700101000060Z"]
        {
            assert_eq!(utc(wrong), None, "{wrong}");
        }
        for wrong in
            ["20010229000000Z", "20010431000000Z", "20011301000000Z", "20010100000000Z", "200101010000Z"]
        {
            assert_eq!(generalized(wrong), None, "{wrong}");
        }
        assert_eq!(generalized("20010101000000.5Z"), None);
    }
}
