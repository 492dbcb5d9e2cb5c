//! `pkiplan import`: takes over the authorities and keys of a running cluster.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use zeroize::Zeroizing;

use super::clock;
use super::commits::warn_of_git;
use super::import_leaf;
use super::importing::{CertificateFile, certificate_is_there, new_certificates, try_out, unchanged};
use super::next;
use super::output::Output;
use super::plan_argument::PlanOption;
use super::unlock::Unlock;
use crate::diagnostics::Code;
use crate::import::{Adopted, AdoptedKey, Found, Request, Target, edit, find};
use crate::issue::imported::{EncryptionKey, ImportedText, private_key};
use crate::issue::pem;
use crate::lock::Lock;
use crate::read::{Anywhere, Bounds, Disk, World as _};
use crate::stored::file_name;
use crate::workspace::{Failure, Opened, Opener, PlanFiles, key_file, read_key};
use crate::write::{self, Adoption};

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Directories and files.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) plan: PlanOption,
    /// What the files are, if that is not clear from the files: `authority.NAME` or `keyring.NAME` of the plan. A leaf
    /// certificate that others issued, with its key: `certificate.NAME` or `component.COMPONENT.CERTIFICATE`.
    #[arg(long = "as", value_name = "TARGET")]
    pub(super) target: Option<String>,
    #[command(flatten)]
    pub(super) unlock: Unlock,
    /// Judge expiry at this time (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Import, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(import(arguments, bounds, output))
}

fn import(arguments: &Import, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let mut opened = Opened::read(&disk, PlanFiles::of(arguments.plan.path()))?;
    // It may be what is imported here.
    opened.diagnostics.take(&[Code::ExternalAuthority]);
    let is_leaf = arguments.target.as_deref().is_some_and(Target::is_named);
    if is_leaf {
        // What is not there comes back, or another one comes in its place.
        opened.diagnostics.take(&[Code::ImportedCertificate]);
    }
    opened.sound()?;
    let lock = opened.lock().cloned();
    let Opened { files: beside, plan, .. } = opened;
    let opener = arguments.unlock.opener();
    let passphrase = |path: &Path| {
        let given = opener.passphrase(&format!("the passphrase of {}", path.display()));
        let given = given.map_err(|why| output.fail(&why)).ok();
        given.map(|text| Zeroizing::new(text.as_bytes().to_vec()))
    };
    let request = Request {
        paths: &arguments.paths,
        target: arguments.target.as_deref(),
        passphrase: &passphrase,
        is_first: disk.read(&beside.lock).is_err_and(|why| why.kind() == std::io::ErrorKind::NotFound),
        random: &clock::random,
    };
    if let Some(target) = arguments.target.as_deref().and_then(|text| Target::find(text, &plan)) {
        let import = import_leaf::Import {
            within: within(arguments),
            disk: &disk,
            beside: &beside,
            plan: &plan,
            opener: &opener,
        };
        return import.run(&target?, &request, output);
    }
    let mut found = find(&Anywhere, &plan, &request)?;
    if !found.problems.is_empty() || found.adopted.is_empty() {
        return Ok(refuse(&found, output));
    }
    found.problems = lock.iter().flat_map(|lock| made_before(&found.adopted, lock, &beside)).collect();
    if !found.problems.is_empty() {
        return Ok(refuse(&found, output));
    }
    let files = match files(&mut found, &beside, &opener) {
        Ok(files) => files,
        Err(problems) => {
            found.problems = problems;
            return Ok(refuse(&found, output));
        }
    };
    let text = disk
        .read(arguments.plan.path())
        .map_err(|error| format!("cannot read {}: {error}", arguments.plan.path().display()))?;
    let edited = edit(&text, &found.adopted, found.encrypting.as_ref());
    if let Err(failure) = try_out(within(arguments), &disk, (&edited.text, &files.certificates), output) {
        return Ok(unchanged(arguments.plan.path(), failure, &edited, output));
    }
    let adoption = Adoption {
        keys: &beside.keys,
        new_keys: files.keys.iter().map(|(name, text)| (name.clone(), text.as_bytes())).collect(),
        certificates: &beside.certificates,
        new_certificates: files.new_certificates(),
        plan: arguments.plan.path().to_owned(),
        text: edited.text.as_bytes(),
    };
    write::adopt(&adoption).map_err(|error| error.to_string())?;
    report(arguments, &found, &beside, output);
    warn_of_git(&beside, output);
    Ok(ExitCode::SUCCESS)
}

/// The plan, and when it is judged.
fn within(arguments: &Import) -> (&Path, Option<&str>) {
    (arguments.plan.path(), arguments.at.as_deref())
}

/// What belongs beside the plan.
struct Files {
    /// Keys that do not lie there yet.
    keys: Vec<(String, Zeroizing<String>)>,
    /// All certificates.
    certificates: Vec<CertificateFile>,
}

impl Files {
    fn new_certificates(&self) -> Vec<(String, &[u8])> {
        new_certificates(&self.certificates)
    }
}

/// What is imported in the place of something that an earlier build made.
fn made_before(adopted: &[Adopted], lock: &Lock, beside: &PlanFiles) -> Vec<String> {
    let made = adopted.iter().filter(|one| one.is_another_in(lock)).map(|one| {
        let (table, name, generation) = (one.table, &one.name, one.generation);
        let next = lock.keys.get(&one.id).map_or(generation, |record| record.highest) + 1;
        let (file, folder) = (beside.lock.display(), beside.trees.display());
        format!(
            "generation {generation} of `{table}.{name}` was derived by an earlier build, and {file} has it: {} cannot \
             replace it. If nothing from that build is in use, remove {file}, its `.certs/` and {folder}, \
             and import again. Otherwise add it as generation {next} by hand, with `generations = {{ use = {generation}, trust = [{generation}, {next}] }}` first",
            one.from.display()
        )
    });
    made.collect()
}

/// Compares what is imported with what lies beside the plan; what is another key there is not replaced.
fn files(found: &mut Found, beside: &PlanFiles, opener: &Opener<'_>) -> Result<Files, Vec<String>> {
    let mut files = Files { keys: Vec::new(), certificates: Vec::new() };
    let mut problems = Vec::new();
    for adopted in &mut found.adopted {
        if let AdoptedKey::Authority(stored, _) | AdoptedKey::Certificate(stored) = &adopted.key {
            let path = beside.certificates.join(file_name(&format!("{}/{}", adopted.id, adopted.generation)));
            match certificate_is_there(&path, stored) {
                Ok(there) => files.certificates.push((path, pem::encode("CERTIFICATE", &stored.der), there)),
                Err(why) => problems.push(why),
            }
        }
        let Some(text) = text(&adopted.key) else { continue };
        let path = key_file(&beside.keys, &adopted.id, adopted.generation);
        match read_key(&path, opener)
            .and_then(|there| there.map_or(Ok(false), |known| same(adopted, &known, &path)))
        {
            Ok(true) => {}
            Ok(false) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.keys.push((name, text));
            }
            Err(why) => problems.push(why),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// Whether the text of a file is the same key; an encryption key keeps the digest that it has there.
fn same(adopted: &mut Adopted, text: &str, path: &Path) -> Result<bool, String> {
    let same = match &mut adopted.key {
        AdoptedKey::Authority(_, key) | AdoptedKey::Pair(key) => {
            private_key(text, || None).is_ok_and(|there| there.public() == key.public())
        }
        AdoptedKey::Encryption { key, .. } => match EncryptionKey::parse(text) {
            Some(there) if there.bytes() == key.bytes() => {
                *key = there;
                true
            }
            _ => false,
        },
        AdoptedKey::Text(own) => match ImportedText::parse(text) {
            Some(there) if there.text() == own.text() => {
                *own = there;
                true
            }
            _ => false,
        },
        // It has no key that could be another one.
        AdoptedKey::Certificate(_) | AdoptedKey::Plugin(_) => true,
    };
    let another = || {
        format!(
            "{} is a different key than {}: nothing was replaced; import it as another generation by hand, or move the file away",
            path.display(),
            adopted.from.display()
        )
    };
    if same { Ok(true) } else { Err(another()) }
}

/// The text of a key's file; none of what is imported without one.
fn text(key: &AdoptedKey) -> Option<Zeroizing<String>> {
    match key {
        AdoptedKey::Authority(_, key) | AdoptedKey::Pair(key) => Some(key.to_pkcs8_pem()),
        AdoptedKey::Certificate(_) | AdoptedKey::Plugin(_) => None,
        AdoptedKey::Encryption { key, .. } => Some(key.to_text()),
        AdoptedKey::Text(text) => Some(text.to_file()),
    }
}

fn refuse(found: &Found, output: &Output) -> ExitCode {
    if output.json {
        let problems = found.problems.iter().map(String::as_str);
        let nothing = found.problems.is_empty().then_some("there is nothing here to import");
        let error = problems.chain(nothing).collect::<Vec<_>>().join("\n");
        output.json(serde_json::json!({ "error": error }));
        return ExitCode::FAILURE;
    }
    for problem in &found.problems {
        output.fail(problem);
    }
    if found.problems.is_empty() {
        output.fail("there is nothing here to import; name the files of one CA, keyring or certificate, and say with `--as authority.NAME`, `--as keyring.NAME`, `--as certificate.NAME` or `--as component.COMPONENT.CERTIFICATE` what it is");
    }
    for left in &found.left {
        output.warn(&format!("{}: {}", left.path.display(), left.why));
    }
    ExitCode::FAILURE
}

fn report(arguments: &Import, found: &Found, beside: &PlanFiles, output: &Output) {
    if output.json {
        let adopted = found.adopted.iter().map(|adopted| {
            serde_json::json!({
                "id": format!("{}/{}", adopted.id, adopted.generation), "from": adopted.from.display().to_string(),
            })
        });
        let left = found
            .left
            .iter()
            .map(|left| serde_json::json!({ "path": left.path.display().to_string(), "why": left.why }));
        output.json(serde_json::json!({
            "imported": adopted.collect::<Vec<_>>(), "left": left.collect::<Vec<_>>(), "notes": found.notes,
        }));
        return;
    }
    let mut text = String::new();
    for adopted in &found.adopted {
        let what = match &adopted.key {
            AdoptedKey::Authority(stored, key) => {
                format!("{}, {}, until {}", stored.subject_text, key.public().algorithm(), stored.not_after)
            }
            AdoptedKey::Certificate(stored) => {
                format!("{}, without its key, until {}", stored.subject_text, stored.not_after)
            }
            AdoptedKey::Pair(key) => key.public().algorithm().to_string(),
            AdoptedKey::Text(_) => "as it is in use".to_owned(),
            AdoptedKey::Plugin(kms) => format!("the KMS plugin `{}`, which has the key", kms.name),
            AdoptedKey::Encryption { provider, name, .. } => format!("{provider} `{name}`"),
        };
        let id = format!("{}/{}", adopted.id, adopted.generation);
        text.push_str(&format!("imported  {id}: {} ({what})\n", adopted.from.display()));
    }
    for left in &found.left {
        text.push_str(&format!("left      {}: {}\n", left.path.display(), left.why));
    }
    for note in &found.notes {
        text.push_str(&format!("note      {note}\n"));
    }
    text.push_str(&format!(
        "\nCommit to git:  {}, {}\nNever commit:   {}\nThe next build reissues the leaf certificates and keeps what was imported.\n",
        arguments.plan.path().display(),
        beside.certificates.display(),
        beside.keys.display(),
    ));
    output.say(&text);
    output.next(&next::of_plan("build", arguments.plan.path()));
}
