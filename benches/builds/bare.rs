//! The limit: the work that no compiler of plans can avoid.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pkiplan::issue::key::PrivateKey;
use pkiplan::issue::pem;
use pkiplan::issue::secret::Secret;
use pkiplan::values::KeyAlgorithm;
use rayon::prelude::*;

use super::cost::Cost;

/// One host, as a build has left it.
struct Unit {
    folder: PathBuf,
    files: Vec<(PathBuf, u32, Vec<u8>)>,
    /// The lengths of its certificates in DER.
    certificates: Vec<usize>,
}

/// Derives, signs, encodes and writes as much as the build that has left these trees.
pub(crate) fn run(trees: &Path, to: &Path) -> io::Result<()> {
    let units = units(trees)?;
    let secret = Secret::from_bytes([7; 32]);
    let authority = PrivateKey::derive(&secret, "authority", KeyAlgorithm::EcdsaP256, 1);
    Cost::of_own(|| {
        units.par_iter().try_for_each(|unit| {
            for (number, length) in unit.certificates.iter().enumerate() {
                let id = format!("{}/{number}", unit.folder.display());
                let key = PrivateKey::derive(&secret, &id, KeyAlgorithm::EcdsaP256, 1);
                // A certificate of as many bytes: what is signed, and the signature.
                let mut der = vec![0; length.saturating_sub(72)];
                der[..key.public().raw().len().min(length - 72)].copy_from_slice(key.public().raw());
                der.extend(authority.sign(&der));
                std::hint::black_box((pem::encode("CERTIFICATE", &der), key.to_pkcs8_pem()));
            }
            write(unit, &to.join(&unit.folder))
        })
    })
}

fn write(unit: &Unit, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for (path, mode, bytes) in &unit.files {
        let path = to.join(path);
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode))?;
    }
    Ok(())
}

/// Looks at every file once.
pub(crate) fn look(trees: &Path) -> io::Result<()> {
    fn below(folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if fs::symlink_metadata(&path)?.is_dir() {
                below(&path)?;
            }
        }
        Ok(())
    }
    Cost::of_own(|| {
        let hosts: Vec<PathBuf> = fs::read_dir(trees.join("hosts"))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        hosts.par_iter().filter(|path| path.is_dir()).try_for_each(|path| below(path))
    })
}

/// All that lies in trees, in memory.
fn units(trees: &Path) -> io::Result<Vec<Unit>> {
    let mut units = Vec::new();
    for kind in ["hosts", "users", "cluster"] {
        let folder = trees.join(kind);
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                units.push(unit(trees, &path)?);
            }
        }
    }
    Ok(units)
}

fn unit(trees: &Path, path: &Path) -> io::Result<Unit> {
    fn below(folder: &Path, root: &Path, unit: &mut Unit) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let looked = fs::symlink_metadata(&path)?;
            if looked.is_dir() {
                below(&path, root, unit)?;
                continue;
            }
            let bytes = fs::read(&path)?;
            unit.certificates.extend(own_certificates(&path, &bytes));
            let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
            unit.files.push((name, looked.permissions().mode(), bytes));
        }
        Ok(())
    }
    let folder = path.strip_prefix(trees).unwrap_or(path).to_owned();
    let mut unit = Unit { folder, files: Vec::new(), certificates: Vec::new() };
    below(path, path, &mut unit)?;
    for end in ["json", "sha256"] {
        let beside = PathBuf::from(format!("{}.{end}", path.display()));
        if let Ok(bytes) = fs::read(&beside) {
            let name = Path::new("..").join(beside.file_name().unwrap_or_default());
            unit.files.push((name, 0o600, bytes));
        }
    }
    Ok(unit)
}

/// The lengths of the certificates of a file that were issued for this host: one for each private key.
fn own_certificates(path: &Path, bytes: &[u8]) -> Vec<usize> {
    let text = String::from_utf8_lossy(bytes);
    let is_key = path.extension().is_some_and(|end| end == "key");
    let embedded = text.matches("client-certificate-data").count();
    let length = 600;
    vec![length; usize::from(is_key) + embedded]
}
