//! Everything about git: reads revisions and the index, finds plans and private files, and configures repositories.
//!
//! The configuration consists of lines in `.gitattributes` and `.gitignore`, drivers, a hook and a workflow. All access
//! goes through the program `git`; no code reads the repository's data directly.

mod drivers;
mod exposed;
mod index;
mod known;
mod lines;
mod merge;
mod object;
mod plans;
mod private;
mod program;
mod repository;
mod revision;
mod step;
mod whole;

pub use exposed::is_exposed;
pub use index::Index;
pub use merge::merge_lines;
pub use plans::{Place, plans};
pub use private::{Private, Review, review};
pub use repository::{Repository, parts, path};
pub use revision::Revision;
pub use step::{Outcome, Step};

/// What set-up does beside the lines and the drivers.
#[derive(Debug, Clone, Copy)]
pub struct SetUp {
    /// A hook that checks each commit.
    pub hook: bool,
    /// A workflow for GitHub Actions.
    pub workflow: bool,
}

/// Adds the lines that git needs for plans to the files of the repository around the current folder, or of the folder itself
/// where no repository is.
///
/// # Errors
/// What git or the file system says.
pub fn add_lines() -> Result<Vec<Step>, String> {
    // Whoever has no git may have it later.
    let Ok(Some(repository)) = Repository::find() else { return lines::plain() };
    let mut steps = lines::attributes(&repository)?;
    steps.extend(lines::ignore(&repository)?);
    Ok(steps)
}

/// Whether [`add_lines`] can write its files: nothing but regular ones are there. `is_there` says whether the current
/// folder is the one that is meant, and not one around it.
///
/// # Errors
/// What is in its way.
pub fn takes_lines(is_there: bool) -> Result<(), String> {
    match Repository::find() {
        Ok(Some(_)) => lines::are_regular(),
        _ if is_there => lines::are_regular(),
        _ => Ok(()),
    }
}

/// Makes git know plans, step by step.
///
/// # Errors
/// What git or the file system says; what somebody else wrote is no error but an [`Outcome::Conflict`].
pub fn set_up(repository: &Repository, asked: SetUp) -> Result<Vec<Step>, String> {
    let mut steps = lines::attributes(repository)?;
    steps.extend(lines::ignore(repository)?);
    steps.extend(drivers::set(repository)?);
    if asked.hook {
        steps.push(whole::hook(repository)?);
    }
    if asked.workflow {
        steps.push(whole::workflow(repository)?);
    }
    Ok(steps)
}
