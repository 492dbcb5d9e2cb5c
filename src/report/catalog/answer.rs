//! The published format of `pkiplan catalog --format json`, as types.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::Failed;
use crate::report::schema::of;

/// The version of the form. Within one, keys and words may come, and none goes.
pub(super) const FORMAT: u32 = 1;

/// What `pkiplan catalog --format json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "pkiplan catalog --format json")]
pub enum Answer {
    /// Of `list`.
    List(List),
    /// Of `show`, where the name is that of a component.
    Component(Box<Component>),
    /// Of `show`, where it is that of a profile, a layout or a flag table.
    Other(Other),
    /// Of `show --source`.
    Source(Listing),
}

#[derive(JsonSchema)]
#[schemars(untagged, title = "pkiplan catalog --format json")]
#[expect(dead_code, reason = "the schema alone is made of it")]
enum Printed {
    Answer(Box<Answer>),
    /// What is wrong with the plan or its catalog; the exit code is 1.
    Failed(Failed),
}

/// The JSON Schema of it.
#[must_use]
pub fn schema() -> Value {
    of::<Printed>()
}

/// What there is.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct List {
    #[schemars(extend("const" = FORMAT))]
    pub(super) format: u32,
    pub(super) components: Vec<Entry>,
    pub(super) profiles: Vec<Entry>,
    pub(super) layouts: Vec<Entry>,
    /// Tables of the flags of programs, and of words that flags take.
    pub(super) flag_tables: Vec<Entry>,
}

/// Something of a catalog.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    /// What it is, in a few words.
    pub(super) about: Option<String>,
    /// `file:line`
    pub(super) from: String,
}

/// A component.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Component {
    #[schemars(extend("const" = FORMAT))]
    pub(super) format: u32,
    pub(super) component: String,
    pub(super) title: Option<String>,
    /// `file:line`
    pub(super) from: String,
    /// Selectors of the nodes that carry it.
    pub(super) place: Vec<String>,
    /// The versions that the definition is for; null: any.
    pub(super) versions: Option<String>,
    /// Its own version as the definition writes it; null: that of the cluster.
    pub(super) version: Option<String>,
    /// The table of its program's flags; null: flags are not checked.
    pub(super) flag_table: Option<String>,
    /// Its unit of systemd.
    pub(super) unit: Option<String>,
    /// What plans may set.
    pub(super) settings: Vec<Setting>,
    /// Flags that the definition sets.
    pub(super) flags: Vec<Line>,
    pub(super) listens: Vec<Part>,
    /// Where it connects to.
    pub(super) dials: Vec<Part>,
    pub(super) certificates: Vec<Part>,
    pub(super) bundles: Vec<Part>,
    pub(super) kubeconfigs: Vec<Part>,
    pub(super) files: Vec<Part>,
    /// What is applied to the API.
    pub(super) manifests: Vec<Part>,
}

/// A setting of a component.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Setting {
    pub(super) name: String,
    /// `boolean`, `integer`, `list`, `port` or `text`.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// As the definition writes it; null: the plan must set it.
    pub(super) default: Option<String>,
    /// The only words that it takes; empty: any.
    pub(super) words: Vec<String>,
    pub(super) about: Option<String>,
    /// `file:line`
    pub(super) from: String,
}

/// A name with a value as it is written.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) value: String,
    /// `file:line`
    pub(super) from: String,
}

/// A table of a component, with its keys as they are written.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) keys: Vec<Key>,
    /// `file:line`
    pub(super) from: String,
}

/// A key of a table.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) key: String,
    pub(super) value: String,
}

/// A profile, a layout or a flag table.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Other {
    #[schemars(extend("const" = FORMAT))]
    pub(super) format: u32,
    /// `profile`, `layout` or `flag-table`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) about: Option<String>,
    /// `file:line`
    pub(super) from: String,
    pub(super) lines: Vec<Line>,
}

/// A file of a catalog.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Listing {
    #[schemars(extend("const" = FORMAT))]
    pub(super) format: u32,
    /// As messages call it.
    pub(super) file: String,
    /// The number of the first line that is shown.
    pub(super) first: usize,
    pub(super) lines: Vec<String>,
    /// The line that was asked for.
    pub(super) line: Option<usize>,
}
