//! The section with differences of hosts other than files.

use super::super::drift;
use super::page::{Page, Paint};
use super::parts::sign;
use crate::compare::Comparison;

impl Page {
    pub(super) fn drift(&mut self, comparison: &Comparison, all: bool) {
        for section in drift::sections(comparison, all) {
            self.title(section.title, "");
            for entry in section.entries {
                let (mark, paint) = entry.change.map_or((" ", Paint::Dim), sign);
                self.hanging((paint, &format!("  {mark} ")), Paint::Plain, &entry.head);
                for line in entry.lines {
                    self.item(6, if entry.change.is_some() { Paint::Plain } else { Paint::Dim }, &line);
                }
            }
        }
    }
}
