//! Checks who else can access a file or a directory, as sshd(8) does for a user's files (`StrictModes`).

use rustix::fs::Stat;
use std::path::Path;

/// What somebody else may do, from the least to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    None,
    /// Its group or all may read it.
    Read,
    /// It belongs to another user, neither to the one who runs this nor to root: the number.
    Owner(u32),
    /// Its group or all may change it.
    Write,
}

/// What others may do with what lies at a path, links followed; nothing if it is not there.
#[must_use]
pub fn access_of_others(path: &Path) -> Access {
    rustix::fs::stat(path).map_or(Access::None, |stat| judge(stat.st_mode, stat.st_uid, me()))
}

/// The other user that something belongs to.
pub(super) fn stranger(stat: &Stat) -> Option<u32> {
    (stat.st_uid != 0 && stat.st_uid != me()).then_some(stat.st_uid)
}

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn judge(mode: u32, owner: u32, me: u32) -> Access {
    match mode & 0o077 {
        bits if bits & 0o022 != 0 => Access::Write,
        _ if owner != 0 && owner != me => Access::Owner(owner),
        0 => Access::None,
        _ => Access::Read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_owners() {
        for (mode, owner, access) in [
            (0o100_600, 1000, Access::None),
            (0o100_600, 0, Access::None),
            (0o100_640, 1000, Access::Read),
            (0o100_604, 0, Access::Read),
            (0o100_600, 1001, Access::Owner(1001)),
            (0o100_644, 1001, Access::Owner(1001)),
            (0o100_620, 1000, Access::Write),
            (0o100_602, 0, Access::Write),
            (0o100_666, 1001, Access::Write),
        ] {
            assert_eq!(judge(mode, owner, 1000), access, "{mode:o} of {owner}");
        }
    }
}
