//! The certificates on the page, in words.

use serde::Serialize;

use super::shown::Shown;
use super::words::Own;
use crate::expand::{Blueprint, Certificate, Holder};
use crate::report::certificate;
use crate::specification::CertificateIndex;

/// A certificate in words; of one on a host, its name and addresses are holes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Words {
    id: String,
    subject: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    usages: Vec<String>,
    /// Subject alternative names, each with why it stands there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<(String, String)>,
    issuer: String,
    key: String,
    validity: String,
    /// Whether the cluster renews it on the host.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rotated: bool,
    /// Whether the next build reissues it: the dates are not known yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reissued: bool,
    /// First and last second; none: it is not made yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
}

impl Words {
    pub(super) fn of(shown: &Shown<'_>, index: CertificateIndex) -> Self {
        let blueprint = shown.blueprint;
        let certificate = &blueprint.certificates[index];
        let specification = &certificate.specification;
        let subject = certificate.stored.as_ref().map(|stored| stored.subject_text.clone());
        let reissued = shown.is_reissued(index);
        let (from, until) = dates(shown, certificate).filter(|_| !reissued).unzip();
        Self {
            id: certificate.id.to_string(),
            subject: subject.unwrap_or_else(|| specification.subject.to_string()),
            usages: specification.usages.iter().map(ToString::to_string).collect(),
            names: Vec::new(),
            issuer: certificate::issuer(blueprint, certificate),
            key: specification.key.to_string(),
            validity: specification.validity.to_string(),
            rotated: certificate.rotated,
            reissued,
            from,
            until,
        }
        .named(blueprint, index, false)
    }

    /// With its names, and where `why` is wanted with the reasons for each.
    pub(super) fn named(mut self, blueprint: &Blueprint<'_>, index: CertificateIndex, why: bool) -> Self {
        let names = &blueprint.certificates[index].specification.names;
        let reasons = if why { blueprint.reasons(index) } else { Vec::new() };
        let reason = |name: &crate::values::AlternativeName| {
            let of =
                reasons.iter().filter(|(known, _)| known == name).map(|(_, why)| certificate::reason(why));
            of.collect::<Vec<_>>().join(", ")
        };
        self.names = names.iter().map(|name| (name.to_string(), reason(name))).collect();
        self
    }

    /// The same with holes for what is its host's own.
    pub(super) fn with_holes(mut self, own: &Own) -> Self {
        let change = |text: &mut String| *text = own.holed(text);
        self.texts().for_each(change);
        self
    }

    /// Whether these words, with holes, are those of another host, apart from dates and reasons.
    pub(super) fn is_filled_by(&self, own: &Own, other: &Self) -> bool {
        let mut whole = self.clone();
        whole.texts().for_each(|text| *text = own.filled(text));
        (whole.from, whole.until) = (other.from, other.until);
        let reasons = whole.names.iter_mut().map(|(_, why)| why);
        reasons.for_each(String::clear);
        let mut other = other.clone();
        other.names.iter_mut().for_each(|(_, why)| why.clear());
        // The holes may be in another order than the names of the other.
        whole.names.sort();
        other.names.sort();
        whole == other
    }

    pub(super) fn dates(&self) -> (Option<i64>, Option<i64>) {
        (self.from, self.until)
    }

    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let names = self.names.iter_mut().map(|(name, _)| name);
        [&mut self.id, &mut self.subject].into_iter().chain(names)
    }
}

/// First and last second of a certificate, by the lock.
fn dates(shown: &Shown<'_>, certificate: &Certificate) -> Option<(i64, i64)> {
    let record = shown.lock().certificates.get(&certificate.id)?;
    Some((record.not_before.unix(), record.not_after.unix()))
}

/// Those on no host: of authorities, users, the cluster, and free-standing ones.
pub(super) fn elsewhere(shown: &Shown<'_>) -> Vec<Words> {
    let all = shown.blueprint.certificates.enumerate();
    let elsewhere = all.filter(|(_, certificate)| match certificate.holder {
        Holder::Authority(_) | Holder::Foreign(_) | Holder::Component { .. } | Holder::User(_) => true,
        Holder::Free { node, .. } => node.is_none(),
        Holder::Instance { .. } => false,
    });
    elsewhere.map(|(index, _)| Words::of(shown, index).named(shown.blueprint, index, true)).collect()
}
