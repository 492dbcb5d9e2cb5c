//! `[program]` and `[seen]` of a component, compiled.

use std::sync::Arc;

use super::compiler::Compiler;
use super::definition::Dial;
use super::seen::{
    ListensAt, Needs, Passes, Program, Role, Seen, SeenDial, SeenFile, SeenInner, SeenKeys, SeenListen,
    SeenNode, SeenSame, SeenSigner, Targets,
};
use super::slots::Keys;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::read::Literal;
use crate::read::catalog::ComponentDocument;
use crate::read::plan::Text;
use crate::source::Spanned;
use crate::values::Engine;

/// Words for where a dial goes that has no slot for it.
const WHERE: [(&str, &str); 4] =
    [("itself", "itself"), ("kubeconfig", "kubeconfig"), ("nodes", "nodes"), ("plan", "plan")];

impl Compiler<'_> {
    /// None where the definition does not say how its program reads its inputs.
    pub(super) fn seen(&mut self, document: &ComponentDocument, dials: &[Dial]) -> Option<Seen> {
        let span = document.program.first().or(document.seen.first()).map(|(name, _)| name.span)?;
        let mut keys = Keys::new(&document.program, self.diagnostics);
        let names = keys.texts("names");
        let program = Program {
            span,
            names: if names.is_empty() { vec![arc(&document.name)] } else { names },
            configuration: keys.slot("configuration"),
            kinds: keys.texts("kind"),
            only: keys.text("only"),
            found_by: keys.text("found-by"),
            keeps: keys.slot("keeps"),
            environment: keys.text("environment"),
            one_dash: keys.boolean("one-dash", false),
        };
        keys.finish();
        let mut seen = Seen { program, ..Seen::empty(span) };
        for (kind, table) in &document.seen {
            self.seen_table(&mut seen, (kind, table), dials);
        }
        Some(seen)
    }

    fn seen_table(&mut self, seen: &mut Seen, (kind, table): (&Text, &Spanned<Literal>), dials: &[Dial]) {
        let Literal::Table(entries) = &table.value else {
            let message = format!("`seen.{}` is a table", kind.value);
            return self.push(Diagnostic::new(Code::BadValue, message).at(table.span, ""));
        };
        match kind.value.as_str() {
            "listen" => self.each(entries, |name, keys| seen.listens.extend(listen(name, keys))),
            "dial" => self.each(entries, |name, keys| {
                let planned = dials.iter().find(|dial| *dial.name == *name.value);
                seen.dials.extend(dial(name, keys, planned));
            }),
            "keys" => self.each(entries, |name, keys| {
                let (signs, verifies) = (keys.slot("signs"), keys.slot("verifies"));
                seen.keys.push(SeenKeys { name: arc(name), span: name.span, signs, verifies });
            }),
            "same" => self.each(entries, |name, keys| seen.same.extend(same(name, keys))),
            "file" => self.each(entries, |name, keys| {
                let (slot, kinds, inner) = (keys.slot("file"), keys.texts("kind"), inner(keys));
                let file = slot.map(|slot| SeenFile { name: arc(name), span: name.span, slot, kinds, inner });
                seen.files.extend(file);
            }),
            "signer" => self.each(entries, |name, keys| seen.signers.extend(signer(name, keys))),
            "role" => self.each(entries, |name, keys| {
                let (users, groups) = (keys.texts("users"), keys.texts("groups"));
                let (for_groups, all) = (keys.texts("for-groups"), keys.boolean("all", false));
                seen.roles.push(Role { name: arc(name), users, groups, for_groups, all });
            }),
            "node" => {
                let mut keys = Keys::new(entries, self.diagnostics);
                let (name, addresses) = (keys.slot("name"), keys.slot("addresses"));
                keys.finish();
                seen.node = name.map(|name| SeenNode { name, addresses });
            }
            "host" => {
                let mut keys = Keys::new(entries, self.diagnostics);
                (seen.pods, seen.holds) = (keys.slot("pods"), keys.slot("holds"));
                seen.usual_pods = keys.text("usual-pods");
                keys.finish();
            }
            _ => {
                let known = ["dial", "file", "host", "keys", "listen", "node", "role", "same", "signer"];
                let help = did_you_mean(&kind.value, known);
                let message = format!("`seen.{}` is not known", kind.value);
                self.push(Diagnostic::new(Code::UnknownKey, message).at(kind.span, "").maybe_help(help));
            }
        }
    }

    /// Each table below one of `[seen]`.
    fn each(
        &mut self,
        entries: &[(Spanned<String>, Spanned<Literal>)],
        mut take: impl FnMut(&Text, &mut Keys<'_, '_>),
    ) {
        for (name, table) in entries {
            let Literal::Table(entries) = &table.value else {
                let message = format!("`{}` is a table", name.value);
                self.push(Diagnostic::new(Code::BadValue, message).at(table.span, ""));
                continue;
            };
            let mut keys = Keys::new(entries, self.diagnostics);
            take(name, &mut keys);
            keys.finish();
        }
    }
}

fn arc(name: &Text) -> Arc<str> {
    name.value.as_str().into()
}

fn engine(keys: &mut Keys<'_, '_>) -> Engine {
    keys.word("by", Engine::Go, &[("go", Engine::Go), ("openssl", Engine::OpenSsl)])
}

fn listen(name: &Text, keys: &mut Keys<'_, '_>) -> Option<SeenListen> {
    let (urls, addresses, port) = (keys.slot("urls"), keys.slot("addresses"), keys.slot("port"));
    let at = match (urls, port) {
        (Some(urls), _) => ListensAt::Urls(urls),
        (None, Some(port)) => ListensAt::Port { addresses, port },
        (None, None) => ListensAt::Nowhere,
    };
    let section = keys.slot("section");
    let passes = keys.text("passes").map(|dial| Passes { dial, section });
    Some(SeenListen {
        name: arc(name),
        span: name.span,
        at,
        certificate: keys.slot("certificate"),
        key: keys.slot("key"),
        clients: keys.slot("clients"),
        required: keys.slot("required"),
        names: keys.slot("names"),
        tokens: keys.slot("tokens"),
        token_objects: keys.slot("token-objects"),
        pool_requires: keys.boolean("pool-requires", false),
        anonymous: keys.slot("anonymous"),
        everybody: keys.slot("everybody").zip(keys.text("everybody-is")),
        answers: keys.texts("answers"),
        checks_source: keys.boolean("checks-source", false),
        engine: engine(keys),
        passes,
    })
}

fn dial(name: &Text, keys: &mut Keys<'_, '_>, planned: Option<&Dial>) -> Option<SeenDial> {
    let to = keys.goal("to").or_else(|| planned.map(|dial| (dial.component.clone(), dial.listen.clone())));
    let Some(to) = to else {
        keys.refuse(name.span, "there is no such `[dial]`: add `to = \"COMPONENT.LISTEN\"`");
        return None;
    };
    let kubeconfig = keys.slot("kubeconfig");
    let usual = if kubeconfig.is_some() { "kubeconfig" } else { "plan" };
    let targets = match (keys.slot("urls"), keys.slot("networks")) {
        (Some(urls), _) => Targets::Urls(urls),
        (_, Some(networks)) => Targets::Service { networks, names: keys.texts("names") },
        _ => match keys.word("targets", usual, &WHERE) {
            "nodes" => Targets::Nodes(keys.slot("addresses")),
            "itself" => Targets::Itself,
            "kubeconfig" => Targets::Kubeconfig,
            _ => Targets::Plan,
        },
    };
    Some(SeenDial {
        name: arc(name),
        span: name.span,
        to,
        targets,
        kubeconfig,
        server: keys.slot("server"),
        certificate: keys.slot("certificate"),
        key: keys.slot("key"),
        later: keys.slot("made-later-with"),
        trusts: keys.slot("trusts"),
        verifies: keys.boolean("verifies", true),
        unverified: keys.slot("unverified").zip(keys.text("unverified-is")),
        needs_trust: keys.word("without-trust", false, &[("system", false), ("everybody", true)]),
        engine: engine(keys),
        checks_name: keys.boolean("checks-name", true),
        any: keys.boolean("any", false),
        others: keys.boolean("others", false),
        check: keys.slot("check"),
        needs: Needs { roles: keys.texts("roles"), user: keys.text("user"), group: keys.text("group") },
        server_name: keys.text("server-name"),
        expects: keys.slot("expects-name"),
    })
}

fn same(name: &Text, keys: &mut Keys<'_, '_>) -> Option<SeenSame> {
    let (value, file) = (keys.slot("value"), keys.slot("file"));
    let is_file = file.is_some();
    let because = keys.text("because").unwrap_or_default();
    let ordered = keys.boolean("ordered", true);
    let public = keys.boolean("public", false);
    let only = keys.slot("only").zip(keys.text("only-is"));
    let slot = file.or(value)?;
    Some(SeenSame { name: arc(name), span: name.span, slot, file: is_file, public, ordered, only, because })
}

/// `inner = "LIST"` with `inner-path` and `inner-document`, the fields of its items.
fn inner(keys: &mut Keys<'_, '_>) -> Option<SeenInner> {
    let (list, path, document) = (keys.text("inner"), keys.text("inner-path"), keys.text("inner-document"));
    Some(SeenInner { list: list?, path: path?, document: document? })
}

fn signer(name: &Text, keys: &mut Keys<'_, '_>) -> Option<SeenSigner> {
    let (certificate, key) = (keys.slot("certificate")?, keys.slot("key")?);
    Some(SeenSigner {
        name: arc(name),
        span: name.span,
        certificate,
        key,
        clients_of: keys.goal("clients-of"),
    })
}
