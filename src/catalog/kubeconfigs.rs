//! Compiles the kubeconfigs of a component.

use super::compiler::Compiler;
use super::kubeconfig::{Embed, KubeconfigContext, KubeconfigDefinition};
use super::reference::Names;
use super::tree::Template;
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::Schema;
use crate::read::Literal;
use crate::read::catalog::{ComponentDocument, ContextTable};
use crate::read::plan::Text;
use crate::source::Spanned;

impl Compiler<'_> {
    pub(super) fn kubeconfigs(
        &mut self,
        document: &ComponentDocument,
        schema: &Schema,
        names: &mut Names<'_>,
    ) -> Vec<KubeconfigDefinition> {
        let mut all = Vec::new();
        for (name, kubeconfig) in &document.kubeconfigs {
            let context = self.maybe(kubeconfig.context.as_ref(), schema);
            let Some(current) = self.context(&kubeconfig.current, context, schema, names) else { continue };
            let mut contexts = vec![current];
            for (name, more) in &kubeconfig.contexts {
                let name = self.maybe(Some(name), schema);
                contexts.extend(self.context(more, name, schema, names));
            }
            all.push(KubeconfigDefinition {
                name: name.value.as_str().into(),
                span: kubeconfig.span,
                of: self.maybe(kubeconfig.of.as_ref(), schema),
                contexts,
                embed: kubeconfig.embed.as_ref().and_then(|embed| self.embed(embed, schema)),
                class: self.maybe(kubeconfig.class.as_ref(), schema),
                when: kubeconfig.when.as_ref().and_then(|when| self.condition(when, schema)),
            });
        }
        all
    }

    fn context(
        &mut self,
        context: &ContextTable,
        name: Option<Template>,
        schema: &Schema,
        names: &mut Names<'_>,
    ) -> Option<KubeconfigContext> {
        Some(KubeconfigContext {
            span: context.span,
            name,
            dial: self.index(context.dial.as_ref(), &names.document.dials, "dial")?,
            token: context.token.as_ref().map(|text| names.keyring(&text.value)),
            pair: self.index(context.pair.as_ref(), &names.document.files, "file"),
            cluster: self.maybe(context.cluster.as_ref(), schema),
            user: self.maybe(context.user.as_ref(), schema),
            namespace: self.maybe(context.namespace.as_ref(), schema),
        })
    }

    fn embed(&mut self, embed: &Spanned<Literal>, schema: &Schema) -> Option<Embed> {
        match &embed.value {
            Literal::Boolean(embed) => Some(Embed::Always(*embed)),
            Literal::Text(text) => {
                self.condition(&Spanned::new(text.clone(), embed.span), schema).map(Embed::When)
            }
            other => {
                let diagnostic = Diagnostic::new(Code::WrongType, "`embed` must be a boolean or a condition");
                self.push(diagnostic.at(embed.span, format!("this is {}", other.kind())));
                None
            }
        }
    }

    fn maybe(&mut self, text: Option<&Text>, schema: &Schema) -> Option<Template> {
        self.template(text?, schema)
    }
}
