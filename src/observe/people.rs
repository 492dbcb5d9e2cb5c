//! Adds the kubeconfigs of users to a wiring.

use std::sync::Arc;

use super::inputs::Inputs;
use super::material::Store;
use super::program::Does;
use super::reader::{Plan, Reader};
use super::wired::command;
use crate::catalog::{FieldTables, Seen};
use crate::host::Files;
use crate::source::Span;
use crate::values::Version;
use crate::wiring::{Gap, Goal, Needs, Program, Wiring};

/// What a person has: a kubeconfig.
pub struct Person<'a> {
    /// Whose.
    pub name: Arc<str>,
    /// The files around it.
    pub files: &'a dyn Files,
    /// Its path among them.
    pub path: Arc<str>,
    /// As whom it is to be seen.
    pub needs: Needs,
}

/// Adds what people have to a wiring. `to` is where kubeconfigs of people lead.
pub fn add_people(wiring: &mut Wiring, people: &[Person<'_>], to: &Goal, span: Span) {
    let (store, version) = (Store::default(), Version::new(0, 0, None));
    let fields = FieldTables::default();
    let seen = Seen::of_person((Arc::clone(&to.component), Arc::clone(&to.listen)), span);
    for person in people {
        let command = command(&person.name, &person.path);
        let artefact = |_: &str| Some(person.path.to_string());
        let mut inputs =
            Inputs::read((person.files, &fields), (None, &seen), &command, (None, &version), &artefact);
        let planned = Plan { targets: &|_| Vec::new(), sockets: &|_| Vec::new() };
        let mut reader = Reader { inputs: &mut inputs, store: &store, node: Some(&person.name), planned };
        let Does { listens, mut dials, keys, same, signers, .. } = reader.read(None, &seen);
        dials.iter_mut().for_each(|dial| dial.needs = person.needs.clone());
        let unread = std::mem::take(&mut inputs.unread).into_iter();
        wiring.unread.extend(unread.map(|unread| (None, Gap { at: unread.place, why: unread.why })));
        wiring.programs.push(Program {
            at: command.place.clone(),
            listens,
            dials,
            keys,
            same,
            signers,
            refuses: std::mem::take(&mut inputs.refuses),
            ignores: std::mem::take(&mut inputs.ignores),
            ..Program::named("user".into(), Arc::clone(&person.name))
        });
    }
}
