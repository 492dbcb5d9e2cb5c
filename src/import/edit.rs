//! Edits the plan for an import: adds lines below the header of an existing table, else at the end.

use std::collections::BTreeMap;
use std::ops::Range;

use super::adopted::{Adopted, AdoptedKey, Encrypting};
use crate::kubernetes::Kms;
use crate::values::{PlainText, hex, written_generations};

/// A plan with new lines.
pub struct Edited {
    /// The whole text.
    pub text: String,
    /// The lines alone, as they would be written by hand.
    pub lines: String,
}

/// Writes what is imported into a plan's text. What stands there already stays, to the byte.
#[must_use]
pub fn edit(plan: &str, adopted: &[Adopted], encrypting: Option<&Encrypting>) -> Edited {
    let mut edited = Edited { text: plan.to_owned(), lines: String::new() };
    for (header, lines) in tables(adopted, encrypting) {
        let block: String = lines.iter().map(|line| format!("{line}\n")).collect();
        edited.lines.push_str(&format!("{header}\n{block}\n"));
        match table(&edited.text, &header) {
            Some(table) => {
                let there =
                    |line: &&String| edited.text[table.clone()].lines().any(|known| known.trim() == *line);
                let new: String =
                    lines.iter().filter(|line| !there(line)).map(|l| format!("{l}\n")).collect();
                edited.text.insert_str(table.start, &new);
            }
            None => {
                let gap = if edited.text.ends_with('\n') || edited.text.is_empty() { "" } else { "\n" };
                edited.text.push_str(&format!("{gap}\n{header}\n{block}"));
            }
        }
    }
    edited
}

/// The lines of each table, by its header.
fn tables(adopted: &[Adopted], encrypting: Option<&Encrypting>) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in adopted {
        let lines = tables.entry(format!("[{}.{}]", one.table, one.name)).or_default();
        if !one.serves.is_empty() {
            let all = one.serves.iter().map(|name| format!("\"{name}\""));
            lines.push(format!("serves = [{}]", all.collect::<Vec<_>>().join(", ")));
        }
        lines.extend(one.lines());
    }
    if let Some(encrypting) = encrypting {
        let lines: Vec<String> =
            [encrypting.resources(), encrypting.generations()].into_iter().flatten().collect();
        if !lines.is_empty() {
            tables.entry(format!("[keyring.{}]", encrypting.keyring)).or_default().extend(lines);
        }
    }
    tables
}

/// What stands below a table's header, up to the next header.
pub(super) fn table(text: &str, header: &str) -> Option<Range<usize>> {
    let bare = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    let (mut start, mut end) = (None, 0);
    for line in text.split_inclusive('\n') {
        if start.is_some() && line.trim_start().starts_with('[') {
            break;
        }
        end += line.len();
        if bare(line) == header && line.ends_with('\n') {
            start = Some(end);
        }
    }
    start.map(|start| start..end)
}

impl Encrypting {
    /// The line that names what is encrypted.
    fn resources(&self) -> Option<String> {
        let quoted: Vec<String> = self.resources.iter().map(|resource| format!("\"{resource}\"")).collect();
        (!quoted.is_empty()).then(|| format!("resources = [{}]", quoted.join(", ")))
    }

    /// The line of the plan; none: it is what a plan means that says nothing.
    fn generations(&self) -> Option<String> {
        if (self.keys, self.plain_text) == (1, PlainText::Read) {
            return None;
        }
        let used = (self.plain_text != PlainText::Written).then_some(self.keys);
        let trust: Vec<u32> = (1..=self.keys).collect();
        Some(written_generations(used, self.plain_text.is_read(), &trust))
    }
}

impl Adopted {
    /// The lines of the plan, without those of the generations.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let digest = |bytes: &[u8; 32]| format!("sha256:{}", hex(bytes));
        let imported = format!("imported.{}", self.generation);
        match &self.key {
            AdoptedKey::Authority(stored, _) | AdoptedKey::Certificate(stored) => {
                vec![format!("{imported} = \"{}\"", digest(&stored.key_sha256()))]
            }
            AdoptedKey::Pair(key) => vec![
                format!("key = \"{}\"", key.public().algorithm()),
                format!("{imported} = \"{}\"", digest(&key.public().sha256())),
            ],
            AdoptedKey::Text(text) => {
                vec![format!("{imported} = \"hmac-sha256:{}\"", hex(&text.digest()))]
            }
            AdoptedKey::Plugin(kms) => {
                let timeout =
                    kms.timeout.map(|timeout| format!(", timeout = \"{timeout}\"")).unwrap_or_default();
                let (word, name, endpoint) = (Kms::WORD, &kms.name, &kms.endpoint);
                vec![format!(
                    "provider.{} = {{ {word} = \"{name}\", endpoint = \"{endpoint}\"{timeout} }}",
                    self.generation
                )]
            }
            AdoptedKey::Encryption { key, provider, name, .. } => vec![format!(
                "{imported} = {{ key = \"hmac-sha256:{}\", name = \"{name}\", provider = \"{provider}\" }}",
                hex(&key.digest())
            )],
        }
    }
}
