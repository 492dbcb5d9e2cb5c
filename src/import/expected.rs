//! The paths at which layouts place importable files: the lines of every layout are tried against a directory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::piece::Piece;
use crate::catalog::Layout;
use crate::plan::Plan;
use crate::resolve::KeyringKind;

/// What is looked for, and where a layout has it.
pub(super) struct Expected {
    pub(super) what: What,
    /// Where its certificate may lie.
    certificates: Vec<String>,
    key: String,
}

/// What can be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// The authority that serves a purpose.
    Purpose(Arc<str>),
    /// A key pair.
    Keyring(Arc<str>),
}

/// A layout that fits a folder best, and the path that the folder stands for.
pub(super) struct Fit<'a> {
    pub(super) layout: &'a Layout,
    folder: &'a Path,
    base: PathBuf,
}

impl Fit<'_> {
    /// Where a path of the layout lies in the folder.
    pub(super) fn path(&self, path: &str) -> Option<PathBuf> {
        Path::new(path).strip_prefix(&self.base).ok().map(|rest| self.folder.join(rest))
    }

    /// The key and the certificates of what is looked for, as far as they are there.
    pub(super) fn pieces<'p>(
        &self,
        expected: &Expected,
        pieces: &'p [Piece],
    ) -> (Option<&'p Piece>, Vec<&'p Piece>) {
        let find = |path: &String| {
            let path = self.path(path)?;
            pieces.iter().find(|piece| piece.path == path)
        };
        (find(&expected.key), expected.certificates.iter().filter_map(find).collect())
    }
}

/// The layout that has the most of its keys in the folder, the plan's own before others.
pub(super) fn fit<'a>(plan: &'a Plan, folder: &'a Path, pieces: &[Piece]) -> Option<Fit<'a>> {
    let own = plan.model.cluster.as_ref().map(|cluster| cluster.layout.value.as_str());
    let mut layouts: Vec<&Layout> = plan.catalog.layouts.values().collect();
    layouts.sort_by_key(|layout| Some(layout.name.as_str()) != own);
    let mut best: Option<(usize, Fit<'a>)> = None;
    for layout in layouts {
        let expected = expected(plan, layout);
        for base in bases(&expected) {
            let fit = Fit { layout, folder, base };
            let there = |expected: &&Expected| {
                let (key, certificates) = fit.pieces(expected, pieces);
                let authority = matches!(expected.what, What::Purpose(_));
                key.is_some_and(|key| key.key.is_some()) && (!authority || !certificates.is_empty())
            };
            let score = expected.iter().filter(there).count();
            if score > best.as_ref().map_or(0, |(score, _)| *score) {
                best = Some((score, fit));
            }
        }
    }
    best.map(|(_, fit)| fit)
}

/// What the plan's model has, where a layout puts it.
pub(super) fn expected(plan: &Plan, layout: &Layout) -> Vec<Expected> {
    let (engine, sources) = (&plan.catalog.engine, &plan.sources);
    let mut all = Vec::new();
    for purpose in plan.model.purposes.keys() {
        let path = |what: &str| layout.authority(engine, sources, purpose, what).map(|path| path.value);
        // What signs lies by itself where the roots are several.
        let certificates = [path("certificate"), path("roots")].into_iter().flatten().collect();
        let what = What::Purpose(purpose.clone());
        all.extend(path("key").map(|key| Expected { what, certificates, key }));
    }
    for (name, keyring) in &plan.model.keyrings {
        let key = layout.keyring(engine, sources, name, "private-key").map(|path| path.value);
        if matches!(keyring.kind, KeyringKind::KeyPair(_)) {
            let what = What::Keyring(name.clone());
            all.extend(key.map(|key| Expected { what, certificates: Vec::new(), key }));
        }
    }
    all
}

/// Every folder that the given one may stand for.
fn bases(expected: &[Expected]) -> BTreeSet<PathBuf> {
    let folders = expected.iter().flat_map(|expected| Path::new(&expected.key).ancestors().skip(1));
    folders.map(Path::to_path_buf).collect()
}
