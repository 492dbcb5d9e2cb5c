//! Compares the files of one unit on disk with its sheets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::comparison::{CertificateChange, FileChange, Trust};
use super::super::done::Done;
use super::super::line::Line;
use super::super::mask::Mask;
use super::super::placeholders::Placeholders;
use super::super::sheets::{class_word, reported};
use super::super::state::State;
use super::super::unit::{File, TrustEdit};
use super::super::wording::Wording;
use super::super::{crls, lines, services};
use super::captures::captures;
use super::certificates::InUnit;
use super::kubeconfig;
use super::proof::{self, KeyFound, Proof, is_base64};
use super::trees::BuiltFile;
use crate::fill::{self, Filled};
use crate::render::{Content, Filling, KeyringItem, Sheet};
use crate::specification::{CertificateIndex, Crl};
use crate::{inspect, leaks};

/// What is said of a text that holds what it should.
const OTHERWISE: &str = "same content, written differently";

/// What differs in one unit.
pub(super) struct Compared {
    pub(super) files: Vec<File>,
    pub(super) trust: TrustEdit,
    pub(super) certificates: Vec<CertificateChange>,
    /// Files that only the secret can compare.
    pub(super) unproven: Vec<String>,
}

/// Compares; with `filled` what a build would write is known, file by file.
pub(super) fn compare(
    after: &State<'_>,
    old: Option<&BTreeMap<String, BuiltFile>>,
    (sheets, filled): (&[Sheet], Option<&[Filled]>),
    mask: &Mask,
) -> Compared {
    let mut files = Vec::new();
    let mut look = Look {
        after,
        certificates: InUnit::new(after, sheets),
        trust: TrustEdit::default(),
        mask,
        unproven: Vec::new(),
    };
    // Certificates first: what is said of keys hangs on them.
    let filled = |at: usize| filled.and_then(|filled| filled.get(at)?.bytes.as_ref()).map(|bytes| &bytes[..]);
    let captured: Vec<Option<Same>> = sheets
        .iter()
        .enumerate()
        .map(|(at, sheet)| Some(look.content(sheet, old?.get(&sheet.path)?, filled(at))))
        .collect();
    for (sheet, same) in sheets.iter().zip(captured) {
        let file = old.and_then(|old| old.get(&sheet.path));
        match (file, same) {
            (Some(file), Some(same)) => files.extend(look.changed(sheet, file, same)),
            _ => files.push(look.added(sheet, old.is_none())),
        }
    }
    let paths: BTreeSet<&str> = sheets.iter().map(|sheet| sheet.path.as_str()).collect();
    let gone = old.into_iter().flatten().filter(|(path, _)| !paths.contains(path.as_str()));
    files.extend(gone.map(|(path, file)| removed(path, file)));
    files.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    let trust = if old.is_some() { look.trust } else { TrustEdit::default() };
    Compared { files, trust, certificates: look.certificates.changes(), unproven: look.unproven }
}

/// A file that the plan does not have.
pub(super) fn removed(path: &str, file: &BuiltFile) -> File {
    let change = FileChange {
        path: path.to_owned(),
        is_folder: file.held.is_none(),
        change: Done::Removed,
        artefact: file.artefact.clone(),
        lines: Vec::new(),
        services: Vec::new(),
        trust: None,
        certificates: BTreeSet::new(),
        because_of: Vec::new(),
    };
    File::alone(change, None)
}

/// How the content of a file stands to its sheet.
#[derive(Default)]
struct Same {
    /// What differs, as far as it can be known and may be shown.
    lines: Vec<Line>,
    /// Keys that have to be looked at when all certificates are known.
    keys: Vec<(CertificateIndex, KeyFound)>,
    /// Whether something else stands there that only the secret can compare.
    unproven: bool,
    /// Whether it holds the bytes that a build would write, where those are known.
    bytes: Option<bool>,
    /// What becomes of trust, if nothing else differs.
    trust: Option<Trust>,
}

struct Look<'a> {
    after: &'a State<'a>,
    certificates: InUnit<'a>,
    trust: TrustEdit,
    mask: &'a Mask,
    unproven: Vec<String>,
}

impl Look<'_> {
    fn content(&mut self, sheet: &Sheet, file: &BuiltFile, filled: Option<&[u8]>) -> Same {
        let mut same = Same::default();
        let (Content::Pieces(pieces), Some(held)) = (&sheet.content, &file.held) else { return same };
        let text = held.text();
        same.bytes = filled.map(|filled| filled == held.bytes());
        // What stands in a store only its password shows.
        if sheet.content.holes().any(|hole| matches!(hole.filling, Filling::Store(_))) {
            same.unproven = true;
            return same;
        }
        if let Some((signers, _)) = crls::signers(&sheet.content) {
            self.crls(&signers, held.bytes(), &mut same);
            return same;
        }
        let Some(captured) = captures(pieces, text) else {
            for hole in sheet.content.holes() {
                if let Filling::Certificates(positions) = &hole.filling {
                    self.certificates.look_for(positions, text);
                }
            }
            same.lines = self.text(sheet, file, text);
            return same;
        };
        let (mut gains, mut loses) = (false, false);
        for (hole, inside) in captured {
            match &hole.filling {
                Filling::Certificates(positions) => {
                    let Some(inside) = inside else {
                        same.unproven = true;
                        continue;
                    };
                    match self.certificates.are(positions, inside, is_base64(hole)) {
                        Proof::Same => continue,
                        Proof::Unproven => {
                            same.unproven = true;
                            continue;
                        }
                        Proof::Other | Proof::Otherwise | Proof::More => {}
                    }
                    let (more, fewer, lines) = self.certificates_of(positions, inside);
                    gains |= more;
                    loses |= fewer;
                    same.lines.extend(lines);
                }
                Filling::Key(position) => same.keys.push((*position, KeyFound::of(hole, inside))),
                Filling::Digest(_) => {
                    let words = fill::words(self.after.blueprint, self.after.draft, hole);
                    if inside.is_none_or(|inside| words != [inside]) {
                        same.lines.push(note("the program reads different files when it starts"));
                    }
                }
                Filling::Keyring { item: KeyringItem::NotAfter, .. } => {
                    let words = fill::words(self.after.blueprint, self.after.draft, hole);
                    if !words.iter().any(|word| word.split(' ').next_back() == inside) {
                        let inside = inside.unwrap_or_default();
                        same.lines.push(note(&format!("{inside} has a different end")));
                    }
                }
                Filling::Crl(..) | Filling::Store(_) => same.unproven = true,
                Filling::Keyring { .. } => match proof::of_keyring(self.after, hole, inside) {
                    Proof::Same => {}
                    Proof::Otherwise => same.lines.push(note(OTHERWISE)),
                    Proof::More => same.lines.push(note("a further key")),
                    Proof::Other => same.lines.push(note("another key")),
                    Proof::Unproven => same.unproven = true,
                },
            }
        }
        same.trust = match (gains, loses, same.lines.is_empty()) {
            (true, false, false) => Some(Trust::Added),
            (false, true, false) => Some(Trust::Dropped),
            _ => None,
        };
        same
    }

    /// What differs in revocation lists. Who signed them only the keys can show.
    fn crls(&self, signers: &[CertificateIndex], held: &[u8], same: &mut Same) {
        let blueprint = self.after.blueprint;
        let wanted: Vec<&Crl> = signers.iter().filter_map(|signer| blueprint.crl(*signer)).collect();
        match inspect::crls(held) {
            Some(found) if found.len() == wanted.len() => {
                let pairs = found.iter().zip(wanted);
                let mut seen = BTreeSet::new();
                let lines = pairs.flat_map(|(was, is)| crls::differences(was, is));
                // Every generation signs the same list.
                let lines: Vec<String> = lines.filter(|line| seen.insert(line.clone())).collect();
                same.unproven = lines.is_empty();
                same.lines = lines.iter().map(|line| note(&self.mask.put_on(line))).collect();
            }
            _ => same.lines.push(note("it contains other CRLs")),
        }
    }

    /// What differs in a list of certificates: of authorities what comes and goes.
    fn certificates_of(&mut self, positions: &[CertificateIndex], inside: &str) -> (bool, bool, Vec<Line>) {
        let authorities = positions
            .iter()
            .all(|&position| self.after.blueprint.certificates[position].holder.is_authority());
        if self.certificates.are_in(positions, inside) {
            return (false, false, vec![note(OTHERWISE)]);
        }
        if !authorities {
            let ids: Vec<&str> = positions.iter().map(|&position| &**self.after.id(position)).collect();
            let text = format!(
                "{} {}",
                ids.join(", "),
                if ids.len() == 1 { "a different certificate" } else { "different certificates" }
            );
            return (false, false, vec![note(&self.mask.put_on(&text))]);
        }
        let (dropped, added) = self.certificates.trust(positions, inside);
        let ids: Vec<Arc<str>> = added.iter().map(|&position| self.after.id(position).clone()).collect();
        let mut lines: Vec<Line> = dropped.iter().map(|subject| note(&format!("- {subject}"))).collect();
        lines.extend(ids.iter().map(|id| note(&format!("+ {id}"))));
        if lines.is_empty() {
            let repeated = self.certificates.are_repeated(positions, inside);
            lines.push(note(if repeated { "some of them more than once" } else { "in another order" }));
        }
        let reported = (!ids.is_empty(), !dropped.is_empty(), lines);
        self.trust.added.extend(ids);
        self.trust.dropped.extend(dropped.into_iter().map(Arc::from));
        reported
    }

    /// What differs in a text; of a file with secrets that alone.
    fn text(&self, sheet: &Sheet, file: &BuiltFile, text: &str) -> Vec<Line> {
        let mut placeholders = Placeholders::default();
        let new = self.wording().text(&sheet.content, None, &mut placeholders);
        let mut masked = self.mask.put_on(text);
        for hole in sheet.content.holes().filter(|hole| matches!(hole.filling, Filling::Digest(_))) {
            let sign = placeholders.sign(self.wording().placeholder(hole, None)).to_string();
            for word in fill::words(self.after.blueprint, self.after.draft, hole) {
                masked = masked.replace(&word, &sign);
            }
        }
        let is_private = || !leaks::find(text.as_bytes(), &|_| false).found.is_empty();
        // That others may not read a pod hides nothing of it, but for what somebody put into its environment.
        let is_hidden = file.mode & 0o077 == 0
            && !(sheet.pod && new.as_deref().is_some_and(|new| !has_values(&masked, new)));
        if sheet.content.is_secret() || is_hidden || is_private() {
            let leads = new.as_deref().and_then(|new| kubeconfig::differences(&masked, new));
            return match leads {
                Some(mut lines) => {
                    lines.push(note("it contains secrets, so nothing else is shown"));
                    lines
                }
                None => vec![note("its text differs; it contains secrets, so its lines are not shown")],
            };
        }
        lines::differences(Some(&masked), new.as_deref(), &placeholders)
    }

    fn wording(&self) -> Wording<'_> {
        Wording { state: self.after, mask: self.mask, changes: None }
    }

    /// What is to be said of a private key.
    fn key(&self, position: CertificateIndex, key: KeyFound, same: &mut Same) {
        let proof = self.certificates.is_key(position, key);
        if matches!((proof, key), (Proof::Unproven | Proof::Otherwise, KeyFound::Otherwise(_))) {
            same.lines.push(note(OTHERWISE));
        }
        match proof {
            Proof::Same | Proof::Otherwise | Proof::More => {}
            Proof::Other => same.lines.push(note("another key")),
            Proof::Unproven => {
                same.unproven = true;
                match self.certificates.has_key(position) {
                    Some(true) => {}
                    Some(false) => same.lines.push(note("another key")),
                    None if same.bytes.is_some() => {}
                    None => same.lines.push(note("only the secret can show whether the key is different")),
                }
            }
        }
    }

    fn changed(&mut self, sheet: &Sheet, file: &BuiltFile, mut same: Same) -> Option<File> {
        let mut lines = notes(sheet, file);
        for (position, key) in std::mem::take(&mut same.keys) {
            self.key(position, key, &mut same);
        }
        match same.bytes {
            Some(true) => same = Same::default(),
            Some(false) if same.lines.is_empty() => same.lines.push(note("other secret bytes")),
            Some(false) => {}
            None if same.unproven => self.unproven.push(sheet.path.clone()),
            None => {}
        }
        if lines.is_empty() && same.lines.is_empty() {
            return None;
        }
        let services = match same.lines.is_empty() {
            true => Vec::new(),
            false => services::taking(self.after, sheet, &same.lines),
        };
        lines.extend(same.lines);
        let certificates = self.certificates.differing(sheet);
        let reported = reported(sheet, Done::Changed, self.mask);
        let change = FileChange { lines, services, trust: same.trust, certificates, ..reported };
        Some(File::alone(change, sheet.component.clone()))
    }

    fn added(&self, sheet: &Sheet, whole: bool) -> File {
        let lines = match whole {
            true => Vec::new(),
            false => {
                let mut placeholders = Placeholders::default();
                let text = self.wording().text(&sheet.content, None, &mut placeholders);
                lines::differences(None, text.as_deref(), &placeholders)
            }
        };
        let services = if whole { Vec::new() } else { services::taking(self.after, sheet, &lines) };
        let change = FileChange { lines, services, ..reported(sheet, Done::Added, self.mask) };
        File::alone(change, sheet.component.clone())
    }
}

fn note(text: &str) -> Line {
    Line::Note { text: text.to_owned() }
}

/// What a line is called that may hold something private.
const PRIVATE: [&str; 4] = ["password", "secret", "token", "value"];

/// Whether a text has lines that may hold something private, and another one does not have them.
fn has_values(text: &str, other: &str) -> bool {
    let known: BTreeSet<&str> = other.lines().map(str::trim).collect();
    let is_private = |line: &str| PRIVATE.iter().any(|word| line.to_ascii_lowercase().contains(word));
    text.lines().map(str::trim).any(|line| is_private(line) && !known.contains(line))
}

/// The mode that a file has and should not have: where it lies, else in the manifest.
fn other_mode(sheet: &Sheet, file: &BuiltFile) -> Option<u32> {
    file.lies_with.into_iter().chain([file.mode]).find(|mode| *mode != sheet.mode)
}

/// What differs beside the content.
fn notes(sheet: &Sheet, file: &BuiltFile) -> Vec<Line> {
    let class = class_word(sheet.class);
    let differing = [
        other_mode(sheet, file).map(|was| format!("mode {was:04o} -> {:04o}", sheet.mode)),
        (*file.owner != *sheet.owner).then(|| format!("owner {} -> {}", file.owner, sheet.owner)),
        (*file.group != *sheet.owner && file.group != file.owner)
            .then(|| format!("group {} -> {}", file.group, sheet.owner)),
        (file.class != class).then(|| format!("class {} -> {class}", file.class)),
    ];
    differing.into_iter().flatten().map(|text| note(&text)).collect()
}
