//! Expands host patterns: `web[01:50:2].example.org:22`.

use crate::inventory::row::MOST_ROWS;

/// Bytes of a pattern: a name has at most 253, and brackets are not in it.
const LONGEST: usize = 300;

/// All names that a pattern stands for, its port left out.
///
/// # Errors
/// What is wrong with a range, in words.
pub(super) fn expand(pattern: &str) -> Result<Vec<String>, String> {
    if pattern.len() > LONGEST {
        return Err("this is longer than a name can be".to_owned());
    }
    let pattern = without_port(pattern);
    let mut names = vec![String::new()];
    let mut rest = pattern;
    while let Some((head, range, tail)) = next(rest) {
        let parts = sequence(range)?;
        if names.len().saturating_mul(parts.len()) > MOST_ROWS {
            return Err(format!("this range has more than {MOST_ROWS} hosts"));
        }
        names = names
            .iter()
            .flat_map(|name| parts.iter().map(move |part| format!("{name}{head}{part}")))
            .collect();
        rest = tail;
    }
    Ok(names.into_iter().map(|name| name + rest).collect())
}

/// The first range, with what stands before and behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = text.split_once('[')?;
    let (range, tail) = rest.split_once(']')?;
    range.contains(':').then_some((head, range, tail))
}

/// A port is digits behind the last colon, where no other one stands outside of brackets.
fn without_port(pattern: &str) -> &str {
    let Some((host, port)) = pattern.rsplit_once(':') else { return pattern };
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let mut outside = host.to_owned();
    while let (Some(open), Some(close)) = (outside.find('['), outside.find(']')) {
        if close < open {
            break;
        }
        outside.replace_range(open..=close, "");
    }
    if is_number && !outside.contains([':', '[']) { host } else { pattern }
}

fn sequence(range: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = range.split(':').collect();
    let (first, last, step) = match parts[..] {
        [first, last] => (first, last, "1"),
        [first, last, step] => (first, last, step),
        _ => return Err("a range is `[FIRST:LAST]` or `[FIRST:LAST:STEP]`".to_owned()),
    };
    let first = if first.is_empty() { "0" } else { first };
    let step: usize = step.parse().ok().filter(|step| *step > 0).ok_or("a step is a number above zero")?;
    if let ([first], [last]) = (first.as_bytes(), last.as_bytes())
        && first.is_ascii_alphabetic()
        && last.is_ascii_alphabetic()
    {
        // The order of Python's `ascii_letters`: small letters first.
        let place = |letter: u8| (letter.is_ascii_uppercase(), letter);
        if place(*first) > place(*last) {
            return Err("a range goes from its first letter to its last one".to_owned());
        }
        let letters = (b'a'..=b'z').chain(b'A'..=b'Z');
        let within = letters.filter(|one| place(*one) >= place(*first) && place(*one) <= place(*last));
        return Ok(within.step_by(step).map(|letter| char::from(letter).to_string()).collect());
    }
    let number = |text: &str| -> Result<usize, String> {
        let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|_| digits)
            .ok_or_else(|| "the ends of a range are numbers or letters".to_owned())
    };
    let (low, high) = (number(first)?, number(last)?);
    let width = if first.len() > 1 && first.starts_with('0') { first.len() } else { 0 };
    if width > 0 && last.len() != width {
        return Err("both ends of a range with leading zeros must have the same number of digits".to_owned());
    }
    if high.saturating_sub(low) / step >= MOST_ROWS {
        return Err(format!("this range has more than {MOST_ROWS} hosts"));
    }
    Ok((low..=high).step_by(step).map(|number| format!("{number:0width$}")).collect())
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn ranges_as_ansible_has_them() {
        let all = |pattern: &str| expand(pattern).unwrap().join(" ");
        assert_eq!(all("web[08:11].x"), "web08.x web09.x web10.x web11.x");
        assert_eq!(all("a[1:5:2]b[x:z]"), "a1bx a1by a1bz a3bx a3by a3bz a5bx a5by a5bz");
        assert_eq!(all("n[:2]"), "n0 n1 n2");
        assert_eq!(all("n[y:B]"), "ny nz nA nB");
        assert_eq!(all("n[3:1]"), "");
        assert_eq!(
            (all("h:22"), all("h[1:2]:22"), all("fd00::1")),
            ("h".into(), "h1 h2".into(), "fd00::1".into())
        );
        for wrong in ["n[1:]", "n[01:100]", "n[1:9:0]", "n[z:a]", "n[1:2:3:4]", "n[0:999999]", "n[1:x]"] {
            assert!(expand(wrong).is_err(), "{wrong}");
        }
    }
}
