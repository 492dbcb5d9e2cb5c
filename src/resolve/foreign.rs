//! Authorities of other plans, and what bundles hold of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Model, Resolver};
use crate::catalog::{Definition, Holds};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::read::plan::{Component as Written, Text};
use crate::source::Span;
use crate::stored::{Stored, import_id};

/// The public side of another plan.
#[derive(Debug)]
pub struct Public {
    /// The plan, as people call it.
    plan: Arc<str>,
    authorities: Vec<Certified>,
}

/// An authority of another plan.
#[derive(Debug)]
struct Certified {
    name: Arc<str>,
    id: Arc<str>,
    /// The position of the root above it.
    root: usize,
    /// The certificates of its trusted generations.
    certificates: BTreeMap<u32, Result<Arc<Stored>, Unusable>>,
    reach: Reach,
    origin: Span,
}

/// Why a certificate of another plan cannot be taken.
#[derive(Debug, Clone)]
pub enum Unusable {
    /// Its file cannot be read, or is no certificate of an authority.
    Broken(String),
    /// It was not issued yet.
    NotThere,
}

/// What an authority of a plan certifies, beside its own.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The authorities that it issues.
    pub below: Vec<Arc<str>>,
    /// Whatever else it issues: `certificate.NAME`, `user.NAME`, components.
    pub others: Vec<String>,
}

/// An authority of another plan that this one trusts.
#[derive(Debug)]
pub struct Foreign {
    /// `IMPORT.AUTHORITY`
    pub name: Arc<str>,
    /// `import.IMPORT/` and its id there: it has no keys here.
    pub id: Arc<str>,
    /// The plan, as people call it.
    pub plan: Arc<str>,
    /// The certificates of all generations that are trusted there.
    pub certificates: BTreeMap<u32, Arc<Stored>>,
    /// What it certifies there.
    pub reach: Reach,
    /// Its table in that plan.
    pub origin: Span,
    /// Where this plan asks for it first.
    pub asked: Span,
}

/// Who is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trusted {
    /// One of another plan.
    Foreign(usize),
    /// One of the plan's own authorities.
    Own(usize),
}

/// An authority that a bundle holds beside those that the catalog gives it.
#[derive(Debug, Clone, Copy)]
pub struct Addition {
    /// The bundle, by its position in the definition.
    pub bundle: usize,
    /// The authority that is named, or in a bundle of roots the one above it.
    pub authority: Trusted,
    /// Where the plan says it.
    pub span: Span,
}

impl Public {
    /// What others may know of a plan; `certificate` reads one of its authorities' certificates by its id.
    pub fn of(
        model: &Model,
        plan: &str,
        certificate: impl Fn(&str) -> Result<Arc<Stored>, Unusable>,
    ) -> Self {
        let authorities = model.authorities.iter().enumerate().map(|(index, authority)| Certified {
            name: authority.name.clone(),
            id: authority.id.clone(),
            root: model.root_of(index),
            certificates: authority
                .generations
                .trust
                .iter()
                .map(|generation| (*generation, certificate(&format!("{}/{generation}", authority.id))))
                .collect(),
            reach: model.reach(index),
            origin: authority.origin,
        });
        Self { plan: plan.into(), authorities: authorities.collect() }
    }
}

impl Model {
    /// What one of the plan's own authorities certifies.
    #[must_use]
    pub fn reach(&self, authority: usize) -> Reach {
        let below = self.authorities.iter().filter(|other| other.issuer == Some(authority));
        let mut reach = Reach { below: below.map(|other| other.name.clone()).collect(), others: Vec::new() };
        let free = self.certificates.iter().filter(|certificate| certificate.authority == authority);
        reach.others.extend(free.map(|certificate| format!("certificate.{}", certificate.name)));
        let of_users = self.users_purpose.as_deref().and_then(|purpose| self.authority_for(purpose));
        let users = self.users.iter().filter(|_| of_users == Some(authority));
        reach.others.extend(users.map(|user| user.id.to_string()));
        for component in self.components.iter().filter(|component| !component.instances.is_empty()) {
            let definition = &component.definition;
            let issues = |i: usize| self.issuer(definition, i) == Some(authority);
            if (0..definition.certificates.len()).any(issues) {
                reach.others.push(definition.name.to_string());
            }
        }
        reach
    }
}

impl Resolver<'_> {
    /// Names of the plan's own must not look like another plan's.
    pub(super) fn check_imports(&mut self) {
        let document = self.document;
        for (name, _) in &document.imports {
            self.parsed::<crate::values::Name>(name, Code::BadName);
            let prefix = format!("{}.", name.value);
            let alike = document.authorities.iter().find(|(own, _)| own.value.starts_with(&prefix));
            if let Some((own, _)) = alike {
                let message = format!("`{}` could be an authority of the import `{}`", own.value, name.value);
                let diagnostic = Diagnostic::new(Code::DuplicateName, message).at(own.span, "this authority");
                self.push(diagnostic.at(name.span, "this import").help("rename one of them"));
            }
        }
    }

    /// What a layer adds to bundles.
    pub(super) fn additions(&mut self, definition: &Definition, layer: &Written) -> Vec<Addition> {
        let mut additions = Vec::new();
        for (name, added) in &layer.bundles_add {
            let Some(bundle) = definition.bundles.iter().position(|bundle| *bundle.name == *name.value)
            else {
                let message = format!("`{}` has no bundle `{}`", definition.name, name.value);
                let help = did_you_mean(&name.value, definition.bundles.iter().map(|bundle| &*bundle.name));
                self.push(Diagnostic::new(Code::UnknownBundle, message).at(name.span, "").maybe_help(help));
                continue;
            };
            let holds = definition.bundles[bundle].holds;
            for text in added {
                let authority = self.trusted(text, holds);
                additions.extend(authority.map(|authority| Addition { bundle, authority, span: text.span }));
            }
        }
        additions
    }

    /// Whom a bundle holds where a text names an authority.
    fn trusted(&mut self, text: &Text, holds: Holds) -> Option<Trusted> {
        if let Some(&(own, root)) = self.own_authorities.get(text.value.as_str()) {
            return Some(Trusted::Own(if holds == Holds::Roots { root } else { own }));
        }
        let imports = self.imports;
        let of =
            |(import, public)| Some((import, text.value.strip_prefix(import)?.strip_prefix('.')?, public));
        let imports = imports.iter().map(|(name, public)| (name.as_str(), public));
        let Some((import, name, public)) = imports.clone().find_map(of) else {
            self.unknown_trusted(text);
            return None;
        };
        // What is wrong with the other plan has been told.
        let public = public.as_ref()?;
        let Some(position) = public.authorities.iter().position(|authority| *authority.name == *name) else {
            self.unknown_trusted(text);
            return None;
        };
        let position = if holds == Holds::Roots { public.authorities[position].root } else { position };
        self.foreign(import, public, position, text.span).map(Trusted::Foreign)
    }

    fn unknown_trusted(&mut self, text: &Text) {
        // One of the plan's own that could not be resolved has been told of.
        if self.document.authorities.iter().any(|(name, _)| name.value == text.value) {
            return;
        }
        let own = self.own_authorities.keys().map(|name| name.to_string());
        let imports = self.imports.iter().filter_map(|(name, public)| Some((name, public.as_ref()?)));
        let foreign = imports.flat_map(|(import, public)| {
            public.authorities.iter().map(move |authority| format!("{import}.{}", authority.name))
        });
        let known: Vec<String> = own.chain(foreign).collect();
        self.unknown(Code::UnknownAuthority, "authority", text, known.iter().map(String::as_str));
    }

    /// An authority of another plan, with all its certificates; what cannot be taken is told once.
    fn foreign(&mut self, import: &str, public: &Public, position: usize, asked: Span) -> Option<usize> {
        let authority = &public.authorities[position];
        let name = format!("{import}.{}", authority.name);
        if let Some(known) = self.foreign.iter().position(|foreign| *foreign.name == *name) {
            return Some(known);
        }
        if !self.told_foreign.insert(name.clone()) {
            return None;
        }
        let mut certificates = BTreeMap::new();
        for (generation, certificate) in &authority.certificates {
            match certificate {
                Ok(certificate) => _ = certificates.insert(*generation, Arc::clone(certificate)),
                Err(unusable) => {
                    let diagnostic = unusable.diagnostic(&public.plan, authority, *generation);
                    self.push(diagnostic.at(asked, "asked for here").at(authority.origin, "this authority"));
                    return None;
                }
            }
        }
        self.foreign.push(Foreign {
            id: import_id(import, &authority.id).into(),
            name: name.into(),
            plan: public.plan.clone(),
            certificates,
            reach: authority.reach.clone(),
            origin: authority.origin,
            asked,
        });
        Some(self.foreign.len() - 1)
    }

    /// Warns where clients are checked against an authority that certifies more than one client.
    pub(super) fn wide_trust(&mut self, model: &Model) {
        let mut told = Vec::new();
        for component in &model.components {
            let definition = &component.definition;
            let additions = component.instances.iter().flat_map(|instance| &instance.config.bundles);
            for addition in additions.filter(|addition| definition.checks_clients(addition.bundle)) {
                if told.contains(&addition.span) {
                    continue;
                }
                told.push(addition.span);
                if let Some(diagnostic) = model.wide(definition, addition) {
                    self.push(diagnostic);
                }
            }
        }
    }
}

impl Unusable {
    fn diagnostic(&self, plan: &str, authority: &Certified, generation: u32) -> Diagnostic {
        let name = &authority.name;
        match self {
            Unusable::Broken(why) => Diagnostic::new(Code::ImportedCertificate, why.clone())
                .help(format!("bring it back from git, or let `pkiplan build {plan}` make it again")),
            Unusable::NotThere => {
                let which =
                    if generation == 1 { String::new() } else { format!(" of generation {generation}") };
                let message = format!("{plan} has not issued the certificate of `{name}`{which} yet");
                let help =
                    format!("run `pkiplan build {plan}` first, and commit what it writes beside the plan");
                Diagnostic::new(Code::NotBuilt, message).help(help)
            }
        }
    }
}

impl Model {
    /// What an authority is called where a bundle holds it.
    #[must_use]
    pub fn trusted_name(&self, trusted: Trusted) -> &Arc<str> {
        match trusted {
            Trusted::Foreign(index) => &self.foreign[index].name,
            Trusted::Own(index) => &self.authorities[index].name,
        }
    }

    fn wide(&self, definition: &Definition, addition: &Addition) -> Option<Diagnostic> {
        let (name, reach, open, origin) = match addition.authority {
            Trusted::Foreign(index) => {
                let foreign = &self.foreign[index];
                let open = foreign.certificates.values().any(|stored| stored.path_length != Some(0));
                (&foreign.name, foreign.reach.clone(), open, foreign.origin)
            }
            Trusted::Own(index) => {
                // What the catalog itself puts there is no addition.
                let purposes = &definition.bundles[addition.bundle].purposes;
                if purposes.iter().any(|purpose| self.authority_for(purpose) == Some(index)) {
                    return None;
                }
                let own = &self.authorities[index];
                (&own.name, self.reach(index), own.path_length != Some(0), own.origin)
            }
        };
        let mut reasons = Vec::new();
        if !reach.below.is_empty() {
            reasons.push(format!("it has authorities below it ({})", reach.below.join(", ")));
        } else if open {
            reasons.push("it may have authorities below it (no `path-length = 0`)".to_owned());
        }
        if reach.others.len() > 1 {
            let others = reach.others.join(", ");
            reasons.push(format!("all that it certifies comes in ({others})"));
        }
        if reasons.is_empty() {
            return None;
        }
        let message = format!(
            "`{}` takes every client that `{name}` or an authority below it certifies, as any user and in any group",
            definition.name
        );
        let help = format!(
            "{}; add an authority that is made for this alone, a root with `path-length = 0` and one client; or issue \
             the client here, with `[user.NAME]`",
            reasons.join(", and ")
        );
        let diagnostic =
            Diagnostic::new(Code::WideClientTrust, message).at(addition.span, "taken for clients here");
        Some(diagnostic.at(origin, "this authority").help(help))
    }
}
