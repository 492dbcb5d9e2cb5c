//! Puts `[file.NAME]` files on hosts, and finds which programs read them and what a change does.

use std::collections::BTreeMap;

use super::instance::Instance;
use super::placement::{Host, Put};
use super::pod::Mount;
use super::{Content, Filling, Hole, MadeFrom, Piece, Reaction};
use crate::catalog::{Class, Effect};
use crate::diagnostics::Diagnostic;
use crate::expand::Blueprint;
use crate::resolve::{Held, NodeIndex, OwnFile, OwnFileIndex, leads_to};

/// The flags of an instance by their names, with their values.
type Values = BTreeMap<String, Vec<String>>;

impl Host<'_, '_> {
    /// The files of one's own on a node: also those that no program of the plan reads.
    pub(super) fn own(&mut self, node: NodeIndex) -> Result<(), Diagnostic> {
        let blueprint = self.blueprint;
        let mut files = blueprint.model.extras_on(node).files.into_iter();
        files.try_for_each(|index| self.put_class(put(blueprint, index), Class::Managed))
    }
}

impl Instance<'_, '_, '_> {
    /// Puts those that the program reads on the host, and mounts them into its pod.
    pub(super) fn own_files(&mut self, values: &Values) -> Result<(), Diagnostic> {
        let blueprint = self.host.blueprint;
        for index in blueprint.model.extras_on(self.node()).files {
            let file = &blueprint.model.files[index];
            let flags = flags_that_name(file, values);
            if flags.is_empty() && !file.readers.contains(&self.definition.name) {
                continue;
            }
            let reaction = self.reaction_to(file, &flags)?;
            self.put_class(put(blueprint, index).with(reaction), Class::Managed)?;
        }
        Ok(())
    }

    /// Whether a path that a flag names is that of a file of one's own here.
    pub(super) fn is_own(&self, path: &str) -> bool {
        let blueprint = self.host.blueprint;
        let files = &blueprint.model.files;
        let here = |file: &OwnFile| file.nodes.binary_search(&self.node()).is_ok();
        files.iter().any(|file| file.path.value == path && here(file))
    }

    fn node(&self) -> NodeIndex {
        self.host.blueprint.model.components[self.component].instances[self.instance].node
    }

    /// What a change of the file does, where the flags `flags` name it. A pod sees another file at the path of an old one
    /// only through its folder, so a file in one that is the system's is mounted alone.
    fn reaction_to(&mut self, file: &OwnFile, flags: &[&str]) -> Result<Option<Reaction>, Diagnostic> {
        let path = &file.path.value;
        let of_system = path.matches('/').count() <= 2;
        let mut strongest: Option<Reaction> = None;
        for flag in flags {
            let reaction = self.reaction(&format!("named-by.{flag}"))?;
            let stronger = |known: &Reaction| reaction.as_ref().is_some_and(|new| new.effect > known.effect);
            if strongest.as_ref().is_none_or(stronger) {
                strongest = reaction;
            }
        }
        // Whoever is only said to read it reads it at its start.
        let mut strongest = if flags.is_empty() { self.reaction("")? } else { strongest };
        let alone = of_system && self.in_pod();
        if let Some(reaction) = strongest.as_mut().filter(|_| alone) {
            reaction.effect = Effect::Restart;
        }
        match strongest.as_ref().is_some_and(|reaction| reaction.effect.disturbs()) {
            true => self.needs.mount(path, Mount::File),
            false => self.needs.mount_above(path, Mount::Folder),
        }
        Ok(strongest)
    }
}

fn flags_that_name<'v>(file: &OwnFile, values: &'v Values) -> Vec<&'v str> {
    let names = |values: &[String]| values.iter().any(|value| leads_to(value, &file.path.value));
    values.iter().filter(|(_, values)| names(values)).map(|(name, _)| name.as_str()).collect()
}

fn put<'b>(blueprint: &'b Blueprint<'_>, index: OwnFileIndex) -> Put<'b> {
    let file = &blueprint.model.files[index];
    let (pieces, artefact) = match &file.holds {
        Held::Text(beside) => (vec![Piece::Text(beside.text.to_string())], format!("file {}", file.name)),
        Held::Crls(_, encoding) => {
            let signers = blueprint.signers_of_crls(file).into_iter();
            let holes = signers.map(|signer| Piece::Hole(Hole::text(Filling::Crl(signer, *encoding))));
            (holes.collect(), format!("CRL {}", file.name))
        }
    };
    let content = Content::Pieces(pieces);
    Put::shared(&file.path, content, file.mode, file.owner.clone(), artefact).from(MadeFrom::Own(index))
}
