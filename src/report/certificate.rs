//! Texts about certificates that all reports share.

use crate::expand::{Blueprint, Certificate, Reason};

/// Who issues it.
pub(super) fn issuer(blueprint: &Blueprint<'_>, certificate: &Certificate) -> String {
    match (blueprint.plan_of(certificate), certificate.issuer) {
        (Some(plan), _) => format!("import {plan}"),
        (None, Some(issuer)) => blueprint.certificates[issuer].id.to_string(),
        (None, None) => "itself".to_owned(),
    }
}

/// Why one of its names stands there.
pub(super) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Catalog(_) => "declared".to_owned(),
        Reason::Dialled { component, dial, .. } => format!("{component} connects to it ({dial})"),
        Reason::Plan(_) => "added by the plan".to_owned(),
        Reason::Vip { vip, .. } => format!("vip.{vip} in front"),
    }
}
