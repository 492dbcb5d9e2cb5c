//! Compiles `[program]` and `[seen]` of a component.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compiler::Compiler;
use super::definition::Dial;
use super::seen::{
    ListensAt, Needs, Passes, Program, Role, Seen, SeenDial, SeenFile, SeenInner, SeenKeys, SeenListen,
    SeenNode, SeenSame, SeenSigner, Targets,
};
use super::slots::{Asked, Keys, Wanted};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Literal;
use crate::read::catalog::ComponentDocument;
use crate::read::plan::Text;
use crate::source::{Sources, Span, Spanned};
use crate::values::Engine;

/// Words for where a dial goes that has no slot for it.
const WHERE: [(&str, &str); 4] =
    [("itself", "itself"), ("kubeconfig", "kubeconfig"), ("nodes", "nodes"), ("plan", "plan")];
/// Tables of `[seen]`; of the last two there is one each, of the others one by each name.
const KINDS: [&str; 9] = ["dial", "file", "keys", "listen", "role", "same", "signer", "host", "node"];

type Entries = [(Spanned<String>, Spanned<Literal>)];

impl Compiler<'_> {
    /// None where the definition does not say how its program reads its inputs.
    pub(super) fn seen(&mut self, document: &ComponentDocument, dials: &[Dial]) -> Option<Seen> {
        let span = document.program.first().or(document.seen.first()).map(|(name, _)| name.span)?;
        let mut keys = Keys::new(&document.program, self.diagnostics);
        let program = program(span, &arc(&document.name), &mut keys);
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
            one @ ("node" | "host") => {
                let mut keys = Keys::new(entries, self.diagnostics);
                take(seen, one, kind, &mut keys, dials);
                keys.finish();
            }
            each if KINDS.contains(&each) => {
                self.each(entries, |name, keys| take(seen, each, name, keys, dials))
            }
            _ => {
                let help = did_you_mean(&kind.value, KINDS);
                let message = format!("`seen.{}` has no meaning", kind.value);
                self.push(Diagnostic::new(Code::UnknownKey, message).at(kind.span, "").maybe_help(help));
            }
        }
    }

    /// Each table below one of `[seen]`.
    fn each(&mut self, entries: &Entries, mut take: impl FnMut(&Text, &mut Keys<'_, '_>)) {
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

fn program(span: Span, name: &Arc<str>, keys: &mut Keys<'_, '_>) -> Program {
    let names = keys.texts("names");
    Program {
        span,
        names: if names.is_empty() { vec![name.clone()] } else { names },
        configuration: keys.slot("configuration"),
        kinds: keys.texts("kind"),
        only: keys.text("only"),
        found_by: keys.text("found-by"),
        keeps: keys.slot("keeps"),
        environment: keys.text("environment"),
        one_dash: keys.boolean("one-dash", false),
    }
}

/// Reads one table of `[seen]`.
fn take(seen: &mut Seen, kind: &str, name: &Text, keys: &mut Keys<'_, '_>, dials: &[Dial]) {
    match kind {
        "listen" => seen.listens.extend(listen(name, keys)),
        "dial" => {
            let planned = dials.iter().find(|dial| *dial.name == *name.value);
            seen.dials.extend(dial(name, keys, planned));
        }
        "keys" => {
            let (signs, verifies) = (keys.slot("signs"), keys.slot("verifies"));
            seen.keys.push(SeenKeys { name: arc(name), span: name.span, signs, verifies });
        }
        "same" => seen.same.extend(same(name, keys)),
        "file" => {
            let (slot, kinds, inner) = (keys.slot("file"), keys.texts("kind"), inner(keys));
            let file = slot.map(|slot| SeenFile { name: arc(name), span: name.span, slot, kinds, inner });
            seen.files.extend(file);
        }
        "signer" => seen.signers.extend(signer(name, keys)),
        "role" => {
            let (users, groups) = (keys.texts("users"), keys.texts("groups"));
            let (for_groups, all) = (keys.texts("for-groups"), keys.boolean("all", false));
            seen.roles.push(Role { name: arc(name), users, groups, for_groups, all });
        }
        "node" => {
            let (name, addresses) = (keys.slot("name"), keys.slot("addresses"));
            seen.node = name.map(|name| SeenNode { name, addresses });
        }
        _ => {
            (seen.pods, seen.holds) = (keys.slot("pods"), keys.slot("holds"));
            seen.usual_pods = keys.text("usual-pods");
        }
    }
}

/// A table of `[program]` or `[seen]`, and what its keys take, as the reader asks for them.
#[derive(Debug)]
pub struct SeenTable {
    /// Below `[seen]`; none for `[program]`.
    pub kind: Option<&'static str>,
    /// Whether there is one for each of several names.
    pub by_name: bool,
    /// Its keys.
    pub keys: BTreeMap<&'static str, Wanted>,
}

/// All tables of `[program]` and `[seen]`.
#[must_use]
pub fn seen_tables() -> Vec<SeenTable> {
    let nowhere = Span { source: Sources::default().add("", ""), start: 0, end: 0 };
    let mut seen = Seen::empty(nowhere);
    let (none, mut mistakes) = (Spanned::new(String::new(), nowhere), Diagnostics::default());
    let mut read = |kind: Option<&'static str>, sample: &[(&str, &str)]| -> Asked {
        let text = |text: &str| Spanned::new(text.to_owned(), nowhere);
        let entry = |(key, value): &(&str, &str)| {
            (text(key), Spanned::new(Literal::Text((*value).to_owned()), nowhere))
        };
        let entries: Vec<_> = sample.iter().map(entry).collect();
        let mut keys = Keys::new(&entries, &mut mistakes);
        match kind {
            Some(kind) => take(&mut seen, kind, &none, &mut keys, &[]),
            None => {
                program(nowhere, &arc(&none), &mut keys);
            }
        }
        keys.finish()
    };
    let of_program = SeenTable { kind: None, by_name: false, keys: read(None, &[]).into_iter().collect() };
    // Some keys are asked for only beside others.
    let of_seen = KINDS.into_iter().map(|kind| {
        let samples: &[&[(&str, &str)]] = match kind {
            "dial" => &[&[("to", "a.b"), ("networks", "--a")], &[("to", "a.b"), ("targets", "nodes")]],
            "signer" => &[&[("certificate", "--a"), ("key", "--b")]],
            _ => &[&[]],
        };
        let keys = samples.iter().flat_map(|sample| read(Some(kind), sample)).collect();
        SeenTable { kind: Some(kind), by_name: !["host", "node"].contains(&kind), keys }
    });
    std::iter::once(of_program).chain(of_seen).collect()
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
