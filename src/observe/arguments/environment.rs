//! Reads the flags that a program takes from environment variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::given::{Arguments, Found, Known, Refusal, Style};
use crate::catalog::FlagTable;
use crate::observe::command::Word;
use crate::values::Version;

/// Adds what the environment says under a prefix, `PREFIX_` before the name in upper case with `_` for `-`. An empty
/// variable says nothing; one beside its flag is refused.
pub fn environment(
    arguments: &mut Arguments,
    environment: &BTreeMap<Arc<str>, Word>,
    prefix: &str,
    (table, version): (&FlagTable, Option<&Version>),
) {
    let known = Known { table, version, style: Style::Go };
    for name in table.names() {
        let variable = format!("{prefix}{}", name.to_uppercase().replace('-', "_"));
        let Some(value) = environment.get(&*variable) else { continue };
        if arguments.value(name).is_some() {
            arguments.refuse(&value.place, Refusal::Variable(name.into()));
        } else if let Some(Found { kind, adds }) = known.find(name)
            && !(value.text.is_empty() && value.unknown.is_none())
        {
            arguments.take(name, kind, adds, value.clone());
        }
    }
}
