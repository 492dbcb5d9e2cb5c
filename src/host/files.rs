//! The interface that every source of a host's files implements.

use zeroize::Zeroizing;

use super::file::{Entry, File, Status};
use super::problem::{Problem, Why};

/// Files of one host.
pub trait Files: Sync {
    /// A file, behind links; none where nothing lies.
    ///
    /// # Errors
    /// Something lies there that is no regular file, or that cannot be read.
    fn read(&self, path: &str) -> Result<Option<File>, Problem>;

    /// What lies in a folder, behind links to it, sorted by name; nothing where there is no folder. Links in it are
    /// told as links.
    ///
    /// # Errors
    /// It is no folder, cannot be read, or holds too much.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Problem>;

    /// What lies at a path, behind links; none where nothing lies.
    ///
    /// # Errors
    /// What stands above it cannot be read.
    fn status(&self, path: &str) -> Result<Option<Status>, Problem>;

    /// The first bytes of a file, behind links; none where nothing lies.
    ///
    /// # Errors
    /// As [`Files::read`].
    fn head(&self, path: &str, most: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
        Ok(self.read(path)?.map(|mut file| {
            file.bytes.truncate(most);
            file.bytes
        }))
    }

    /// Whether something on the host makes the file while it runs.
    fn is_made_later(&self, path: &str) -> bool {
        let _ = path;
        false
    }

    /// Whether absence says something: all of the host's files at this path would be here. A copied
    /// `/etc/kubernetes` says nothing of `/usr`.
    fn knows(&self, path: &str) -> bool {
        let _ = path;
        true
    }

    /// The text of a file; none where nothing lies.
    ///
    /// # Errors
    /// As [`Files::read`], and where it is not UTF-8.
    fn text(&self, path: &str) -> Result<Option<(Zeroizing<String>, File)>, Problem> {
        let Some(mut file) = self.read(path)? else { return Ok(None) };
        let bytes = std::mem::take(&mut *file.bytes);
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((Zeroizing::new(text), file))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(Problem { path: file.path, why: Why::NotText })
            }
        }
    }
}
