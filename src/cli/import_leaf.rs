//! `pkiplan import --as certificate.NAME`: takes over a leaf certificate of an outside authority.

use std::path::Path;
use std::process::ExitCode;

use super::commits::warn_of_git;
use super::importing::{CertificateFile, certificate_is_there, new_certificates, try_out, unchanged};
use super::next;
use super::output::Output;
use crate::import::{Leaf, Request, Target, leaf};
use crate::issue::imported::private_key;
use crate::issue::pem;
use crate::plan::Plan;
use crate::read::{Anywhere, Disk, World as _};
use crate::stored::imported_name;
use crate::workspace::{Failure, Opener, PlanFiles, leaf_key_file, read_key};
use crate::write::{self, Adoption};

/// What an import of one certificate works with.
pub(super) struct Import<'a> {
    /// The plan, and when it is judged.
    pub(super) within: (&'a Path, Option<&'a str>),
    pub(super) disk: &'a Disk,
    pub(super) beside: &'a PlanFiles,
    pub(super) plan: &'a Plan,
    pub(super) opener: &'a Opener<'a>,
}

impl Import<'_> {
    pub(super) fn run(
        &self,
        target: &Target,
        request: &Request<'_>,
        output: &Output,
    ) -> Result<ExitCode, Failure> {
        let found = match leaf(&Anywhere, self.plan, request) {
            Ok(found) => found,
            Err(problems) => return Ok(refuse(&problems, output)),
        };
        let name = imported_name(&found.stored.sha256());
        let certificate = self.beside.certificates.join(format!("{name}.crt"));
        let key = leaf_key_file(&self.beside.keys, &name);
        let (certificate, key_is_there) =
            match (self.certificate(&certificate, &found), self.key_is_there(&key, &found)) {
                (Ok(certificate), Ok(there)) => (certificate, there),
                (certificate, there) => {
                    let problems: Vec<String> = certificate.err().into_iter().chain(there.err()).collect();
                    return Ok(refuse(&problems, output));
                }
            };
        let path = self.within.0;
        let text =
            self.disk.read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let edited = found.edit(&text, target);
        let certificates = [certificate];
        if let Err(failure) = try_out(self.within, self.disk, (&edited.text, &certificates), output) {
            return Ok(unchanged(path, failure, &edited, output));
        }
        let pkcs8 = found.key.to_pkcs8_pem();
        let new_key = (!key_is_there).then(|| (format!("{name}.key"), pkcs8.as_bytes()));
        let adoption = Adoption {
            keys: &self.beside.keys,
            new_keys: new_key.into_iter().collect(),
            certificates: &self.beside.certificates,
            new_certificates: new_certificates(&certificates),
            plan: path.to_owned(),
            text: edited.text.as_bytes(),
        };
        write::adopt(&adoption).map_err(|error| error.to_string())?;
        self.report(target, &found, &name, output);
        warn_of_git(self.beside, output);
        Ok(ExitCode::SUCCESS)
    }

    fn certificate(&self, path: &Path, found: &Leaf) -> Result<CertificateFile, String> {
        let there = certificate_is_there(path, &found.stored)?;
        Ok((path.to_owned(), pem::encode("CERTIFICATE", &found.stored.der), there))
    }

    fn key_is_there(&self, path: &Path, found: &Leaf) -> Result<bool, String> {
        let Some(text) = read_key(path, self.opener)? else { return Ok(false) };
        match private_key(&text, || None) {
            Ok(there) if there.public() == found.key.public() => Ok(true),
            _ => Err(format!("{} is not the key of this certificate: move it away", path.display())),
        }
    }

    fn report(&self, target: &Target, found: &Leaf, name: &str, output: &Output) {
        let Leaf { stored, from, .. } = found;
        let replaced = target.replaced(self.plan).filter(|old| *old.name != *name);
        let mut notes = found.notes.clone();
        notes.extend(replaced.map(|old| {
            format!(
                "the plan no longer uses {0}.crt and {0}.key: remove both once every host has its new tree",
                old.name
            )
        }));
        if output.json {
            output.json(serde_json::json!({
                "imported": [{ "id": target.to_string(), "from": from.display().to_string() }],
                "left": [],
                "notes": notes,
            }));
            return;
        }
        let algorithm = found.key.public().algorithm();
        let mut text = format!(
            "imported  {target}: {} ({}, {algorithm}, until {})\n",
            from.display(),
            stored.subject_text,
            stored.not_after
        );
        for note in &notes {
            text.push_str(&format!("note      {note}\n"));
        }
        let path = self.within.0;
        text.push_str(&format!(
            "\nCommit to git:  {}, {}\nNever commit:   {}\nThe next build installs the certificate and the key unchanged. `pkiplan status` shows when you need a new certificate from its issuer.\n",
            path.display(),
            self.beside.certificates.display(),
            self.beside.keys.display(),
        ));
        output.say(&text);
        output.next(&next::of_plan("build", path));
    }
}

fn refuse(problems: &[String], output: &Output) -> ExitCode {
    if output.json {
        output.json(serde_json::json!({ "error": problems.join("\n") }));
        return ExitCode::FAILURE;
    }
    for problem in problems {
        output.fail(problem);
    }
    ExitCode::FAILURE
}
