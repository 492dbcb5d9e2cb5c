//! Authorities: defaults of the profile, circles, path lengths, lifetimes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lifetimes::Lifetimes;
use super::{Authority, Generations, Model, Resolver, imported};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{Authority as Written, Generations as WrittenGenerations, Text};
use crate::stored::Stored;
use crate::values::{KeyAlgorithm, Subject};

/// An authority as plan and profile say it together.
pub(super) struct Merged<'a> {
    pub(super) name: &'a Text,
    pub(super) plan: Option<&'a Written>,
    profile: Option<&'a Written>,
}

impl<'a> Merged<'a> {
    pub(super) fn get<T>(&self, field: impl Fn(&'a Written) -> Option<&'a T>) -> Option<&'a T> {
        self.plan.and_then(&field).or_else(|| self.profile.and_then(&field))
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn authorities(&mut self, model: &mut Model) {
        let merged = self.merged();
        let index: BTreeMap<&str, usize> =
            merged.iter().enumerate().map(|(i, m)| (m.name.value.as_str(), i)).collect();
        let mut issuers = Vec::new();
        for authority in &merged {
            issuers.push(self.issuer(authority, &index));
        }
        let order = self.order(&merged, &issuers);
        let position: BTreeMap<usize, usize> =
            order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        for &old in &order {
            let issuer = issuers[old].and_then(|issuer| position.get(&issuer).copied());
            if let Some(authority) = self.authority(&merged[old], issuer, model) {
                model.authorities.push(authority);
            } else {
                return;
            }
        }
        self.path_lengths(&merged, &order, model);
        let own = model.authorities.iter().enumerate();
        self.own_authorities = own.map(|(i, own)| (own.name.clone(), (i, model.root_of(i)))).collect();
    }

    /// The plan's authorities, and those of the profile whose purpose no other serves.
    fn merged(&mut self) -> Vec<Merged<'a>> {
        let document = self.document;
        let of_profile = self.profile.map(|profile| profile.authorities.as_slice()).unwrap_or_default();
        let find =
            |name: &str| of_profile.iter().find(|(known, _)| known.value == name).map(|(_, table)| table);
        let mut merged: Vec<Merged<'a>> = document
            .authorities
            .iter()
            .map(|(name, plan)| Merged { name, plan: Some(plan), profile: find(&name.value) })
            .collect();
        let served: BTreeSet<&str> = document
            .authorities
            .iter()
            .flat_map(|(_, table)| table.serves.iter().flatten())
            .map(|text| text.value.as_str())
            .collect();
        for (name, table) in of_profile {
            let own = document.authorities.iter().any(|(written, _)| written.value == name.value);
            if !own && !served.contains(name.value.as_str()) {
                merged.push(Merged { name, plan: None, profile: Some(table) });
            }
        }
        merged
    }

    fn issuer(&mut self, authority: &Merged<'_>, index: &BTreeMap<&str, usize>) -> Option<usize> {
        let text = authority.get(|w| w.issuer.as_ref())?;
        let found = index.get(text.value.as_str()).copied();
        if found.is_none() {
            self.unknown(Code::UnknownAuthority, "authority", text, index.keys().copied());
        }
        found
    }

    /// Issuers before what they issue; a circle is reported whole and its members are left out.
    fn order(&mut self, merged: &[Merged<'_>], issuers: &[Option<usize>]) -> Vec<usize> {
        let mut order = Vec::new();
        let mut done = vec![false; merged.len()];
        for start in 0..merged.len() {
            let mut path = Vec::new();
            let mut next = Some(start);
            while let Some(i) = next.filter(|&i| !done[i]) {
                if let Some(from) = path.iter().position(|&p| p == i) {
                    self.circle(merged, &path[from..]);
                    path.iter().for_each(|&p| done[p] = true);
                    path.clear();
                    break;
                }
                path.push(i);
                next = issuers[i];
            }
            for i in path.into_iter().rev() {
                done[i] = true;
                order.push(i);
            }
        }
        order
    }

    fn circle(&mut self, merged: &[Merged<'_>], circle: &[usize]) {
        let name = |i: &usize| merged[*i].name.value.as_str();
        let message = match circle {
            [only] => format!("authority `{}` is issued by itself", name(only)),
            _ => {
                let whole: Vec<&str> = circle.iter().chain(circle.first()).map(name).collect();
                format!("authorities issue one another in a circle: {}", whole.join(" <- "))
            }
        };
        let mut diagnostic = Diagnostic::new(Code::AuthorityCircle, message)
            .help("one of them must be a root: leave out its `issuer`");
        for i in circle {
            if let Some(text) = merged[*i].get(|w| w.issuer.as_ref()) {
                diagnostic = diagnostic.at(text.span, format!("`{}` is issued here", name(i)));
            }
        }
        self.push(diagnostic);
    }

    fn authority(&mut self, merged: &Merged<'_>, issuer: Option<usize>, model: &Model) -> Option<Authority> {
        let name = merged.name;
        self.parsed::<crate::values::Name>(name, Code::BadName)?;
        let was = merged.get(|w| w.was.as_ref()).map_or(&name.value, |was| &was.value);
        let id: Arc<str> = format!("authority.{was}").into();
        let generations = self.generations(merged.get(|w| w.generations.as_ref()))?;
        let imported = self.imported_authority(&id, merged.plan);
        let model_of = imported::model(&imported, &generations);
        let subject = self.authority_subject(merged, model_of)?;
        let key = match (merged.plan.and_then(|plan| plan.key.as_ref()), model_of.and_then(|m| m.key)) {
            (None, Some(key)) => key,
            (plan, _) => self.key(plan.or_else(|| merged.profile?.key.as_ref()))?,
        };
        let issued_key = merged.get(|w| w.issued_key.as_ref());
        let issued_key = if issued_key.is_some() { self.key(issued_key)? } else { key };
        let serves = merged.get(|w| w.serves.as_ref());
        let serves = match serves {
            Some(texts) => texts.iter().map(|text| text.value.as_str().into()).collect(),
            None => vec![Arc::from(name.value.as_str())],
        };
        let Lifetimes { own, issued, spread } = self.lifetimes(merged, issuer, model, model_of)?;
        let authority = Authority {
            name: name.value.as_str().into(),
            id,
            serves,
            issuer,
            subject,
            key,
            issued_key,
            own,
            issued,
            spread,
            path_length: None,
            constraints: self.constraints(merged.get(|w| w.name_constraints.as_ref()))?,
            generations,
            imported,
            secret: self.secret(&[merged.get(|w| w.secret.as_ref())]),
            origin: name.span,
        };
        if let Some(plan) = merged.plan {
            self.contradictions(&authority, plan);
        }
        Some(authority)
    }

    /// The subject of what is derived: the plan's, or that of what was made elsewhere, or the profile's.
    fn authority_subject(&mut self, merged: &Merged<'_>, model: Option<&Stored>) -> Option<Subject> {
        let silent = merged.plan.is_none_or(|w| w.common_name.is_none() && w.organizations.is_none());
        if let Some(stored) = model.filter(|stored| silent && stored.plain_subject.common_name().is_some()) {
            return Some(stored.plain_subject.clone());
        }
        let common_name = merged.get(|w| w.common_name.as_ref());
        let organizations = merged.get(|w| w.organizations.as_ref()).into_iter().flatten();
        let organizations = organizations.map(|text| text.value.as_str());
        let name = common_name.unwrap_or(merged.name);
        match Subject::new(Some(&name.value), organizations) {
            Ok(subject) => Some(subject),
            Err(invalid) => {
                self.invalid(&invalid, name.span, Code::BadSubject);
                None
            }
        }
    }

    pub(super) fn key(&mut self, text: Option<&Text>) -> Option<KeyAlgorithm> {
        let Some(text) = text else { return Some(KeyAlgorithm::EcdsaP256) };
        if text.value == imported::EXTERNAL {
            self.refuse_external(text.span);
            return None;
        }
        self.parsed(text, Code::BadValue)
    }

    pub(super) fn generations(&mut self, written: Option<&WrittenGenerations>) -> Option<Generations> {
        let Some(written) = written else {
            return Some(Generations { used: 1, trust: vec![1], origin: None });
        };
        let used = written.used.as_ref()?;
        let valid = |number: i64| u32::try_from(number).ok().filter(|n| *n >= 1);
        let mut trust: Vec<i64> = written.trust.iter().flatten().map(|number| number.value).collect();
        if written.trust.is_none() {
            trust.push(used.value);
        }
        trust.sort_unstable();
        trust.dedup();
        let all: Option<Vec<u32>> = trust.into_iter().map(valid).collect();
        match (valid(used.value), all) {
            (Some(number), Some(trust)) if trust.contains(&number) => {
                Some(Generations { used: number, trust, origin: Some(written.span) })
            }
            _ => {
                let message = "the generation in use must be one that is trusted, counted from 1";
                let used = used.value.max(1);
                let others = written.trust.iter().flatten().map(|number| number.value);
                let mut trust: Vec<i64> = others.filter(|n| *n >= 1).chain([used]).collect();
                trust.sort_unstable();
                trust.dedup();
                let help = format!("write `{{ use = {used}, trust = {trust:?} }}`");
                self.push(Diagnostic::new(Code::GenerationOrder, message).at(written.span, "").help(help));
                None
            }
        }
    }

    /// RFC 5280, 4.2.1.9: how many authorities may follow below.
    fn path_lengths(&mut self, merged: &[Merged<'_>], order: &[usize], model: &mut Model) {
        let mut depth = vec![0u8; model.authorities.len()];
        for i in (0..model.authorities.len()).rev() {
            if let Some(above) = model.authorities[i].issuer {
                depth[above] = depth[above].max(depth[i].saturating_add(1));
            }
        }
        for (i, &old) in order.iter().enumerate() {
            let written = merged[old].get(|w| w.path_length.as_ref());
            let authority = &mut model.authorities[i];
            let Some(written) = written else {
                authority.path_length = authority.issuer.map(|_| depth[i]);
                self.imported_path_length(&model.authorities[i], depth[i]);
                continue;
            };
            match u8::try_from(written.value) {
                Ok(length) if length >= depth[i] => authority.path_length = Some(length),
                Ok(length) => {
                    let message = format!(
                        "authority `{}` allows {length} authorities below it, the plan puts {} there",
                        authority.name, depth[i]
                    );
                    let help = format!("write `path-length = {}` or more", depth[i]);
                    self.push(Diagnostic::new(Code::PathLength, message).at(written.span, "").help(help));
                }
                Err(_) => {
                    self.push(
                        Diagnostic::new(Code::BadValue, "a path length is 0 to 255").at(written.span, ""),
                    );
                }
            }
        }
    }
}
