//! Files that pkiplan writes completely: the hook and the workflow.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use super::plans::{Place, plans};
use super::program;
use super::repository::{Repository, path};
use super::step::{Outcome, Step};

const HOOK: &str = include_str!("files/pre-commit");
const WORKFLOW: &str = include_str!("files/workflow.yaml");
const WORKFLOW_PATH: &str = ".github/workflows/pkiplan.yaml";

/// A plan that is not there yet.
const UNNAMED: &str = "cluster.toml";
/// Between the lines of the workflow's list.
const LINE: &str = "\n        ";

/// What a hook calls.
const CHECK: &str = "pkiplan git check";
/// The framework's own configuration (pre-commit.com).
const FRAMEWORK: &str = ".pre-commit-config.yaml";

/// The hook before each commit of this clone.
pub(super) fn hook(repository: &Repository) -> Result<Step, String> {
    let found = repository.get(&["rev-parse", "--git-path", "hooks/pre-commit"])?;
    let at = path(found.trim_ascii_end());
    let outcome = if calls_check(&at) {
        Outcome::Unchanged
    } else if let Some(folder) = repository.ask(&["config", "--get", "core.hooksPath"])? {
        Outcome::Conflict(format!(
            "git's setting core.hooksPath is `{}`, so another tool manages the hooks; add the line `{CHECK} || exit 1` to pre-commit there",
            String::from_utf8_lossy(&folder).trim_end()
        ))
    } else {
        write_hook(&at)?
    };
    Ok(Step { what: at.display().to_string(), outcome, shared: false })
}

/// Whether a hook, or the framework behind it, does our check already; not where it is ours and has moved.
fn calls_check(at: &Path) -> bool {
    let Ok(hook) = fs::read_to_string(at) else { return false };
    let framework = || {
        let hooks = fs::read_to_string(FRAMEWORK).unwrap_or_default();
        hook.contains("pre-commit.com") && hooks.contains("id: pkiplan")
    };
    !program::is_ours(&hook, HOOK) && (hook.contains(CHECK) || framework())
}

fn write_hook(at: &Path) -> Result<Outcome, String> {
    let wanted = HOOK.replace(program::PLACE, &program::word());
    let there = fs::read_to_string(at).ok();
    if there.as_ref().is_some_and(|there| *there != wanted && program::is_ours(there, HOOK)) {
        fs::remove_file(at).map_err(|error| format!("cannot replace {}: {error}", at.display()))?;
    }
    let framework = there.is_some_and(|hook| hook.contains("pre-commit.com"));
    Ok(match write(at, &wanted, 0o755)? {
        Outcome::Conflict(_) if framework => Outcome::Conflict(format!(
            "it belongs to the framework pre-commit; name the hook `pkiplan` in {FRAMEWORK} instead"
        )),
        Outcome::Conflict(other) => {
            Outcome::Conflict(format!("{other}; add the line `{CHECK} || exit 1` to it"))
        }
        outcome => outcome,
    })
}

/// The workflow of GitHub Actions.
pub(super) fn workflow(repository: &Repository) -> Result<Step, String> {
    let plans = plans(repository, Place::Folder)?;
    let plans: Vec<_> = plans.iter().map(|plan| plan.to_string_lossy()).collect();
    let plans = if plans.is_empty() { vec![UNNAMED.into()] } else { plans };
    let text = WORKFLOW.replace("{list}", &serde_json::json!(plans).to_string());
    let text = text.replace("{lines}", &plans.join(LINE));
    let outcome = match write(Path::new(WORKFLOW_PATH), &text, 0o644)? {
        Outcome::Conflict(other) => {
            Outcome::Conflict(format!("{other}; move it away, and set-up writes the example again"))
        }
        outcome => outcome,
    };
    Ok(Step { what: WORKFLOW_PATH.to_owned(), outcome, shared: true })
}

/// Writes a file that is not there.
fn write(at: &Path, text: &str, mode: u32) -> Result<Outcome, String> {
    let reported = |error: std::io::Error| format!("cannot write {}: {error}", at.display());
    if let Some(folder) = at.parent() {
        fs::create_dir_all(folder).map_err(reported)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(mode).open(at) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).map_err(reported)?;
            // Whatever the mask leaves: a hook that cannot run is none.
            file.set_permissions(Permissions::from_mode(mode)).map_err(reported)?;
            Ok(Outcome::Done("written".to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let same = fs::read(at).is_ok_and(|there| there == text.as_bytes());
            let other = || Outcome::Conflict("it exists with other contents".to_owned());
            Ok(if same { Outcome::Unchanged } else { other() })
        }
        Err(error) => Err(reported(error)),
    }
}
