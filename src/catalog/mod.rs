//! The compiled catalog: definitions of components, paths of layouts, tables of flags and fields.
//!
//! Every expression is parsed here, and its names are checked, once, before any plan is read. Components are defined in
//! `templates/`; no module knows one by name.

mod artefact;
mod builtin;
mod compile;
mod compiler;
mod content;
mod definition;
mod derived;
mod extension;
mod field_kind;
mod fields;
mod file;
mod flag_kind;
mod flags;
mod knowledge;
mod knowledges;
mod kubeconfig;
mod kubeconfigs;
mod layout;
mod layout_lines;
mod load;
mod misfit;
mod parsed;
mod reads;
mod reference;
mod reload;
mod roles;
mod root;
mod run;
mod scope;
mod seen;
mod seens;
mod sensitive;
mod sensitives;
mod serves;
mod slots;
mod tree;
mod usual_paths;
mod versions;
mod ways;

pub use artefact::{KeyringPart, PairPart, Reference};
pub use builtin::{builtin, builtin_documents};
pub use definition::{
    Bundle, CertificateDefinition, Definition, Dial, DialBy, FlagDefinition, Holds, Listen, Reach, Setting,
    SettingKind,
};
pub use field_kind::FieldKind;
pub use fields::FieldTable;
pub use file::{Class, FileContent, FileDefinition, StoreDefinition, StoreHolds};
pub use flag_kind::FlagKind;
pub use flags::{Absent, Flag, FlagLife, FlagTable, Limit};
pub use knowledge::{Held, Knowledge, Port, Rule, Step};
pub use kubeconfig::{Embed, KubeconfigContext, KubeconfigDefinition};
pub use layout::{Layout, Paths};
pub use layout_lines::{OF_AUTHORITY, OF_CERTIFICATE, OF_KEYRING};
pub use load::{Catalog, field_tables, load, roles};
pub use misfit::{FieldPath, FieldStep, FieldTables, Misfit};
pub use reads::{Fields, Reads};
pub use reload::Reload;
pub use roles::{FileRole, FileRoles, stem};
pub use root::Root;
pub use run::{Effect, Run};
pub use scope::reference as scope_reference;
pub use seen::{
    Form, ListensAt, Needs, Passes, Pattern as LinePattern, PatternWord, Program, Role, Seen, SeenDial,
    SeenFile, SeenInner, SeenKeys, SeenListen, SeenNode, SeenSame, SeenSigner, Slot, Source, Targets,
};
pub use seens::{SeenTable, seen_tables};
pub use sensitive::{Guard, Pattern, Sensitive};
pub use serves::Serves;
pub use slots::Wanted;
pub use tree::{Template, Tree};
pub use usual_paths::{OF_SYSTEM, usual_paths};
pub use versions::{OF_SKEW, REACHES, Since, Skew};
pub use ways::Way;
