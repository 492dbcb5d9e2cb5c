//! Renders one instance of a component: puts everything on the host that its flags, files and kubeconfigs refer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::certificates::Within;
use super::marker::Holes;
use super::placement::{Host, Put};
use super::pod::Needs;
use super::{MadeFrom, Part, Reaction, flags};
use crate::catalog::{Class, Definition, Effect, Reload, Run, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Record, Value, to_text};
use crate::resolve::{ComponentIndex, Config, InstanceIndex};
use crate::source::{Span, Spanned};
use crate::specification::CertificateIndex;

/// One instance while its flags and files are evaluated: what they refer to is put on the host.
pub(super) struct Instance<'h, 'b, 'a> {
    pub(super) host: &'h mut Host<'b, 'a>,
    pub(super) component: ComponentIndex,
    pub(super) instance: InstanceIndex,
    pub(super) definition: Arc<Definition>,
    pub(super) owner: Arc<str>,
    pub(super) scope: Value,
    pub(super) needs: Needs,
    /// Paths of the kubeconfigs that are on the host already.
    pub(super) kubeconfigs: BTreeMap<usize, String>,
    /// What its files see, once the first of them was made.
    pub(super) scopes: BTreeMap<Within, FileScope>,
}

/// What all files of an instance see, and what the markers in it stand for.
#[derive(Clone)]
pub(super) struct FileScope {
    pub(super) scope: Record,
    pub(super) holes: Holes,
}

impl<'h, 'b, 'a> Instance<'h, 'b, 'a> {
    /// An instance of a component on a host.
    pub(super) fn new(
        host: &'h mut Host<'b, 'a>,
        component: ComponentIndex,
        instance: InstanceIndex,
    ) -> Result<Self, Diagnostic> {
        let blueprint = host.blueprint;
        let mut this = Self::owned(host, (component, instance), "root".into());
        if let Some(owner) = &this.definition.owner {
            let owner = owner.evaluate(&blueprint.catalog.engine, &this.scope, blueprint.sources)?;
            this.owner = to_text(&owner).into();
        }
        Ok(this)
    }

    /// An instance whose files belong to `owner`, whatever its definition says.
    pub(super) fn owned(
        host: &'h mut Host<'b, 'a>,
        (component, instance): (ComponentIndex, InstanceIndex),
        owner: Arc<str>,
    ) -> Self {
        let blueprint = host.blueprint;
        let definition = blueprint.definition(component).clone();
        let scope = blueprint.scope(component, instance).build();
        Self {
            host,
            component,
            instance,
            definition,
            owner,
            scope,
            needs: Needs::default(),
            kubeconfigs: BTreeMap::new(),
            scopes: BTreeMap::new(),
        }
    }
}

impl Instance<'_, '_, '_> {
    pub(super) fn config(&self) -> Arc<Config> {
        self.host.blueprint.model.components[self.component].instances[self.instance].config.clone()
    }

    /// Whether a condition holds, which may be absent.
    pub(super) fn holds(&self, when: Option<&Template>) -> Result<bool, Diagnostic> {
        let blueprint = self.host.blueprint;
        let holds = |when| flags::holds(when, &blueprint.catalog.engine, &self.scope, blueprint.sources);
        when.map_or(Ok(true), holds)
    }

    /// What a change of the artefact `name` does to the program.
    pub(super) fn reaction(&self, name: &str) -> Result<Option<Reaction>, Diagnostic> {
        let unit = match self.config().run.value {
            // No unit: what becomes of the reaction stands in [`Instance::put_class`].
            Run::StaticPod => Some("".into()),
            Run::Systemd => self.definition.unit.clone(),
        };
        let Some(unit) = unit else { return Ok(None) };
        let effect = match self.definition.reloads.get(name) {
            None => Effect::Restart,
            Some(Reload::Always(effect)) => *effect,
            Some(Reload::Decided(template)) => {
                self.one_of(template, &Effect::WORDS, "an effect of a change")?
            }
        };
        Ok(Some(Reaction { unit, effect }))
    }

    /// Which of some words a template gives.
    pub(super) fn one_of<T: Copy>(
        &self,
        template: &Template,
        words: &[(&str, T)],
        what: &str,
    ) -> Result<T, Diagnostic> {
        let blueprint = self.host.blueprint;
        let word = to_text(&template.evaluate(&blueprint.catalog.engine, &self.scope, blueprint.sources)?);
        let found = words.iter().find(|(known, _)| *known == word.trim());
        found.map(|(_, value)| *value).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Diagnostic::new(Code::Expression, format!("`{word}` is not {what}"))
                .at(template.span(), "")
                .help(format!("known: {}", known.join(", ")))
        })
    }

    /// What a sheet of this instance is made from.
    pub(super) fn made_from(&self, part: Part) -> MadeFrom {
        MadeFrom::Part { component: self.component, instance: self.instance, part }
    }

    /// Whether a static pod runs it.
    pub(super) fn in_pod(&self) -> bool {
        self.config().run.value == Run::StaticPod
    }

    pub(super) fn put(&mut self, put: Put<'_>) -> Result<String, Diagnostic> {
        let path = put.path.value.clone();
        self.put_class(put, Class::Managed)?;
        Ok(path)
    }

    /// Puts something on the host. A pod is no unit that could be restarted: its manifest changes with
    /// what it reads at its start alone, and the kubelet starts it anew.
    pub(super) fn put_class(&mut self, mut put: Put<'_>, class: Class) -> Result<(), Diagnostic> {
        if self.in_pod() && put.reaction.take().is_some_and(|reaction| reaction.effect.disturbs()) {
            self.needs.restarts_for(&put.artefact, &put.content);
        }
        self.host.put_class(put, class)
    }

    pub(super) fn missing(&self, what: &str, span: Span) -> Diagnostic {
        let layout = self.host.blueprint.layout.map(|layout| layout.name.clone()).unwrap_or_default();
        let message = format!("layout `{layout}` has no path for {what} of `{}`", self.definition.name);
        Diagnostic::new(Code::NoPath, message).at(span, "")
    }

    pub(super) fn file_path(&self, index: usize) -> Result<Spanned<String>, Diagnostic> {
        let file = &self.definition.files[index];
        let path = self.host.blueprint.paths[self.component].files[index].clone();
        path.ok_or_else(|| self.missing(&format!("file `{}`", file.name), file.span))
    }

    /// One of the instance's certificates; none if its condition does not hold.
    pub(super) fn certificate(&self, index: usize) -> Option<CertificateIndex> {
        self.host.blueprint.instance_certificate(self.component, self.instance, index)
    }
}
