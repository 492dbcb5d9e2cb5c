//! Evaluates expressions and references of an instance, and puts what they refer to on the host.

use super::instance::Instance;
use super::pod::Mount;
use super::yaml::Fill;
use crate::catalog::{FileContent, PairPart, Reference, Template};
use crate::diagnostics::Diagnostic;
use crate::expression::Value;

impl Fill for Instance<'_, '_, '_> {
    fn text(&mut self, template: &Template) -> Result<Value, Diagnostic> {
        let blueprint = self.host.blueprint;
        template.evaluate(&blueprint.catalog.engine, &self.scope, blueprint.sources)
    }

    fn path(&mut self, reference: Reference) -> Result<String, Diagnostic> {
        let definition = self.definition.clone();
        let path = match reference {
            Reference::Authority(i, part) => self.authority(&definition.purposes[i], part)?,
            Reference::Bundle(i) => return self.bundle(i),
            Reference::Certificate(i, part) => {
                let (certificate, key) = self.pair(i, definition.certificates[i].span)?;
                if part == PairPart::Certificate { certificate } else { key }
            }
            Reference::File(i) => {
                let path = self.file_path(i)?.value;
                match definition.files[i].content {
                    FileContent::Folder => self.needs.mount(&path, Mount::Storage),
                    FileContent::None => self.needs.mount_above(&path, Mount::Storage),
                    FileContent::Store(_) | FileContent::Text(_) | FileContent::Yaml(_) => {
                        self.needs.mount(&path, Mount::File)
                    }
                }
                return Ok(path);
            }
            Reference::Keyring(i, part) => self.keyring(&definition.keyrings[i], part)?,
            Reference::Kubeconfig(i) => {
                let path = self.kubeconfig(i)?;
                self.needs.mount(&path, Mount::File);
                return Ok(path);
            }
        };
        self.needs.mount_above(&path, Mount::Folder);
        Ok(path)
    }
}
