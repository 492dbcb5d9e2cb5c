//! Renders everything of an instance, in the order of the dependencies between its parts.

use std::collections::BTreeMap;

use super::instance::Instance;
use super::pod::Mount;
use super::{flags, keyring};
use crate::catalog::{FileDefinition, Run};
use crate::diagnostics::Diagnostic;

impl Instance<'_, '_, '_> {
    pub(super) fn flags(&mut self) -> Result<Vec<String>, Diagnostic> {
        let values = self.flag_values()?;
        Ok(flags::written(&self.definition, &self.config(), &values))
    }

    pub(super) fn flag_values(&mut self) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
        let definition = self.definition.clone();
        let blueprint = self.host.blueprint;
        let config = self.config();
        for written in flags::written_paths(&definition, &config) {
            let mount = if written.read { Mount::Folder } else { Mount::Storage };
            // What is of one's own is mounted with what is known of it.
            if !self.is_own(written.path) {
                self.needs.mount_above(written.path, mount);
            }
        }
        let (engine, sources, scope) = (&blueprint.catalog.engine, blueprint.sources, self.scope.clone());
        flags::values(&definition, &config, |when| flags::holds(when, engine, &scope, sources), self)
    }

    pub(super) fn all(mut self) -> Result<(), Diagnostic> {
        let definition = self.definition.clone();
        let blueprint = self.host.blueprint;
        let values = self.flag_values()?;
        let flags = flags::written(&definition, &self.config(), &values);
        self.own_files(&values)?;
        for socket in keyring::sockets(blueprint, &definition) {
            self.needs.mount_above(socket, Mount::Storage);
        }
        // A pod's manifest knows what the other files need.
        let of_pod = |file: &FileDefinition| file.run == Some(Run::StaticPod);
        self.files(&flags, |file| !of_pod(file))?;
        for (i, kubeconfig) in definition.kubeconfigs.iter().enumerate() {
            if self.holds(kubeconfig.when.as_ref())? {
                self.kubeconfig(i)?;
            }
        }
        for (i, certificate) in definition.certificates.iter().enumerate() {
            let embedded = definition.kubeconfig_dials().any(|dial| dial.certificate == Some(i));
            if !embedded && !certificate.per_cluster && self.certificate(i).is_some() {
                self.pair(i, certificate.span)?;
            }
        }
        for (i, bundle) in definition.bundles.iter().enumerate() {
            let embedded = definition.kubeconfig_dials().any(|dial| dial.trusts == Some(i));
            let own = blueprint.paths[self.component].bundles[i].is_some() || bundle.purposes.len() == 1;
            // An embedded bundle lies beside the kubeconfig, too, for people; the program does not read it.
            let reaction = if embedded { None } else { self.reaction(&bundle.name)? };
            if own {
                self.place_bundle(i, reaction)?;
            }
        }
        self.files(&flags, of_pod)
    }

    /// The files that there are here, of those that are asked for.
    fn files(
        &mut self,
        flags: &[String],
        wanted: impl Fn(&FileDefinition) -> bool,
    ) -> Result<(), Diagnostic> {
        let (definition, run) = (self.definition.clone(), self.config().run.value);
        for (i, file) in definition.files.iter().enumerate() {
            if wanted(file)
                && file.run.is_none_or(|of_file| of_file == run)
                && self.holds(file.when.as_ref())?
            {
                self.file(i, file, flags)?;
            }
        }
        Ok(())
    }
}
