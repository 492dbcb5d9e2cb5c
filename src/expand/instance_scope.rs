//! The scope in which the expressions of one instance are evaluated.

use super::blueprint::Blueprint;
use super::context::Context;
use super::{dials, scope};
use crate::catalog::{Dial, Root};
use crate::expression::{Record, texts};
use crate::read::Literal;
use crate::resolve::{ComponentIndex, InstanceIndex};
use crate::source::{Span, Spanned};
use crate::specification::CertificateIndex;
use crate::values::{AlternativeName, Selector};

impl<'a> Blueprint<'a> {
    /// What the parts of this stage read, for questions that are asked later.
    pub(super) fn context(&self) -> Context<'a> {
        Context {
            model: self.model,
            catalog: self.catalog,
            sources: self.sources,
            nodes: self.nodes.clone(),
            cluster: self.cluster.clone(),
        }
    }

    /// The addresses to which an instance's dial goes.
    #[must_use]
    pub fn targets(
        &self,
        component: ComponentIndex,
        instance: InstanceIndex,
        dial: usize,
    ) -> Vec<dials::Target> {
        let component = &self.model.components[component];
        let node = component.instances[instance].node;
        dials::targets(self.model, &self.places, &component.definition.dials[dial], Some(node))
    }

    /// Whether an instance joins those that are there; so does whatever founds nothing.
    #[must_use]
    pub fn joins(&self, component: ComponentIndex, instance: InstanceIndex) -> bool {
        let Some(joins) = &self.definition(component).joins else { return true };
        let scope = self.scope(component, instance).build();
        joins.evaluate(&self.catalog.engine, &scope, self.sources).is_ok_and(|joins| joins.is_true())
    }

    /// What the plan says for an instance in the setting that decides whether it joins, where that is a number.
    #[must_use]
    pub fn joining_number(&self, component: ComponentIndex, instance: InstanceIndex) -> Option<(i64, Span)> {
        let definition = self.definition(component);
        let name = definition.joining_setting()?;
        let index = definition.settings.iter().position(|setting| &*setting.name == name)?;
        let settings = &self.model.components[component].instances[instance].config.settings;
        match settings[index].as_ref()? {
            Spanned { value: Literal::Integer(number), span } => Some((*number, *span)),
            _ => None,
        }
    }

    /// The cluster's endpoint, as users take it.
    #[must_use]
    pub fn endpoint(&self) -> Option<dials::Target> {
        let (component, listen) = self.model.cluster.as_ref()?.endpoint_to.as_ref()?;
        let c = self.model.components.position(|known| known.definition.name == *component)?;
        let l = self.model.components[c].definition.listens.iter().position(|known| known.name == *listen)?;
        dials::endpoint(self.model, &self.places, (c, l), None)
    }

    /// The scope in which an instance's flags and files are evaluated, but for paths and flags.
    #[must_use]
    pub fn scope(&self, component: ComponentIndex, instance: InstanceIndex) -> Record {
        self.scope_with(component, instance, |_, _, record| record)
    }

    /// The same scope, with more fields for each of its certificates: by its definition, and the certificate itself.
    #[must_use]
    pub fn scope_with(
        &self,
        component: ComponentIndex,
        instance: InstanceIndex,
        mut more: impl FnMut(usize, CertificateIndex, Record) -> Record,
    ) -> Record {
        let of = &self.model.components[component];
        let (definition, on) = (&of.definition, &of.instances[instance]);
        let place = &self.places[component][instance];
        let certificates = definition.certificates.iter().enumerate().map(|(i, certificate)| {
            let position = self.instance_certificate(component, instance, i);
            let made = position.map(|made| &self.certificates[made]);
            let common_name = made.and_then(|made| made.specification.subject.common_name());
            let common_name = common_name.unwrap_or_default();
            let mut record = Record::new().with("common_name", common_name);
            if definition.knowledge.reads.reads_any(Root::Certificate) {
                let names = made.map(|made| made.specification.names.iter()).into_iter().flatten();
                record = record.with("names", texts(names.map(AlternativeName::text)));
            }
            if let Some(position) = position {
                record = more(i, position, record);
            }
            (certificate.field.clone(), record.build())
        });
        let mut record = scope::base_record(&self.nodes, self.cluster.as_ref(), on.node)
            .with("setting", place.settings.clone())
            .with("component", scope::component(definition, on, &self.paths[component].binary))
            .with("listen", scope::listens(definition, place))
            .with("peers", self.peers[component].clone())
            .with("certificate", certificates.collect::<Record>().build());
        let reads = [&definition.reads, &definition.knowledge.reads];
        if reads.iter().any(|reads| reads.reads_any(Root::Dial)) {
            let read = |dial: &Dial| reads.iter().any(|reads| reads.reads(Root::Dial, &dial.field));
            let dials = definition.dials.iter().enumerate().filter(|(_, dial)| read(dial));
            let dials = dials.map(|(i, dial)| {
                let shared = self.shared_dials[component][i].clone();
                let dialled = || scope::dialled(self.model, &self.places, dial, Some(on.node));
                (dial.field.clone(), shared.unwrap_or_else(dialled))
            });
            record = record.with("dial", dials.collect::<Record>().build());
        }
        if definition.place.iter().any(|selector| matches!(selector, Selector::Vip(_))) {
            record = record.with("vips", scope::vips(self.model, &self.places, definition, on.node));
        }
        record
    }
}
