//! Parses OpenSSL configuration (config(5)): sections with keys, as `openssl req` and `openssl x509` read it.

/// A configuration.
pub(super) struct Configuration {
    /// In the order of the file; the first is what stands before any section.
    pub(super) sections: Vec<Section>,
}

/// A section.
pub(super) struct Section {
    /// From 1.
    pub(super) line: u32,
    pub(super) name: String,
    pub(super) entries: Vec<Entry>,
}

/// `key = value`
pub(super) struct Entry {
    /// From 1.
    pub(super) line: u32,
    pub(super) key: String,
    pub(super) value: String,
}

/// Keys that requests and extensions have.
const KEYS: [&str; 8] = [
    "distinguished_name",
    "req_extensions",
    "x509_extensions",
    "subjectAltName",
    "extendedKeyUsage",
    "keyUsage",
    "basicConstraints",
    "default_ca",
];

/// Whether a text is such a configuration: sections, and a key that only these have.
pub(super) fn is_configuration(text: &str) -> bool {
    let key = |line: &str| line.split_once('=').is_some_and(|(key, _)| KEYS.contains(&key.trim()));
    text.lines().any(|line| line.trim_start().starts_with('[')) && text.lines().any(|line| key(line.trim()))
}

/// Reads a text. What OpenSSL would not take is left out.
pub(super) fn read(text: &str) -> Configuration {
    let mut sections = vec![Section { line: 1, name: String::new(), entries: Vec::new() }];
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let mut whole = without_comment(line).trim().to_owned();
        while let Some(begun) = whole.strip_suffix('\\') {
            let Some((_, next)) = lines.next() else { break };
            whole = format!("{}{}", begun.trim_end(), without_comment(next).trim());
        }
        if let Some(name) = whole.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            sections.push(Section { line: number, name: name.trim().to_owned(), entries: Vec::new() });
        } else if let Some((key, value)) = whole.split_once('=')
            && let Some(section) = sections.last_mut()
        {
            let (key, value) = (key.trim().to_owned(), value.trim().trim_matches('"').to_owned());
            section.entries.push(Entry { line: number, key, value });
        }
    }
    Configuration { sections }
}

fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default()
}

impl Configuration {
    /// The section of a name; where it is written several times, OpenSSL joins them, and the first is taken here.
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

impl Section {
    /// The last entry of a key, which counts; of a numbered one (`0.CN`) the number does not.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| plain(&entry.key) == key)
    }
}

/// A key without its number: `CN` of `0.CN`.
pub(super) fn plain(key: &str) -> &str {
    match key.split_once('.') {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        Some((rest, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_numbers() {
        let text = "a = 1\n[ req ] # x\nreq_extensions = v3\n[v3]\nkeyUsage = critical, \\\n  digitalSignature\n0.CN = \"b\"\nDNS.1=c\n";
        assert!(is_configuration(text) && !is_configuration("[Service]\nExecStart=/a\n"));
        let read = read(text);
        let v3 = read.section("v3").unwrap();
        assert_eq!(v3.get("keyUsage").unwrap().value, "critical,digitalSignature");
        assert_eq!((v3.get("CN").unwrap().value.as_str(), v3.get("DNS").unwrap().line), ("b", 8));
    }
}
