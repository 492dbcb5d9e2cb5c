//! Built trees that may be changed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use pkiplan::issue::key::PrivateKey;

use super::draft::{Draft, authority};
use crate::support::certificate::data;
use crate::support::walk;

/// A copy of built trees.
pub(crate) struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    pub(crate) fn of(trees: &Path) -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap() };
        walk(trees, "", &mut |path, at| {
            let to = tree.path(path);
            let status = at.symlink_metadata().unwrap();
            if status.is_dir() {
                fs::create_dir(&to).unwrap();
                fs::set_permissions(&to, status.permissions()).unwrap();
            } else {
                // What is changed gets a file of its own.
                fs::hard_link(at, to).unwrap();
            }
        });
        tree
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Names of hosts.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("hosts")).unwrap().map(|entry| entry.unwrap().path());
        let folders = entries.filter(|path| path.is_dir());
        folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The mode stays.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let at = self.path(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        let mode = at.metadata().map(|status| status.permissions());
        let _ = fs::remove_file(&at);
        fs::write(&at, text).unwrap_or_else(|error| panic!("{path}: {error}"));
        if let Ok(mode) = mode {
            fs::set_permissions(at, mode).unwrap();
        }
    }

    /// What is to be changed stands there.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path}: {from}");
        self.write(path, &text.replace(from, to));
    }

    pub(crate) fn append(&self, path: &str, text: &str) {
        self.write(path, &(self.read(path) + text));
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    pub(crate) fn copy(&self, from: &str, to: &str) {
        self.write(to, &self.read(from));
    }

    pub(crate) fn mode(&self, path: &str, mode: u32) {
        if self.path(path).is_file() {
            self.copy(path, path);
        }
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Changes the first certificate of a file and signs it with the key of its authority; others stay behind it.
    pub(crate) fn certificate(&self, path: &str, of: &str, change: impl FnOnce(Draft) -> Draft) {
        self.signed(path, &authority(of), change);
    }

    pub(crate) fn signed(&self, path: &str, key: &PrivateKey, change: impl FnOnce(Draft) -> Draft) {
        let text = self.read(path);
        self.write(path, &resigned(&text, key, change));
    }

    /// The same with the certificate that a kubeconfig holds.
    pub(crate) fn embedded(&self, path: &str, key: &str, of: &str, change: impl FnOnce(Draft) -> Draft) {
        let text = self.read(path);
        let old = data(&text, key).unwrap();
        let pem = String::from_utf8(Base64::decode_vec(old).unwrap()).unwrap();
        let new = resigned(&pem, &authority(of), change);
        self.edit(path, old, &Base64::encode_string(new.as_bytes()));
    }
}

const END: &str = "-----END CERTIFICATE-----\n";

fn resigned(text: &str, key: &PrivateKey, change: impl FnOnce(Draft) -> Draft) -> String {
    let (_, rest) = text.split_once(END).unwrap();
    change(Draft::of(text)).signed(key) + rest
}
