//! OpenMetrics 1.0, as far as gauges and infos go: read strictly.

use std::collections::BTreeMap;

type Labels = BTreeMap<String, String>;

/// The rows of each family. Descriptors come first and in full, families are not interleaved, there is no empty line,
/// labels are in quotes, each series is there once, and `# EOF` and a line feed end it.
pub(crate) fn parse(text: &str) -> BTreeMap<String, Vec<(Labels, i64)>> {
    let body = text.strip_suffix("# EOF\n").expect("it ends");
    let mut families: BTreeMap<String, Vec<(Labels, i64)>> = BTreeMap::new();
    let (mut family, mut kind, mut described) = (String::new(), String::new(), Vec::new());
    for line in body.lines() {
        if let Some(descriptor) = line.strip_prefix("# ") {
            let mut words = descriptor.splitn(3, ' ');
            let (what, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            if what == "TYPE" {
                (family, kind, described) = (name.to_owned(), rest.to_owned(), Vec::new());
                assert!(["gauge", "info"].contains(&rest), "{line}");
                let row = if kind == "info" { format!("{family}_info") } else { family.clone() };
                assert!(families.insert(row, Vec::new()).is_none(), "{line}: twice");
            }
            assert_eq!(name, family, "{line}");
            assert!(what != "UNIT" || (kind == "gauge" && family.ends_with(&format!("_{rest}"))), "{line}");
            assert!(!rest.is_empty(), "{line}");
            described.push(what.to_owned());
            continue;
        }
        let wanted: &[&str] = if kind == "info" { &["TYPE", "HELP"] } else { &["TYPE", "UNIT", "HELP"] };
        assert_eq!(described, wanted, "{line}");
        let (name, rest) = line.split_once('{').unwrap();
        let (labels, value) = rest.rsplit_once("} ").unwrap();
        let labels: Labels = labels.split("\",").map(label).collect();
        let value: i64 = value.parse().unwrap();
        assert!(value > 0 && (kind != "info" || value == 1), "{line}");
        let rows = families.get_mut(name).unwrap_or_else(|| panic!("{line}: of another family"));
        assert!(name.starts_with(&family), "{line}: interleaved");
        assert!(rows.iter().all(|(known, _)| *known != labels), "{line}: twice");
        rows.push((labels, value));
    }
    families
}

fn label(text: &str) -> (String, String) {
    let (name, value) = text.split_once("=\"").unwrap();
    let value = value.strip_suffix('"').unwrap_or(value);
    assert!(!value.is_empty() && !value.contains(['"', '\\']), "{text}");
    (name.to_owned(), value.to_owned())
}
