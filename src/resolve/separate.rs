//! Checks that one authority does not serve purposes that the profile separates, and reports what that would permit.

use std::sync::Arc;

use super::model::{Addition, AuthorityIndex, Change, Config, Model, Trusted};
use super::written::Profile;
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::catalog::SeparateTable;
use crate::source::Span;
use crate::values::Usage;

/// How many certificates a message names.
const NAMED: usize = 5;

/// An authority that serves a purpose together with some that should be apart from it, or that stands below the one that
/// serves it: who checks clients against that one takes its clients, too.
struct Together<'m> {
    model: &'m Model,
    purpose: &'m str,
    /// The others; none where it serves none of them.
    with: Vec<&'m str>,
    authority: AuthorityIndex,
    /// The one that serves the purpose, where it stands below that.
    above: Option<AuthorityIndex>,
    /// A few words: what is given away.
    because: &'m str,
    /// Where somebody else's component is said to accept the authority's clients.
    accepted: Option<Span>,
}

/// One authority for purposes that the profile wants apart is an error without the flag that makes it
/// bearable, where there is such a flag, and a warning otherwise.
pub(super) fn check(profile: Profile<'_>, model: &Model, diagnostics: &mut Diagnostics) {
    for (purpose, separate) in profile.known().into_iter().flat_map(|profile| &profile.separate) {
        let same = Together::find(model, &purpose.value, separate);
        if same.is_none()
            && let Some(diagnostic) = together_in_a_bundle(model, &purpose.value, separate)
        {
            diagnostics.push(diagnostic);
        }
        let bearable = separate.unless.as_ref().and_then(|unless| unless.value.split_once('.'));
        for together in same.into_iter().chain(Together::below(model, &purpose.value, separate)) {
            diagnostics.push(match bearable {
                None => together.clients_of_others(),
                Some((component, flag)) => match dropped(model, component, flag) {
                    Some(dropped) => together.without_flag(component, flag, dropped),
                    None => together.with_flag(),
                },
            });
        }
    }
}

/// The same where a plan brings two authorities together in a bundle for clients, which is bearable with the flag
/// (`resolve::wide-client-trust` warns of it).
fn together_in_a_bundle(model: &Model, purpose: &str, separate: &SeparateTable) -> Option<Diagnostic> {
    let (component, flag) = separate.unless.as_ref()?.value.split_once('.')?;
    let component = model.component(component)?;
    let definition = &component.definition;
    let serving = |purpose: &str| model.authority_for(purpose).map(Trusted::Own);
    for instance in &component.instances {
        let Some(dropped) = drops(&instance.config, flag) else { continue };
        let brings = |addition: &&Addition| {
            let held = &definition.bundles[addition.bundle].purposes;
            let holds = |purpose: &str| held.iter().any(|known| **known == *purpose);
            definition.checks_clients(addition.bundle)
                && separate.from.iter().map(|from| from.value.as_str()).any(|from| {
                    let added = Some(addition.authority);
                    holds(purpose) && added == serving(from) || holds(from) && added == serving(purpose)
                })
        };
        if let Some(addition) = instance.config.bundles.iter().find(brings) {
            let bundle = &definition.bundles[addition.bundle].name;
            let message = format!(
                "`{}` trusts `{}` in its bundle `{bundle}`, but `{flag}` allows any name",
                definition.name,
                model.trusted_name(addition.authority)
            );
            let because = separate.because.as_ref().map_or("", |because| because.value.as_str());
            let help = format!("keep `{flag}`, or remove this authority from `{bundle}`");
            let diagnostic = Diagnostic::new(Code::SharedClientAuthority, message);
            return Some(diagnostic.at(addition.span, because).at(dropped, "").help(help));
        }
    }
    None
}

/// Where the plan takes a flag away or empties it.
fn dropped(model: &Model, component: &str, flag: &str) -> Option<Span> {
    let instances = &model.component(component)?.instances;
    instances.iter().find_map(|instance| drops(&instance.config, flag))
}

/// Where a configuration takes a flag away or empties it.
fn drops(config: &Config, flag: &str) -> Option<Span> {
    let last = config.flags.iter().rev().find(|change| change.name.value == flag)?;
    let drops = match &last.change {
        Change::Append(_) => false,
        Change::Set(values) => values.iter().all(String::is_empty),
        Change::Unset => true,
    };
    drops.then_some(last.name.span)
}

impl<'m> Together<'m> {
    fn find(model: &'m Model, purpose: &'m str, separate: &'m SeparateTable) -> Option<Self> {
        let (authority, accepted) = serving(model, purpose)?;
        let from = separate.from.iter().map(|text| text.value.as_str());
        let with: Vec<&str> = from.filter(|from| model.authority_for(from) == Some(authority)).collect();
        let because = separate.because.as_ref().map_or("", |because| because.value.as_str());
        let together = Self { model, purpose, with, authority, above: None, because, accepted };
        (!together.with.is_empty()).then_some(together)
    }

    /// Authorities below the one that serves the purpose that issue clients of something else.
    fn below(model: &'m Model, purpose: &'m str, separate: &'m SeparateTable) -> Vec<Self> {
        let Some((above, accepted)) = serving(model, purpose) else { return Vec::new() };
        let because = separate.because.as_ref().map_or("", |because| because.value.as_str());
        let is_below = |authority: AuthorityIndex| {
            let next = |at: &AuthorityIndex| model.authorities[*at].issuer;
            std::iter::successors(next(&authority), next).any(|issuer| issuer == above)
        };
        let below = model.authorities.indices().filter(|authority| is_below(*authority));
        let together = below.map(|authority| {
            let from = separate.from.iter().map(|text| text.value.as_str());
            let with = from.filter(|from| model.authority_for(from) == Some(authority)).collect();
            Self { model, purpose, with, authority, above: Some(above), because, accepted }
        });
        together.filter(|together| !together.with.is_empty() || !together.clients().is_empty()).collect()
    }

    /// `serves kubernetes and front-proxy`, with marks around the names.
    fn serves(&self) -> String {
        let others: Vec<String> = self.with.iter().map(|other| format!("`{other}`")).collect();
        match self.above {
            None => format!("serves {} and `{}`", others.join(", "), self.purpose),
            Some(above) => {
                let above = &self.model.authorities[above].name;
                format!("is below `{above}`, which serves `{}`", self.purpose)
            }
        }
    }

    fn with_flag(&self) -> Diagnostic {
        let name = &self.model.authorities[self.authority].name;
        let message = format!("authority `{name}` {}", self.serves());
        let origin = self.model.authorities[self.authority].origin;
        Diagnostic::new(Code::SharedAuthority, message).at(origin, self.because).help(self.apart())
    }

    fn without_flag(&self, component: &str, flag: &str, dropped: Span) -> Diagnostic {
        let name = &self.model.authorities[self.authority].name;
        let message = format!("authority `{name}` {}, but `{flag}` allows any name", self.serves());
        let help = format!("keep `{flag}` of `{component}`, or give `{}` its own authority", self.purpose);
        let origin = self.model.authorities[self.authority].origin;
        let diagnostic = Diagnostic::new(Code::SharedClientAuthority, message);
        diagnostic.at(dropped, "").at(origin, self.because).help(help)
    }

    fn clients_of_others(&self) -> Diagnostic {
        let name = &self.model.authorities[self.authority].name;
        let of = self.with.iter().map(|other| format!("`{other}`")).collect::<Vec<_>>().join(" and ");
        let of = if of.is_empty() { format!("authority `{name}`") } else { of };
        let why = match self.above {
            None => "certifies them all".to_owned(),
            Some(above) => format!("stands below `{}`", self.model.authorities[above].name),
        };
        let message =
            format!("{} accepts every client of {of}: authority `{name}` {why}", self.who_takes_them());
        let clients = self.clients();
        let named = clients.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match clients.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let among = if clients.is_empty() { String::new() } else { format!("among them {named}{more}; ") };
        let help = format!("{among}{}", self.apart());
        let diagnostic = Diagnostic::new(Code::ClientsOfOthers, message).help(help);
        let diagnostic = match self.accepted {
            Some(span) => diagnostic.at(span, "takes them"),
            None => diagnostic,
        };
        diagnostic.at(self.model.authorities[self.authority].origin, self.because)
    }

    fn apart(&self) -> String {
        match self.accepted {
            _ if self.above.is_some() => {
                "remove its `issuer`, or set one that serves nothing else".to_owned()
            }
            Some(_) => "set `clients` to an authority only for this".to_owned(),
            None => {
                format!("give `{}` its own authority: remove it from `serves`", self.purpose)
            }
        }
    }

    /// The components that check clients against the purpose.
    fn who_takes_them(&self) -> String {
        let components = self.model.components.iter().map(|component| &component.definition);
        let checking = components.filter(|definition| checks_clients(definition, self.purpose));
        let names: Vec<String> = checking.map(|definition| format!("`{}`", definition.name)).collect();
        if names.is_empty() { format!("`{}`", self.purpose) } else { names.join(" and ") }
    }

    /// Whom the authority certifies for the other purposes: kinds of certificates, users, and those that
    /// stand alone.
    fn clients(&self) -> Vec<String> {
        let Self { model, authority, .. } = *self;
        let other = |purpose: &Arc<str>| self.with.contains(&&**purpose);
        let mut clients = Vec::new();
        for component in model.components.iter().filter(|component| !component.instances.is_empty()) {
            let definition = &component.definition;
            for (i, certificate) in definition.certificates.iter().enumerate() {
                let client = certificate.usages.contains(&Usage::Client) && other(&certificate.purpose);
                if client && model.issuer(definition, i) == Some(authority) {
                    clients.push(format!("`{}-{}`", definition.name, certificate.name));
                }
            }
        }
        let users = model.users.iter().filter(|_| model.users_purpose.as_ref().is_some_and(other));
        clients.extend(users.map(|user| format!("`{}`", user.id)));
        let free = model.certificates.iter().filter(|free| free.authority == authority);
        let free = free.filter(|free| free.usages.contains(&Usage::Client));
        clients.extend(free.map(|free| format!("`certificate.{}`", free.name)));
        clients
    }
}

/// The authority whose clients are taken for a purpose, and where somebody else's component is said to accept another one
/// than that by which it is trusted.
fn serving(model: &Model, purpose: &str) -> Option<(AuthorityIndex, Option<Span>)> {
    let external = model.externals.iter().find(|external| {
        let component = model.component(&external.component);
        external.clients.is_some() && component.is_some_and(|c| checks_clients(&c.definition, purpose))
    });
    let accepted = external.map(|external| external.origin);
    let authority =
        external.and_then(|external| external.clients).or_else(|| model.authority_for(purpose))?;
    Some((authority, accepted))
}

/// Whether a component checks clients against the authority of a purpose.
fn checks_clients(definition: &Definition, purpose: &str) -> bool {
    let holds = |bundle: &crate::catalog::Bundle| bundle.purposes.iter().any(|held| **held == *purpose);
    (0..definition.bundles.len()).any(|i| definition.checks_clients(i) && holds(&definition.bundles[i]))
}
