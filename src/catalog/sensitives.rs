//! Compiles `[sensitive.NAME]` of a component.

use super::compiler::Compiler;
use super::sensitive::{Guard, Pattern, Sensitive};
use crate::read::catalog::{ComponentDocument, SensitiveTable as Written};
use crate::read::plan::Text;

impl Compiler<'_> {
    pub(super) fn sensitives(&mut self, document: &ComponentDocument) -> Vec<Sensitive> {
        let compile = |(name, written): &(Text, Written)| Sensitive {
            name: name.value.as_str().into(),
            because: written.because.as_ref().map_or("", |text| text.value.as_str()).into(),
            flags: patterns(&written.flags),
            fields: patterns(&written.fields),
            clients: self.index(written.clients.as_ref(), &document.bundles, "bundle"),
            guard: guard(written),
        };
        document.sensitive.iter().map(compile).collect()
    }
}

fn guard(written: &Written) -> Guard {
    match (&written.weak[..], &written.keep[..]) {
        ([], []) => Guard::Any,
        (weak, []) => Guard::Weak(patterns(weak)),
        (_, keep) => Guard::Keep(keep.iter().map(|item| item.value.as_str().into()).collect()),
    }
}

fn patterns(texts: &[Text]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::new(&text.value)).collect()
}
