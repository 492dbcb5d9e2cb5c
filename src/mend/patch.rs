//! Writes the difference of two texts as a patch for `git apply` and `patch -p1`.

use similar::TextDiff;

/// Lines that are the same around those that differ.
const AROUND: usize = 3;

/// The patch; `name` is the file's path from where it is applied.
pub(super) fn patch(before: &str, after: &str, name: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    unified.context_radius(AROUND).header(&format!("a/{name}"), &format!("b/{name}"));
    unified.to_string()
}

/// How large an edit is: lines that come and go, then bytes.
pub(super) fn size(before: &str, after: &str) -> (usize, usize) {
    let diff = TextDiff::from_lines(before, after);
    let changed = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    changed.fold((0, 0), |(lines, bytes), change| (lines + 1, bytes + change.value().len()))
}
