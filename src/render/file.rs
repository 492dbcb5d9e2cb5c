//! Renders the files of an instance: templates and typed YAML, with markers in place of secrets.

use super::certificates::{Within, material};
use super::instance::{FileScope, Instance};
use super::marker::Holes;
use super::misfits::misfits;
use super::placement::Put;
use super::{Content, Hole, Part, bundles, keyring, yaml};
use crate::catalog::{FileContent, FileDefinition, Root, Run};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Record, Value, field, from_json, list, to_text};

impl Instance<'_, '_, '_> {
    pub(super) fn file(
        &mut self,
        index: usize,
        file: &FileDefinition,
        flags: &[String],
    ) -> Result<(), Diagnostic> {
        let blueprint = self.host.blueprint;
        let version = self.config().version.value.clone();
        let path = self.file_path(index)?;
        let mut holes = Holes::default();
        let content = match &file.content {
            FileContent::Folder => Content::Folder,
            FileContent::None => Content::None,
            FileContent::Store(store) => {
                let scope = self.file_scope(file, flags, &mut holes)?;
                Content::of(self.store(store, &scope, &holes)?)
            }
            FileContent::Text(template) => {
                let scope = self.file_scope(file, flags, &mut holes)?;
                let text =
                    to_text(&template.evaluate(&blueprint.catalog.engine, &scope, blueprint.sources)?);
                Content::Pieces(split(&holes, &text, file)?)
            }
            FileContent::Yaml(documents) => {
                let scope = self.file_scope(file, flags, &mut holes)?;
                let before = std::mem::replace(&mut self.scope, scope);
                let filled: Result<Vec<_>, _> =
                    documents.iter().map(|document| yaml::fill(document, self)).collect();
                self.scope = before;
                let filled = filled?;
                if let Some(found) = &mut self.host.review {
                    found.extend(misfits(
                        blueprint,
                        &self.definition,
                        &version,
                        documents.iter().zip(&filled),
                    ));
                }
                let filled: Vec<_> = filled.into_iter().flatten().collect();
                Content::Pieces(split(&holes, &yaml::to_text(&filled), file)?)
            }
        };
        let owner = match &file.owner {
            Some(owner) => {
                to_text(&owner.evaluate(&blueprint.catalog.engine, &self.scope, blueprint.sources)?).into()
            }
            None if content.is_secret() || matches!(content, Content::Folder) => self.owner.clone(),
            None => "root".into(),
        };
        let of_pod = file.run == Some(Run::StaticPod);
        let reaction = self.reaction(&file.name)?.filter(|_| !of_pod && !matches!(content, Content::Folder));
        let artefact = format!("{} of {}", file.name, self.definition.name);
        let mode = file.mode.unwrap_or(match &content {
            Content::Folder => 0o755,
            content if content.is_secret() => 0o600,
            _ => 0o644,
        });
        let component = Some(self.definition.name.clone());
        let made_from = Some(self.made_from(Part::File(index)));
        let put =
            Put { path: &path, content, mode, owner, artefact, reaction, component, pod: of_pod, made_from };
        self.put_class(put, file.class)
    }

    /// The scope of one file: that of all files, `with`, and what a pod needs.
    fn file_scope(
        &mut self,
        file: &FileDefinition,
        flags: &[String],
        holes: &mut Holes,
    ) -> Result<Value, Diagnostic> {
        let within = match file.content {
            FileContent::Text(_) => Within::Lines,
            FileContent::Folder | FileContent::None | FileContent::Store(_) | FileContent::Yaml(_) => {
                Within::Value
            }
        };
        let FileScope { scope, holes: known } = self.scope_of_files(within, flags)?;
        *holes = known;
        let mut with = Record::new();
        for (name, tree) in &file.with {
            let value = yaml::fill(tree, self)?.unwrap_or(serde_json::Value::Null);
            with = with.with(name.clone(), from_json(&value));
        }
        let pod = match file.run {
            Some(Run::StaticPod) => self.needs.scope(holes.marker(Hole::text(self.needs.digest()))),
            _ => Record::new().build(),
        };
        Ok(scope.with("pod", pod).with("with", with.build()).build())
    }

    /// What all files of an instance see: paths of artefacts, flags, and markers for secrets besides its own scope.
    fn scope_of_files(&mut self, within: Within, flags: &[String]) -> Result<FileScope, Diagnostic> {
        if let Some(known) = self.scopes.get(&within) {
            return Ok(known.clone());
        }
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let mut holes = Holes::default();
        let mut paths = Record::new();
        for (i, bundle) in definition.bundles.iter().enumerate() {
            let field = field(&bundle.name);
            if definition.reads.reads(Root::Path, &field) {
                paths = paths.with(field, self.bundle(i)?);
            }
        }
        for (other, path) in definition.files.iter().zip(&blueprint.paths[self.component].files) {
            if let Some(path) = path {
                paths = paths.with(field(&other.name), path.value.as_str());
            }
        }
        let scope = blueprint.scope_with(self.component, self.instance, |i, made, record| {
            match definition.certificates[i].per_cluster {
                true => record,
                false => material(blueprint, &definition, (i, made), within, (record, &mut holes)),
            }
        });
        let scope = scope
            .with("path", paths.build())
            .with("flags", list(flags.iter().map(|flag| Value::from(flag.as_str()))))
            .with("keyring", keyring::keyrings(blueprint, &definition, &mut holes))
            .with("bundle", bundles::bundles(blueprint, (self.component, self.instance), &mut holes));
        let found = FileScope { scope, holes };
        self.scopes.insert(within, found.clone());
        Ok(found)
    }
}

pub(super) fn split(
    holes: &Holes,
    text: &str,
    file: &FileDefinition,
) -> Result<Vec<super::Piece>, Diagnostic> {
    holes.split(text).ok_or_else(|| {
        let message = format!("a filter changed a secret's place in file `{}`", file.name);
        Diagnostic::new(Code::Template, message)
            .at(file.span, "")
            .help("print keys and passwords as they are")
    })
}
