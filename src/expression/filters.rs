//! The filters that the catalog may use; most of them quote values for a language.

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Value, filters};

use super::failure::Failure;
use super::record::{Record, list};
use super::size::Made;

/// A filter and what it does with what it is given.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) cost: Cost,
}

/// What a filter takes before it begins; what it makes of that is at most a few times larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// It looks at one end of a list, or at a text.
    End,
    /// It puts a text between the items of a list.
    Join,
    /// It puts a text in place of each piece of another one.
    Replace,
    /// It compares the items of a list with one another.
    Sort,
    /// It looks at all of a value.
    Whole,
}

const FILTERS: &[Filter] = &[
    Filter { name: "brackets", cost: Cost::Whole },
    Filter { name: "default", cost: Cost::End },
    Filter { name: "environment", cost: Cost::Whole },
    Filter { name: "first", cost: Cost::End },
    Filter { name: "float", cost: Cost::End },
    Filter { name: "int", cost: Cost::End },
    Filter { name: "join", cost: Cost::Join },
    Filter { name: "last", cost: Cost::End },
    Filter { name: "length", cost: Cost::End },
    Filter { name: "list", cost: Cost::Whole },
    Filter { name: "lower", cost: Cost::Whole },
    Filter { name: "prefix_length", cost: Cost::Whole },
    Filter { name: "providers", cost: Cost::Whole },
    Filter { name: "replace", cost: Cost::Replace },
    Filter { name: "seconds", cost: Cost::Whole },
    Filter { name: "shell", cost: Cost::Whole },
    Filter { name: "sort", cost: Cost::Sort },
    Filter { name: "systemd", cost: Cost::Whole },
    Filter { name: "unique", cost: Cost::Sort },
    Filter { name: "upper", cost: Cost::Whole },
    Filter { name: "yaml", cost: Cost::Whole },
];

impl Filter {
    /// Whether it says what stands for something undefined.
    pub(super) fn takes_undefined(&self) -> bool {
        self.name == "default"
    }
}

/// The filter of a name.
pub(super) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

/// All names, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILTERS.iter().map(|filter| filter.name)
}

/// Whether a filter made a list, whose size is not known yet.
pub(super) fn is_plain_list(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
        && value.downcast_object_ref::<Made>().is_none()
}

/// Filters as functions: nothing that reads files or dumps a scope.
pub(super) fn install(environment: &mut Environment<'static>) {
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("float", filters::float);
    environment.add_filter("int", filters::int);
    environment.add_filter("join", filters::join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("list", filters::list);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("sort", filters::sort);
    environment.add_filter("unique", filters::unique);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("yaml", yaml);
    environment.add_filter("seconds", seconds);
    environment.add_filter("shell", shell);
    environment.add_filter("systemd", systemd);
    environment.add_filter("environment", self::environment);
    environment.add_filter("brackets", brackets);
    environment.add_filter("prefix_length", prefix_length);
    environment.add_filter("providers", providers);
}

/// Whether a version is another one or a later one: `component.version is since("1.27")`.
pub(super) fn since(version: &Value, first: &Value) -> Result<bool, Failure> {
    let numbers = |value: &Value| -> Result<Vec<u32>, Failure> {
        let number = |part: &str| part.parse().ok();
        let numbers = value.as_str().and_then(|text| text.split('.').map(number).collect());
        numbers.ok_or_else(|| Failure::new(format!("`{value}` is not a version")))
    };
    let (mut version, mut first) = (numbers(version)?, numbers(first)?);
    let length = version.len().max(first.len());
    version.resize(length, 0);
    first.resize(length, 0);
    Ok(version >= first)
}

/// A JSON string or list, which every YAML reader takes; characters that YAML 1.1 refuses are escaped.
fn yaml(value: &Value) -> Result<String, Error> {
    let plain =
        serde_json::to_string(value).map_err(|e| Error::new(ErrorKind::BadSerialization, e.to_string()))?;
    let mut text = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                text.push_str(&format!("\\u{:04x}", c as u32))
            }
            _ => text.push(c),
        }
    }
    Ok(text)
}

/// One word of a POSIX shell.
fn shell(value: &Value) -> String {
    let text = super::to_text(value);
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    if !text.is_empty() && text.chars().all(safe) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// One argument of `ExecStart=` (systemd.service(5), command lines).
fn systemd(value: &Value) -> Result<String, Error> {
    let text = super::to_text(value);
    if text.chars().any(char::is_control) {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "an argument in a unit cannot contain control characters",
        ));
    }
    let escaped = text.replace('%', "%%").replace('$', "$$");
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%$*[]".contains(c);
    if !escaped.is_empty() && escaped.chars().all(safe) {
        return Ok(escaped);
    }
    Ok(format!("\"{}\"", escaped.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// One word of a variable in a file of `EnvironmentFile=`, in double quotes there, that `$NAME` of `ExecStart=`
/// splits again (systemd.exec(5); systemd.service(5), command lines).
fn environment(value: &Value) -> Result<String, Error> {
    let text = super::to_text(value);
    if text.chars().any(char::is_control) {
        return Err(Error::new(ErrorKind::InvalidOperation, "a variable cannot contain control characters"));
    }
    let safe = |c: char| !c.is_whitespace() && !"'\"\\".contains(c);
    let word = if !text.is_empty() && text.chars().all(safe) {
        text
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let mut escaped = String::with_capacity(word.len());
    for c in word.chars() {
        if "\"\\`$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    Ok(escaped)
}

/// Encryption keys grouped by the `provider` that each of them names, `usual` where it names none: a list of
/// `{ PROVIDER: { keys } }`. The first key stays first, because it writes. What has `settings` holds its keys elsewhere and
/// stands for itself: `{ PROVIDER: settings }`.
fn providers(keys: &Value, usual: &str) -> Result<Value, Error> {
    let mut groups: Vec<(String, Provider)> = Vec::new();
    for key in keys.try_iter()? {
        let provider = key.get_attr("provider")?.as_str().unwrap_or(usual).to_owned();
        let settings = key.get_attr("settings")?;
        if !settings.is_undefined() {
            groups.push((provider, Provider::Settings(settings)));
            continue;
        }
        let fields = [("name", key.get_attr("name")?), ("secret", key.get_attr("secret")?)];
        let entry = Record::from_iter(fields).build();
        match groups.iter_mut().find(|(known, _)| *known == provider) {
            Some((_, Provider::Keys(entries))) => entries.push(entry),
            _ => groups.push((provider, Provider::Keys(vec![entry]))),
        }
    }
    let group = |(name, provider)| {
        let provider = match provider {
            Provider::Keys(keys) => Record::new().with("keys", list(keys)).build(),
            Provider::Settings(settings) => settings,
        };
        Record::new().with(name, provider).build()
    };
    Ok(list(groups.into_iter().map(group)))
}

/// What stands below a provider's name.
enum Provider {
    Keys(Vec<Value>),
    Settings(Value),
}

/// An address as it stands before `:port`: IPv6 in brackets.
fn brackets(value: &Value) -> String {
    let text = super::to_text(value);
    if text.contains(':') { format!("[{text}]") } else { text }
}

/// The length of a network's prefix: 16 of `10.244.0.0/16`.
fn prefix_length(value: &Value) -> Result<i64, Error> {
    let length = value.as_str().and_then(|text| text.split_once('/')?.1.parse().ok());
    length
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "this is not a network with a prefix length"))
}

/// The seconds of a duration as Go writes them: 90 of `1m30s`, 0.5 of `500ms` (package time, ParseDuration).
fn seconds(value: &Value) -> Result<f64, Error> {
    const UNITS: [(&str, f64); 7] =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let text = super::to_text(value);
    let no_duration = || Error::new(ErrorKind::InvalidOperation, "this is not a duration such as `1m30s`");
    let (sign, mut rest) = text.strip_prefix('-').map_or((1.0, text.as_str()), |rest| (-1.0, rest));
    if rest == "0" {
        return Ok(0.0);
    }
    let mut total = 0.0;
    loop {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or_else(no_duration)?;
        let (number, behind) = rest.split_at(end);
        let number: f64 = number.parse().map_err(|_| no_duration())?;
        let unit = UNITS.iter().find(|(unit, _)| behind.starts_with(unit)).ok_or_else(no_duration)?;
        total += number * unit.1;
        rest = &behind[unit.0.len()..];
        if rest.is_empty() {
            return Ok(sign * total);
        }
    }
}

#[cfg(test)]
mod durations {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        let read = |text: &str| seconds(&Value::from(text)).ok();
        assert_eq!(read("1m30s"), Some(90.0));
        assert_eq!(read("500ms"), Some(0.5));
        assert_eq!(read("1.5h"), Some(5400.0));
        assert_eq!(read("0"), Some(0.0));
        assert_eq!(read("0s"), Some(0.0));
        assert_eq!(read("-2s"), Some(-2.0));
        for wrong in ["", "5", "s", "1m30", "a", "-"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

#[cfg(test)]
mod quoting {
    use super::*;

    /// What systemd makes of it again: first the file's quotes, then those of the variable.
    #[test]
    fn words_of_a_variable_survive_both_quotings() {
        let said = |text: &str| environment(&Value::from(text)).ok();
        assert_eq!(said("--port=1").as_deref(), Some("--port=1"));
        assert_eq!(said("--a=b c").as_deref(), Some(r#"\"--a=b c\""#));
        assert_eq!(said(r#"--a=$b"c\d"#).as_deref(), Some(r#"\"--a=\$b\\\"c\\\\d\""#));
        assert_eq!(said("").as_deref(), Some(r#"\"\""#));
        assert_eq!(said("a\nb"), None);
    }
}
