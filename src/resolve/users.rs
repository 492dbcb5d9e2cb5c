//! Resolves `[user.NAME]`: people and programs with their own kubeconfigs.

use super::authorities::Authorities;
use super::inventory::Nodes;
use super::merged::{Merged, merged};
use super::model::{Authority, User};
use super::parse::{identity, parsed};
use super::purposes::Purposes;
use super::roles::KnownRoles;
use super::secrets::Secrets;
use super::users_on_hosts::on_hosts;
use super::written::Written;
use super::{keys, lifetimes, subjects};
use crate::diagnostics::{Code, Diagnostics};
use crate::index::List;
use crate::read::plan::UserTable as Table;
use crate::values::Name;

/// Users by name.
pub(super) fn users(
    written: Written<'_>,
    (authorities, purposes): (&Authorities<'_>, &Purposes),
    ground: (&KnownRoles<'_>, &Nodes<'_>),
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> List<User> {
    let profile = written.profile.known();
    let purpose = profile.and_then(|profile| profile.users_authority.as_ref());
    let authority = purpose.and_then(|purpose| purposes.served_by(&purpose.value).found());
    let of_profile = profile.map(|profile| profile.users.as_slice()).unwrap_or_default();
    let all = merged(of_profile, &written.document.users);
    let authority = authority.map(|index| &authorities.list[index]);
    let mut users = List::default();
    for merged in all.iter().filter(|merged| is_wanted(merged)) {
        let on_hosts = on_hosts(merged, written, ground, diagnostics);
        let user = user(merged, authority, secrets, diagnostics);
        users.extend(user.zip(on_hosts).map(|(user, on_hosts)| User { on_hosts, ..user }));
    }
    users
}

fn is_wanted(merged: &Merged<'_, Table>) -> bool {
    merged.plan.and_then(|user| user.enabled.as_ref()).is_none_or(|enabled| enabled.value)
}

fn user(
    merged: &Merged<'_, Table>,
    authority: Option<&Authority>,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<User> {
    let plan = merged.plan;
    let name = parsed::<Name>(merged.name, Code::BadName, diagnostics);
    let common_name = merged.get(|u| u.common_name.as_ref()).or(name.as_ref().map(|_| merged.name));
    let organizations = merged.get(|u| u.organizations.as_ref());
    let subject = common_name.and_then(|text| subjects::named(Some(text), organizations, diagnostics));
    let validity = merged.get(|u| u.validity.as_ref());
    let validity = lifetimes::of_issued(validity, authority, &merged.name.value, diagnostics);
    let key = keys::optional(merged.get(|u| u.key.as_ref()), diagnostics);
    let name = name?;
    let was = plan.and_then(|u| u.was.as_ref());
    let id = identity::<Name>(was, name.as_str(), Code::BadName, diagnostics);
    Some(User {
        id: format!("user.{id}").into(),
        name: name.shared(),
        secret: secrets.of(plan.and_then(|u| u.secret.as_ref())),
        subject: subject?,
        validity,
        key: key?,
        on_hosts: None,
        origin: merged.name.span,
    })
}
