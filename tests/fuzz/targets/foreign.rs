//! Files that others made, judged.

use std::path::PathBuf;
use std::sync::LazyLock;

use pkiplan::diagnostics::{Diagnostics, Style, render};
use pkiplan::lint::{Given, Knowledge, lint};
use pkiplan::read::{Builtin, Folder, definitions};
use pkiplan::source::Sources;
use pkiplan::values::Instant;
use zeroize::Zeroizing;

/// Names from which roles and forms follow, by the first byte of an input.
const NAMES: [&str; 6] =
    ["pki/ca.crt", "pki/apiserver.crt", "token.csv", "openssl.cnf", "admin.conf", "a-csr.json"];

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let folder = Folder { world: &Builtin, root: PathBuf::new(), shown: "catalog:".to_owned(), named: None };
    Knowledge::of(&definitions(&[folder], &mut sources, &mut diagnostics), &mut diagnostics)
});

/// Several files: what stands between lines of `=====`. What is private of them is in no text that is shown.
pub(super) fn lint_files(input: &[u8]) {
    let Some((which, rest)) = input.split_first() else { return };
    let Some(now) = Instant::from_unix(1_795_305_600) else { return };
    let given: Vec<Given> = super::parts(rest)
        .into_iter()
        .enumerate()
        .map(|(at, text)| {
            let path = NAMES[(usize::from(*which) + at) % NAMES.len()].to_owned();
            let bytes = Ok(Zeroizing::new(text.into_bytes()));
            Given { name: path.clone(), path, host: None, named: at == 0, mode: Some(0o644), bytes }
        })
        .collect();
    let linted = lint(&given, &KNOWLEDGE, now);
    let shown = render(&linted.diagnostics, &linted.sources, Style { color: false, width: 100 });
    assert!(pkiplan::leaks::holds(&shown).is_none(), "something private is shown");
}
