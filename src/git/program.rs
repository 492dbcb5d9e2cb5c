//! The command by which git calls this program.

use std::path::{Path, PathBuf};

/// The word by which a shell finds it.
pub(super) const NAME: &str = "pkiplan";

/// The place in files and settings where that word goes.
pub(super) const PLACE: &str = "{pkiplan}";

/// Its name if the search path leads to it, else where it lies.
pub(super) fn word() -> String {
    let Ok(own) = std::env::current_exe() else { return NAME.to_owned() };
    let own = own.canonicalize().unwrap_or(own);
    match (on_path(), own.to_str()) {
        (Some(found), _) if found == own => NAME.to_owned(),
        (_, Some(path)) => quoted(path),
        (_, None) => NAME.to_owned(),
    }
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    found.canonicalize().ok()
}

/// As one word of a shell.
fn quoted(path: &str) -> String {
    if path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte)) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// Whether a text is what `template` gives for this program, wherever it lies.
pub(super) fn is_ours(text: &str, template: &str) -> bool {
    let Some((before, after)) = template.split_once(PLACE) else { return text == template };
    let word = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    word.is_some_and(|word| {
        let bare = word.strip_prefix('\'').and_then(|word| word.strip_suffix('\''));
        let single = bare.is_some() || !word.contains(char::is_whitespace);
        single && Path::new(bare.unwrap_or(word)).file_name().is_some_and(|name| name == NAME)
    })
}
