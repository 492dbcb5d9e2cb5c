//! Why a certificate is reissued, field by field.

/// Words that are followed by one value: a change is told as `word old -> new`.
const SINGLE: [&str; 6] = ["authority", "path-length", "issuer", "issuer-key", "key", "validity"];

const DAY: u64 = 86_400;

/// What differs between two specifications, in the order of their lines.
///
/// Names are told as `+DNS:x` and `-IP:10.0.0.5`, what else comes or goes as `+usage server`, values that
/// change as `validity 365d -> 1d`, and the subject as a whole, because its order counts. Lines
/// that this version does not know come and go like usages.
#[must_use]
pub fn differences(old: &[String], new: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    if !values(old, "subject").eq(values(new, "subject")) {
        found.push(format!("subject {} -> {}", subject(old), subject(new)));
    }
    found.extend(
        plural(old, new).filter(|line| line.starts_with("name ")).map(|line| '-'.to_string() + value(line)),
    );
    found.extend(
        plural(new, old).filter(|line| line.starts_with("name ")).map(|line| '+'.to_string() + value(line)),
    );
    found.extend(plural(old, new).filter(|line| !line.starts_with("name ")).map(|line| format!("-{line}")));
    found.extend(plural(new, old).filter(|line| !line.starts_with("name ")).map(|line| format!("+{line}")));
    for word in SINGLE {
        let line = |value: &str| if value.is_empty() { word.to_owned() } else { format!("{word} {value}") };
        match (values(old, word).next(), values(new, word).next()) {
            (Some(old), Some(new)) if old != new => {
                found.push(format!("{word} {} -> {}", shown(word, old), shown(word, new)));
            }
            (Some(old), None) => found.push(format!("-{}", line(old))),
            (None, Some(new)) => found.push(format!("+{}", line(new))),
            _ => {}
        }
    }
    found
}

/// A value as people say it: seconds as days.
fn shown(word: &str, value: &str) -> String {
    let seconds = value.strip_suffix('s').filter(|_| word == "validity").and_then(|s| s.parse::<u64>().ok());
    match seconds.map(|seconds| (seconds, seconds % DAY)) {
        Some((seconds, 0)) => format!("{}d", seconds / DAY),
        _ => value.to_owned(),
    }
}

fn word(line: &str) -> &str {
    line.split_once(' ').map_or(line, |(word, _)| word)
}

fn value(line: &str) -> &str {
    line.split_once(' ').map_or("", |(_, value)| value)
}

fn values<'a>(lines: &'a [String], of: &str) -> impl Iterator<Item = &'a str> {
    lines.iter().filter(move |line| word(line) == of).map(|line| value(line))
}

/// The lines of `one` that can occur several times and are not in `other`.
fn plural<'a>(one: &'a [String], other: &[String]) -> impl Iterator<Item = &'a str> {
    let several = |line: &&String| word(line) != "subject" && !SINGLE.contains(&word(line));
    one.iter().filter(several).filter(|line| !other.contains(line)).map(String::as_str)
}

fn subject(lines: &[String]) -> String {
    let attributes: Vec<&str> = values(lines, "subject").collect();
    if attributes.is_empty() { "(none)".to_owned() } else { attributes.join(", ") }
}
