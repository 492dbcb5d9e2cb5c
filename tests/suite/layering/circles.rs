//! Files of one module use each other one way, too.
//!
//! Who uses whom is read off `use` and paths (`super::x`, `crate::module::x`, `child::x`), each followed through
//! re-exports to the file that has the item. A `mod.rs` that only declares and re-exports uses nothing. A method that
//! a file adds to another file's type counts as that file's, wherever its name leaves no doubt.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::imports::{Import, functions, has, implemented, imports, methods, paths};
use super::sources::{File, files};

#[test]
fn files_of_a_module_use_each_other_one_way() {
    let files = files();
    let uses = Tree::new(&files).uses();
    let circles = uses.keys().filter_map(|file| circle(&uses, file));
    let wrong: Vec<String> = circles.map(|circle| shown(&uses, &circle)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn circles_are_found() {
    let found = |sources: &[(&str, &str)]| -> Vec<String> {
        let file = |(path, code): &(&str, &str)| File::new(&format!("m/{path}.rs"), code);
        let lib = File::new("lib.rs", "pub mod m;");
        let files: Vec<File> = sources.iter().map(file).chain([lib]).collect();
        let uses = Tree::new(&files).uses();
        uses.keys().filter(|file| circle(&uses, file).is_some()).map(|file| (*file).to_owned()).collect()
    };
    let child = ("a", "use super::Shared;\npub fn run(_: Shared) {}");
    // Its own type, and a call of the child.
    assert_eq!(
        found(&[("mod", "mod a;\npub struct Shared;\nfn f() { a::run(Shared) }"), child]),
        ["m/a.rs", "m/mod.rs"]
    );
    let called = ("mod", "mod a;\nuse a::run;\npub struct Shared;\nfn f() { run(Shared) }");
    assert_eq!(found(&[called, child]), ["m/a.rs", "m/mod.rs"]);
    // A type that it only passes on.
    let shared = ("b", "pub struct Shared;");
    assert_eq!(
        found(&[("mod", "mod a;\nmod b;\npub use a::run;\npub use b::Shared;"), child, shared]),
        [""; 0]
    );
    let back = ("b", "pub struct Shared;\nfn f() { crate::m::run(Shared) }");
    assert_eq!(
        found(&[("mod", "mod a;\nmod b;\npub use {a::run, b::Shared};"), child, back]),
        ["m/a.rs", "m/b.rs"]
    );
    // A method of a type that stands elsewhere.
    let with = ("a", "use super::b::Shared;\nimpl Shared {\n    pub fn run(&self) {}\n}");
    let calls = ("b", "pub struct Shared;\nfn f() { Shared.run() }");
    assert_eq!(found(&[("mod", "mod a;\nmod b;"), with, calls]), ["m/a.rs", "m/b.rs"]);
}

/// For each file, the other files of its module that it uses, with the path that names the first thing used.
type Uses<'f> = BTreeMap<&'f str, BTreeMap<&'f str, String>>;

/// The shortest way from a file back to itself.
fn circle<'f>(uses: &Uses<'f>, file: &'f str) -> Option<Vec<&'f str>> {
    let mut ways = VecDeque::from([vec![file]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in uses[way[way.len() - 1]].keys().copied() {
            let longer = [&way[..], &[next]].concat();
            if next == file {
                return Some(longer);
            }
            if seen.insert(next) {
                ways.push_back(longer);
            }
        }
    }
    None
}

fn shown(uses: &Uses<'_>, circle: &[&str]) -> String {
    let steps = circle.windows(2).map(|pair| format!("uses {} ({})", pair[1], uses[pair[0]][pair[1]]));
    format!("{} {}", circle[0], steps.collect::<Vec<_>>().join(", which "))
}

/// The modules of the crate by their paths.
struct Tree<'f> {
    modules: BTreeMap<Vec<String>, Module<'f>>,
}

struct Module<'f> {
    file: &'f File,
    imports: Vec<Import>,
    /// The code without its imports.
    body: String,
}

impl<'f> Tree<'f> {
    fn new(files: &'f [File]) -> Self {
        let files = files.iter().filter(|file| file.path != "main.rs");
        let known: BTreeSet<Vec<String>> = files.clone().map(|file| path(&file.path)).collect();
        let module = |file: &'f File| {
            let at = path(&file.path);
            let (mut imports, body) = imports(&file.code);
            imports.retain(|import| {
                let first = &import.path[0];
                ["crate", "self", "super"].contains(&first.as_str())
                    || known.contains(&[&at[..], std::slice::from_ref(first)].concat())
            });
            (at, Module { file, imports, body })
        };
        Self { modules: files.map(module).collect() }
    }

    fn uses(&self) -> Uses<'f> {
        let mut uses = Uses::new();
        let added = self.added_methods();
        for (at, module) in &self.modules {
            let found: &mut BTreeMap<_, _> = uses.entry(&module.file.path).or_default();
            let mut note = |used: &'f File, what: String| {
                if used.path != module.file.path && used.module == module.file.module {
                    found.entry(&*used.path).or_insert(what);
                }
            };
            let named = |import: &&Import| !import.exported || has(&module.body, &import.name);
            let named = module.imports.iter().filter(named).map(|import| import.path.clone());
            for path in named.chain(paths(&module.body)) {
                if let Some(used) = self.owner(at, &path, 0) {
                    note(used, path.join("::"));
                }
            }
            for ((_, method), file) in added.iter().filter(|((of, _), _)| *of == module.file.module) {
                if module.body.contains(&format!(".{method}(")) {
                    note(file, format!(".{method}()"));
                }
            }
        }
        uses
    }

    /// By module and name, the methods that a file adds to a type which it does not define.
    fn added_methods(&self) -> BTreeMap<(&'f str, &str), &'f File> {
        let all = self.modules.values();
        let mut count: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (module, name) in all.clone().flat_map(|m| functions(&m.body).map(|name| (&*m.file.module, name)))
        {
            *count.entry((module, name)).or_default() += 1;
        }
        let mut added = BTreeMap::new();
        for module in all {
            for part in module.body.split("\nimpl").skip(1) {
                let (head, body) = part.split_once('{').unwrap();
                let own = |kind| module.body.contains(&format!("{kind} {}", implemented(head)));
                if head.contains(" for ") || own("struct") || own("enum") {
                    continue;
                }
                let methods = methods(body.split("\n}").next().unwrap());
                let methods = methods.map(|name| (&*module.file.module, name));
                added.extend(methods.filter(|key| count[key] == 1).map(|key| (key, module.file)));
            }
        }
        added
    }

    /// The file that has the item of a path; none if the path names a module.
    fn owner(&self, from: &[String], path: &[String], depth: usize) -> Option<&'f File> {
        assert!(depth < 16, "{path:?} in {from:?} leads nowhere");
        let mut at = from.to_vec();
        for (number, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()),
                _ => {
                    at.push(name.clone());
                    if self.modules.contains_key(&at) {
                        continue;
                    }
                    at.pop();
                    let module = &self.modules[&at];
                    let import =
                        module.imports.iter().find(|import| import.name == *name && import.path != path);
                    let Some(import) = import else { return Some(module.file) };
                    return self.owner(&at, &[&import.path[..], &path[number + 1..]].concat(), depth + 1);
                }
            }
        }
        None
    }
}

/// `a/b.rs` and `a/b/mod.rs` are `a::b`, `lib.rs` is the crate.
fn path(file: &str) -> Vec<String> {
    let file = file.strip_suffix(".rs").unwrap();
    let file = file.strip_suffix("/mod").unwrap_or(file);
    if file == "lib" { Vec::new() } else { file.split('/').map(str::to_owned).collect() }
}
