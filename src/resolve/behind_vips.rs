//! What VIPs lead to must be there.

use super::model::Vip;
use super::placed::Placed;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::index::List;

pub(super) fn check(
    written: Written<'_>,
    vips: &List<Vip>,
    components: &[Placed],
    diagnostics: &mut Diagnostics,
) {
    let has_components = written.document.cluster.is_some() && written.profile.known().is_some();
    for vip in vips {
        let (name, listen) = &vip.to;
        let definitions = components.iter().map(|placed| &placed.component.definition);
        if let Some(definition) = definitions.clone().find(|definition| definition.name == *name) {
            let listens = || definition.listens.iter().map(|known| &*known.name);
            if !listens().any(|known| *known == **listen) {
                let message = format!("VIP `{}` leads to `{name}.{listen}`, where nothing listens", vip.name);
                let help = did_you_mean(listen, listens());
                let diagnostic = Diagnostic::new(Code::BadValue, message).at(vip.origin, "");
                diagnostics.push(diagnostic.maybe_help(help));
            }
        } else if has_components {
            let message =
                format!("VIP `{}` leads to `{name}.{listen}`, which no component of the plan has", vip.name);
            let help = did_you_mean(name, definitions.map(|definition| &*definition.name));
            let diagnostic = Diagnostic::new(Code::UnknownComponent, message).at(vip.origin, "");
            diagnostics.push(diagnostic.maybe_help(help));
        }
    }
}
