//! Compares the sheets of one unit: which files differ, and how.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::certificates::Pairing;
use super::comparison::{CertificateChange, FileChange};
use super::done::Done;
use super::line::Line;
use super::mask::Mask;
use super::placeholders::{self, Placeholders};
use super::state::State;
use super::trust;
use super::unit::File;
use super::wording::Wording;
use super::{crls, lines, services};
use crate::catalog::Class;
use crate::fill;
use crate::read::{TableKind, TableName};
use crate::render::{Content, Filling, Hole, KeyringItem, Piece, Sheet, StorePassword};
use crate::specification::CertificateIndex;

/// A text before and after, with the host's own words masked, and what stands in its holes.
type Texts = (Option<String>, Option<String>, Placeholders);

/// Both sides, and what has been compared already: thousands of hosts may have the same two texts.
pub(super) struct Sides<'a> {
    pub(super) before: Option<&'a State<'a>>,
    pub(super) after: &'a State<'a>,
    pairing: &'a Pairing,
    changes: &'a [CertificateChange],
    known: Mutex<BTreeMap<Texts, Arc<[Line]>>>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(
        before: Option<&'a State<'a>>,
        after: &'a State<'a>,
        pairing: &'a Pairing,
        changes: &'a [CertificateChange],
    ) -> Self {
        Self { before, after, pairing, changes, known: Mutex::default() }
    }

    /// Compares the sheets of a unit, which are sorted by path; none: the unit is not there.
    pub(super) fn compare(&self, old: Option<&[Sheet]>, new: Option<&[Sheet]>, mask: &Mask) -> Vec<File> {
        let whole = old.is_none() || new.is_none();
        let (mut old, mut new) = (old.unwrap_or_default(), new.unwrap_or_default());
        let mut files = Vec::new();
        loop {
            let order = match (old.first(), new.first()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.path.cmp(&new.path),
            };
            match (order, old, new) {
                (Ordering::Less, [sheet, rest @ ..], _) => {
                    if let Some(before) = self.before {
                        files.push(self.removed(before, sheet, mask));
                    }
                    old = rest;
                }
                (Ordering::Greater, _, [sheet, rest @ ..]) => {
                    files.push(self.added(sheet, mask, whole));
                    new = rest;
                }
                (Ordering::Equal, [was, old_rest @ ..], [is, new_rest @ ..]) => {
                    if let Some(before) = self.before {
                        self.changed((before, was), is, mask, &mut files);
                    }
                    (old, new) = (old_rest, new_rest);
                }
                _ => break,
            }
        }
        files
    }

    fn added(&self, sheet: &Sheet, mask: &Mask, whole: bool) -> File {
        let wording = self.wording(mask);
        let lines = match whole {
            true => Vec::new(),
            false => {
                let mut placeholders = Placeholders::default();
                let text = wording.text(&sheet.content, None, &mut placeholders);
                self.lines((None, text, placeholders))
            }
        };
        let services = if whole { Vec::new() } else { services::taking(self.after, sheet, &lines) };
        let change = FileChange { lines, services, ..reported(sheet, Done::Added, mask) };
        File {
            change,
            certificates: BTreeSet::new(),
            component: sheet.component.clone(),
            made_from: (None, sheet.made_from),
            filled_from: filled_from(None, Some((self.after, &sheet.content))),
        }
    }

    fn removed(&self, before: &State<'_>, sheet: &Sheet, mask: &Mask) -> File {
        // Of a pod that is gone nothing is left to start anew.
        let services = if sheet.pod { Vec::new() } else { services::taking(before, sheet, &[]) };
        let change = FileChange { services, ..reported(sheet, Done::Removed, mask) };
        File {
            change,
            certificates: BTreeSet::new(),
            component: sheet.component.clone(),
            made_from: (sheet.made_from, None),
            filled_from: filled_from(Some((before, &sheet.content)), None),
        }
    }

    fn changed(&self, (before, was): (&State<'_>, &Sheet), is: &Sheet, mask: &Mask, into: &mut Vec<File>) {
        let same = self.same_content(before, &was.content, &is.content);
        let mut lines = notes(was, is);
        if same && lines.is_empty() {
            return;
        }
        let mut change = reported(is, Done::Changed, mask);
        let mut certificates = BTreeSet::new();
        if !same {
            lines.extend(self.content(before, &was.content, &is.content, mask));
            change.services = services::taking(self.after, is, &lines);
            certificates = self.certificates(&is.content);
            change.trust = trust::alone((before, &was.content), (self.after, &is.content), self.pairing);
        }
        change.lines = lines;
        let filled_from = filled_from(Some((before, &was.content)), Some((self.after, &is.content)));
        let (component, made_from) = (is.component.clone(), (was.made_from, is.made_from));
        into.push(File { change, certificates, component, made_from, filled_from });
    }

    fn wording<'b>(&'b self, mask: &'b Mask) -> Wording<'b> {
        Wording { state: self.after, mask, changes: Some((self.pairing, self.changes)) }
    }

    /// What differs in the content of a file.
    fn content(&self, before: &State<'_>, was: &Content, is: &Content, mask: &Mask) -> Vec<Line> {
        let (old, new) = (Wording { state: before, mask, changes: None }, self.wording(mask));
        let note = |text| Line::Note { text };
        if let (Some(was), Some(is)) = (chain(was), chain(is)) {
            let changes = placeholders::changes(&old.mentions(was), &new.mentions(is));
            let other_order = || vec![placeholders::OTHER_ORDER.to_owned()];
            let changes = if changes.is_empty() { other_order() } else { changes };
            return changes.into_iter().map(note).collect();
        }
        if let Some(changes) = crls::changes((before, was), (self.after, is)) {
            return changes.into_iter().map(|text| note(mask.put_on(&text))).collect();
        }
        let mut placeholders = Placeholders::default();
        let before = old.text(was, Some(&(new, is)), &mut placeholders);
        let after = new.text(is, Some(&(old, was)), &mut placeholders);
        let lines = self.lines((before, after, placeholders));
        if lines.is_empty() { vec![note("other keys".to_owned())] } else { lines }
    }

    /// The lines that differ between two masked texts, found once.
    fn lines(&self, texts: Texts) -> Vec<Line> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lines) = known().get(&texts) {
            return lines.to_vec();
        }
        let (before, after, placeholders) = &texts;
        let lines = lines::differences(before.as_deref(), after.as_deref(), placeholders);
        known().insert(texts, lines.as_slice().into());
        lines
    }

    /// The certificates in a content that are not what they were.
    fn certificates(&self, content: &Content) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let positions = content.holes().flat_map(|hole| hole.filling.certificates());
        found.extend(positions.filter_map(|position| self.pairing.change.get(position).copied()));
        found
    }

    fn same_content(&self, before: &State<'_>, was: &Content, is: &Content) -> bool {
        match (was, is) {
            (Content::Folder, Content::Folder) | (Content::None, Content::None) => true,
            (Content::Pieces(was), Content::Pieces(is)) => self.same_pieces(before, was, is),
            _ => false,
        }
    }

    fn same_pieces(&self, before: &State<'_>, was: &[Piece], is: &[Piece]) -> bool {
        let same = |(was, is): (&Piece, &Piece)| match (was, is) {
            (Piece::Text(was), Piece::Text(is)) => was == is,
            (Piece::Hole(was), Piece::Hole(is)) => self.same_hole(before, was, is),
            _ => false,
        };
        was.len() == is.len() && was.iter().zip(is).all(same)
    }

    /// Whether two holes are filled with the same bytes.
    fn same_hole(&self, before: &State<'_>, was: &Hole, is: &Hole) -> bool {
        let counterpart =
            |was: CertificateIndex, is: CertificateIndex| self.pairing.counterpart[is] == Some(was);
        match (&was.filling, &is.filling) {
            _ if was.form != is.form => false,
            (Filling::Certificates(was), Filling::Certificates(is)) => {
                let mut pairs = was.iter().zip(is);
                was.len() == is.len()
                    && pairs.all(|(&was, &is)| counterpart(was, is) && self.pairing.same[is])
            }
            (Filling::Key(was), Filling::Key(is)) => counterpart(*was, *is) && self.pairing.same_key[*is],
            _ => {
                let kind = std::mem::discriminant(&was.filling) == std::mem::discriminant(&is.filling);
                let words = |state: &State<'_>, hole| fill::words(state.blueprint, state.draft, hole);
                kind && words(before, was) == words(self.after, is)
            }
        }
    }
}

/// The tables of authorities, holders and keyrings of what fills holes on one side and not on the other.
fn filled_from(
    before: Option<(&State<'_>, &Content)>,
    after: Option<(&State<'_>, &Content)>,
) -> BTreeSet<TableName> {
    let of = |side: Option<(&State<'_>, &Content)>| {
        let mut filled: BTreeSet<(TableName, Arc<str>)> = BTreeSet::new();
        let Some((state, content)) = side else { return filled };
        let tables = |at: CertificateIndex| {
            state.tables_of(at).into_iter().map(move |table| (table, state.id(at).clone()))
        };
        for hole in content.holes() {
            match &hole.filling {
                Filling::Certificates(_) | Filling::Key(_) | Filling::Store(_) => {
                    filled.extend(hole.filling.certificates().iter().copied().flat_map(tables));
                }
                Filling::Crl(position, _) => {
                    let words: Arc<str> = fill::words(state.blueprint, state.draft, hole).join("\n").into();
                    filled.extend(state.tables_of(*position).into_iter().map(|table| (table, words.clone())));
                }
                Filling::Keyring { name, generations, .. } => {
                    let generations: Arc<str> = format!("{generations:?}").into();
                    filled.insert((TableKind::Keyring.named(name.clone()), generations));
                }
                Filling::Digest(_) => {}
            }
        }
        filled
    };
    of(before).symmetric_difference(&of(after)).map(|(table, _)| table.clone()).collect()
}

pub(super) fn reported(sheet: &Sheet, change: Done, mask: &Mask) -> FileChange {
    FileChange {
        path: mask.put_on(&sheet.path),
        is_folder: matches!(sheet.content, Content::Folder),
        change,
        artefact: mask.put_on(&sheet.artefact),
        lines: Vec::new(),
        services: Vec::new(),
        trust: None,
        because_of: Vec::new(),
        certificates: BTreeSet::new(),
    }
}

/// What differs beside the content.
fn notes(was: &Sheet, is: &Sheet) -> Vec<Line> {
    let differing = [
        (was.mode != is.mode).then(|| format!("mode {:04o} -> {:04o}", was.mode, is.mode)),
        (was.owner != is.owner).then(|| format!("owner {} -> {}", was.owner, is.owner)),
        (was.class != is.class)
            .then(|| format!("class {} -> {}", class_word(was.class), class_word(is.class))),
    ];
    differing.into_iter().flatten().map(|text| Line::Note { text }).collect()
}

/// As catalogs write it.
pub(super) fn class_word(class: Class) -> &'static str {
    Class::WORDS.iter().find(|(_, known)| *known == class).map_or("managed", |(word, _)| *word)
}

/// The certificates of a file that holds nothing else.
fn chain(content: &Content) -> Option<&[CertificateIndex]> {
    match content {
        Content::Pieces(pieces) => match &pieces[..] {
            [Piece::Hole(Hole { filling: Filling::Certificates(positions), .. })] => Some(positions),
            _ => None,
        },
        _ => None,
    }
}

/// The private keys in sheets that belong to several hosts, by the id of what they belong to.
pub(super) fn shared_keys(state: &State<'_>, sheets: &[Sheet]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let holes = sheets.iter().flat_map(|sheet| sheet.content.holes());
    for hole in holes {
        match &hole.filling {
            Filling::Key(position) => {
                let certificate = &state.blueprint.certificates[*position];
                if certificate.holder.is_authority() {
                    found.insert(certificate.key_id.to_string());
                }
            }
            // Who joins needs its token.
            Filling::Keyring { item: KeyringItem::Token | KeyringItem::TokenSecret, .. } => {}
            Filling::Keyring { name, item, .. } if item.is_secret() => {
                found.insert(state.blueprint.model.keyrings[name].id.to_string());
            }
            Filling::Store(store) => {
                if let StorePassword::Keyring(name, _) = &store.password {
                    found.insert(state.blueprint.model.keyrings[name].id.to_string());
                }
            }
            Filling::Certificates(_) | Filling::Crl(..) | Filling::Digest(_) | Filling::Keyring { .. } => {}
        }
    }
    found
}
