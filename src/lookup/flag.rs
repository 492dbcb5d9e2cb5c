//! Describes a flag over all versions in words.

use crate::catalog::FlagLife;

/// What there is to say of a flag.
#[derive(Debug)]
pub struct FlagWords {
    /// What it takes, with the versions from which it takes something else.
    pub takes: String,
    remarks: Vec<String>,
}

impl FlagWords {
    /// Of one flag.
    #[must_use]
    pub fn of(flag: &FlagLife<'_>) -> Self {
        let kinds = flag.kinds.iter().map(|(since, kind, repeated)| {
            let many = if *repeated { ", may be given several times" } else { "" };
            let since = since.map(|since| format!("; since {since}: ")).unwrap_or_default();
            format!("{since}{}{many}", kind.word())
        });
        let mut remarks = Vec::new();
        if let Some(since) = flag.since {
            remarks.push(format!("new in {since}"));
        }
        match flag.deprecated {
            Some(Some(since)) => remarks.push(format!("deprecated since {since}")),
            Some(None) => remarks.push("deprecated".to_owned()),
            None => {}
        }
        if let Some(until) = flag.until {
            remarks.push(format!("removed in {until}"));
        }
        if let Some(instead) = flag.replaced_by {
            remarks.push(format!("instead: {instead}"));
        }
        if let Some(words) = flag.words {
            remarks.push(format!("takes the values of the table `{words}`"));
        }
        Self { takes: kinds.collect(), remarks }
    }

    /// All remarks; none if there are none.
    #[must_use]
    pub fn remarks(&self) -> Option<String> {
        (!self.remarks.is_empty()).then(|| self.remarks.join("; "))
    }
}
