//! Builds one state of a plan with throw-away keys, and reads it as programs do.

use crate::build::{self, Stopped, Unwritten};
use crate::decide::Draft;
use crate::expand::Blueprint;
use crate::verify::{Wired, wired};

/// What the hosts of a state do.
pub struct Rehearsed {
    /// The programs, and what is known beside them.
    pub wired: Wired,
    /// Names of units that lack a secret, and are left out.
    pub lacking: Vec<String>,
}

/// Makes all units with throw-away keys, and reads them as programs do. Imported authorities become copies with other
/// keys, in the blueprint, too.
///
/// # Errors
/// What would stop a build.
pub fn rehearsed(blueprint: &mut Blueprint<'_>, mut draft: Draft) -> Result<Rehearsed, Stopped> {
    let material = build::rehearse(blueprint, &mut draft);
    let credentials = build::issue(blueprint, &draft, &material)?;
    let units = Unwritten::new(&credentials);
    let wired = wired(blueprint, &units, units.others());
    Ok(Rehearsed { wired, lacking: units.end()? })
}
