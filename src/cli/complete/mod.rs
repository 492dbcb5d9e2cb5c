//! Shell completion: candidates for a word, and the script that `COMPLETE=bash pkiplan` prints.

mod bash;
mod candidates;
mod plan;
mod words;

use std::ffi::OsStr;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::env::{CompleteEnv, EnvCompleter, Fish, Shells, Zsh};

use bash::Bash;
pub(super) use candidates::{certificates, components, definitions, files, hosts, renewable};
pub(super) use words::{codes, explainable};

/// Who asks.
const VARIABLE: &str = "COMPLETE";
/// The shells that are answered; for any other value of the variable the program runs as ever.
const SHELLS: [&str; 3] = ["bash", "fish", "zsh"];

/// Answers a shell that asks for candidates, and says whether one does. Nothing is said of what goes wrong: it would
/// stand in somebody's command line.
pub(super) fn answer<C: CommandFactory>() -> bool {
    let asked = std::env::var_os(VARIABLE);
    let shell = asked.as_deref().map(Path::new).and_then(Path::file_stem);
    if !shell.is_some_and(|name| SHELLS.iter().any(|known| name == OsStr::new(known))) {
        return false;
    }
    let here = std::env::current_dir().ok();
    let shells: [&dyn EnvCompleter; 3] = [&Bash, &Fish, &Zsh];
    let _ = CompleteEnv::with_factory(C::command)
        .shells(Shells(&shells))
        .try_complete(std::env::args_os(), here.as_deref());
    true
}
