//! Resolves what the plan adds to components: authorities in their bundles, and imported certificates.
//!
//! The authorities are the plan's own or those of other plans.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::authorities::Authorities;
use super::imported_leaves::{self, Beside};
use super::lookup::Lookup;
use super::model::{Addition, AuthorityIndex, Foreign, ForeignIndex, ImportedCertificate, Trusted, root_of};
use super::parse::{parsed, unknown};
use super::public::Public;
use super::written::Written;
use crate::catalog::{Definition, Holds};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::index::List;
use crate::read::plan::{ComponentTable as Table, Text};
use crate::source::Span;
use crate::stored::import_id;
use crate::values::Name;

/// All additions of a plan.
#[derive(Default)]
pub(super) struct Additions {
    /// The authorities of other plans that are asked for.
    pub(super) foreign: List<Foreign>,
    /// By the place where the plan says it.
    by_place: BTreeMap<Span, Addition>,
    /// Certificates that others made, by the table that names them.
    imported: BTreeMap<Span, Vec<(usize, ImportedCertificate)>>,
}

impl Additions {
    /// What one table of a component adds.
    pub(super) fn of(&self, table: &Table) -> impl Iterator<Item = Addition> {
        let texts = table.bundles_add.iter().flat_map(|(_, added)| added);
        texts.filter_map(|text| self.by_place.get(&text.span).copied())
    }

    /// The certificates that others made, as far as one table of a component names them.
    pub(super) fn imported(&self, table: &Table) -> impl Iterator<Item = (usize, ImportedCertificate)> + '_ {
        self.imported.get(&table.span).into_iter().flatten().cloned()
    }
}

/// Names of the plan's own must not look like another plan's.
pub(super) fn check_imports(written: Written<'_>, diagnostics: &mut Diagnostics) {
    let document = written.document;
    for (name, _) in &document.imports {
        parsed::<Name>(name, Code::BadName, diagnostics);
        let prefix = format!("{}.", name.value);
        let alike = document.authorities.iter().find(|(own, _)| own.value.starts_with(&prefix));
        if let Some((own, _)) = alike {
            let message = format!("`{}` could be an authority of the import `{}`", own.value, name.value);
            let diagnostic = Diagnostic::new(Code::DuplicateName, message).at(own.span, "this authority");
            diagnostics.push(diagnostic.at(name.span, "this import").help("rename one of them"));
        }
    }
}

/// The public sides of other plans, by the name of the import.
type Imports = BTreeMap<String, Option<Arc<Public>>>;

/// What the plan adds to its components.
pub(super) fn additions(
    written: Written<'_>,
    (imports, stored): (&Imports, &Beside),
    authorities: &Authorities<'_>,
    diagnostics: &mut Diagnostics,
) -> Additions {
    let mut additions = Additions::default();
    let open = written.document.unread.may_hold("import");
    let mut known = Known { imports, authorities, open, refused: BTreeSet::new(), found: List::default() };
    imported_leaves::none_in_profile(written, diagnostics);
    for definition in written.components() {
        for (above, layer) in written.named_component_layers(&definition.name) {
            let imported = imported_leaves::of_component(definition, (&above, layer), stored, diagnostics);
            additions.imported.insert(layer.span, imported);
            for (name, added) in &layer.bundles_add {
                let Some(bundle) = bundle(definition, name, diagnostics) else { continue };
                let holds = definition.bundles[bundle].holds;
                for text in added {
                    if let Some(authority) = known.trusted(text, holds, diagnostics) {
                        additions.by_place.insert(text.span, Addition { bundle, authority, span: text.span });
                    }
                }
            }
        }
    }
    additions.foreign = known.found;
    additions
}

fn bundle(definition: &Definition, name: &Text, diagnostics: &mut Diagnostics) -> Option<usize> {
    let found = definition.bundles.iter().position(|bundle| *bundle.name == *name.value);
    if found.is_none() {
        let message = format!("`{}` has no bundle `{}`", definition.name, name.value);
        let help = did_you_mean(&name.value, definition.bundles.iter().map(|bundle| &*bundle.name));
        diagnostics.push(Diagnostic::new(Code::UnknownBundle, message).at(name.span, "").maybe_help(help));
    }
    found
}

/// The authorities that can be named, and those of other plans that have been.
struct Known<'a> {
    imports: &'a BTreeMap<String, Option<Arc<Public>>>,
    authorities: &'a Authorities<'a>,
    /// Whether the plan may have more imports.
    open: bool,
    found: List<Foreign>,
    /// Those of other plans that cannot be taken, which has been reported.
    refused: BTreeSet<String>,
}

impl Known<'_> {
    /// Whom a bundle holds where a text names an authority.
    fn trusted(&mut self, text: &Text, holds: Holds, diagnostics: &mut Diagnostics) -> Option<Trusted> {
        let import = self.imports.iter().find_map(|(import, public)| {
            Some((import, text.value.strip_prefix(import.as_str())?.strip_prefix('.')?, public))
        });
        match (self.authorities.named(&text.value), import) {
            (Lookup::Found(own), _) => {
                let list = &self.authorities.list;
                Some(Trusted::Own(if holds == Holds::Roots { root_of(list, own) } else { own }))
            }
            (_, Some((import, name, public))) => {
                // What is wrong with the other plan has been reported.
                let public = public.as_ref()?;
                let Some(position) = public.authorities.position(|known| *known.name == *name) else {
                    self.unknown(text, diagnostics);
                    return None;
                };
                let roots = holds == Holds::Roots;
                let position = if roots { public.authorities[position].root } else { position };
                self.foreign(import, public, position, text.span, diagnostics).map(Trusted::Foreign)
            }
            (Lookup::Poisoned, None) => None,
            (Lookup::Unknown, None) => {
                if !self.open {
                    self.unknown(text, diagnostics);
                }
                None
            }
        }
    }

    fn unknown(&self, text: &Text, diagnostics: &mut Diagnostics) {
        let imports = self.imports.iter().filter_map(|(name, public)| Some((name, public.as_ref()?)));
        let foreign = imports.flat_map(|(import, public)| {
            public.authorities.iter().map(move |authority| format!("{import}.{}", authority.name))
        });
        let own = self.authorities.names().map(str::to_owned);
        let known: Vec<String> = own.chain(foreign).collect();
        let known = known.iter().map(String::as_str);
        unknown(Code::UnknownAuthority, "authority", text, known, diagnostics);
    }

    /// An authority of another plan, with all its certificates; one that cannot be taken is reported once.
    fn foreign(
        &mut self,
        import: &str,
        public: &Public,
        authority: AuthorityIndex,
        asked: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<ForeignIndex> {
        let authority = &public.authorities[authority];
        let name = format!("{import}.{}", authority.name);
        if let Some(known) = self.found.position(|foreign| *foreign.name == *name) {
            return Some(known);
        }
        if self.refused.contains(&name) {
            return None;
        }
        let mut certificates = BTreeMap::new();
        for (generation, certificate) in &authority.certificates {
            match certificate {
                Ok(certificate) => _ = certificates.insert(*generation, Arc::clone(certificate)),
                Err(unusable) => {
                    let diagnostic = unusable.diagnostic(&public.plan, authority, *generation);
                    let diagnostic = diagnostic.at(asked, "asked for here");
                    diagnostics.push(diagnostic.at(authority.origin, "this authority"));
                    self.refused.insert(name);
                    return None;
                }
            }
        }
        Some(self.found.push(Foreign {
            id: import_id(import, &authority.id).into(),
            name: name.into(),
            plan: public.plan.clone(),
            certificates,
            reach: authority.reach.clone(),
            origin: authority.origin,
            asked,
        }))
    }
}
