//! Reads files that flags name and that do not affect connections.

use std::collections::BTreeSet;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::document::Kinds;
use super::inputs::Inputs;
use crate::catalog::{FlagKind, FlagTable, OF_SYSTEM, Seen, SeenFile, Slot, Source};
use crate::host::joined;
use crate::kubernetes::is_encryption;
use crate::wiring::{Held, Missing};
use crate::yaml::{self, Node, Value};

/// What flags name.
#[derive(Default)]
pub(super) struct Named {
    /// The files, as far as nothing else looks at them.
    pub(super) files: Vec<Held<()>>,
    /// Their documents, by the flags that name them, without the keys that they hold.
    pub(super) documents: Vec<(Arc<str>, Node)>,
}

impl Inputs<'_> {
    /// Reads the files that flags name. `otherwise`: whether a path is one that the plan leaves to others.
    pub(super) fn named(
        &mut self,
        table: Option<&FlagTable>,
        seen: &Seen,
        otherwise: &dyn Fn(&str) -> bool,
    ) -> Named {
        let mut named = Named::default();
        let looked_at = looked_at(seen);
        let is_file = |name: &str| {
            table.and_then(|table| table.find_in_any(name)).is_some_and(|flag| flag.kind == FlagKind::File)
        };
        let flags: Vec<Arc<str>> = self.flags().into_iter().map(|(name, ..)| name).collect();
        for name in flags.into_iter().filter(|name| is_file(name)) {
            let file = seen.files.iter().find(|file| names(&file.slot, &name));
            let Some(said) = self.said(&Slot::of(Source::Flag(Arc::clone(&name)))) else { continue };
            let Some(input) = said.values.first() else { continue };
            let mut held = self.held(&said.slot, input, |bytes| Ok(Zeroizing::new(bytes.to_vec())));
            if held.content.is_err() && (is_of_system(&input.text) || otherwise(&input.text)) {
                held.content = Err(Missing::Unknown("others bring it".to_owned()));
            }
            if let (Some(file), Some(bytes)) = (file, held.get()) {
                let document = self.document(file, (&held.at.path, &input.text), bytes);
                named.documents.extend(document.map(|document| (Arc::clone(&name), document)));
            }
            if !looked_at.contains(&*name) {
                let Held { slot, at, access, content } = held;
                named.files.push(Held { slot, at, access, content: content.map(|_| ()) });
            }
        }
        named
    }

    /// Looks through a document, and gives it without what is secret in it, with those that it names.
    fn document(&mut self, file: &SeenFile, (path, named): (&Arc<str>, &str), bytes: &[u8]) -> Option<Node> {
        let text = std::str::from_utf8(bytes).ok()?;
        self.review(path, text, Kinds { known: &file.kinds, must: false });
        let mut root = yaml::documents(text).ok()?.into_iter().next()?.root;
        if is_encryption(&root) {
            forget_keys(&mut root);
        }
        if let Some(inner) = &file.inner {
            let folder = named.rsplit_once('/').map_or("", |(folder, _)| folder);
            let fields = (&*inner.path, &*inner.document);
            root.embed(&inner.list, fields, &mut |path, _| self.inner(&joined(folder, path)));
        }
        Some(root)
    }

    /// Looks through a document that another one names; what is not there may come otherwise.
    fn inner(&mut self, path: &str) -> Option<Node> {
        let path = self.locate(path).ok()?;
        let (text, _) = self.files.text(&path).ok()??;
        self.review(&path, &text, Kinds { known: &[], must: false });
        Some(yaml::documents(&text).ok()?.into_iter().next()?.root)
    }
}

/// Forgets what an EncryptionConfiguration says of its providers but for their names.
fn forget_keys(node: &mut Node) {
    match &mut node.value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                if key.text == "providers" { forget_bodies(value) } else { forget_keys(value) }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(forget_keys),
        Value::Scalar(_) => {}
    }
}

fn forget_bodies(providers: &mut Node) {
    let Value::Sequence(items) = &mut providers.value else { return };
    for item in items {
        let Value::Mapping(entries) = &mut item.value else { continue };
        entries.iter_mut().for_each(|(_, body)| body.value = Value::Mapping(Vec::new()));
    }
}

fn is_of_system(path: &str) -> bool {
    OF_SYSTEM.iter().any(|folder| path.starts_with(folder))
}

fn names(slot: &Slot, flag: &str) -> bool {
    slot.sources.iter().any(|source| matches!(source, Source::Flag(name) if **name == *flag))
}

/// The flags whose files something else looks at.
fn looked_at(seen: &Seen) -> BTreeSet<&str> {
    let listens = seen.listens.iter();
    let listens =
        listens.flat_map(|listen| [&listen.certificate, &listen.key, &listen.clients, &listen.tokens]);
    let dials = seen.dials.iter();
    let dials = dials.flat_map(|dial| [&dial.kubeconfig, &dial.certificate, &dial.key, &dial.trusts]);
    let keys = seen.keys.iter().flat_map(|keys| [&keys.signs, &keys.verifies]);
    let slots = listens.chain(dials).chain(keys).flatten();
    let slots = slots.chain(seen.signers.iter().flat_map(|signer| [&signer.certificate, &signer.key]));
    let slots = slots.chain(seen.same.iter().filter(|same| same.file && !same.public).map(|same| &same.slot));
    let flags = slots.chain(&seen.program.configuration).flat_map(|slot| &slot.sources);
    let flags = flags.filter_map(|source| match source {
        Source::Flag(name) | Source::FlagWithout(name, _) => Some(&**name),
        _ => None,
    });
    flags.chain(seen.program.only.as_deref()).collect()
}
