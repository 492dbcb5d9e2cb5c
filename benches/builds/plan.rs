//! A plan of any number of nodes: three control planes behind a VIP and workers.

use std::io;
use std::path::{Path, PathBuf};

pub(crate) struct Plan<'a> {
    folder: &'a Path,
    nodes: usize,
}

impl<'a> Plan<'a> {
    const NAME: &'static str = "cluster.toml";
    /// Plan and lock as they were.
    pub(crate) const BEFORE: &'static str = "before.toml";

    /// The same plan without anything next to it.
    pub(crate) const LOCKED: &'static str = "locked.toml";

    pub(crate) fn of(folder: &'a Path, nodes: usize) -> Self {
        Self { folder, nodes }
    }

    pub(crate) fn name(&self) -> &'static str {
        Self::NAME
    }

    pub(crate) fn trees(&self) -> String {
        self.path("cluster.trees").display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The built-in example with as many workers as are wanted, less the node that is added later: no plan has more than 100 000.
    pub(crate) fn write(&self) -> io::Result<()> {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans/ten-thousand.toml");
        let text = std::fs::read_to_string(example)?;
        let workers = self.nodes.saturating_sub(4).max(1);
        let text = text.replace("worker-{0001..9997}", &format!("worker-{{000001..{workers:06}}}"));
        std::fs::write(self.path(Self::NAME), text)
    }

    /// The plan under another name, for a lock of its own.
    pub(crate) fn copy(&self) -> io::Result<()> {
        std::fs::copy(self.path(Self::NAME), self.path(Self::LOCKED)).map(|_| ())
    }

    /// Keeps plan and lock under another name.
    pub(crate) fn keep(&self) -> io::Result<()> {
        for (from, to) in [(Self::NAME, Self::BEFORE), ("cluster.lock", "before.lock")] {
            std::fs::copy(self.path(from), self.path(to))?;
        }
        Ok(())
    }

    /// One node gets one name more.
    pub(crate) fn change_one(&self) -> io::Result<()> {
        let path = self.path(Self::NAME);
        let text = std::fs::read_to_string(&path)?;
        let more = "\n[node.extra]\naddresses = [\"10.111.0.201\"]\nroles = [\"worker\"]\n";
        std::fs::write(path, text + more)
    }
}
