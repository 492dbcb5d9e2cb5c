//! The command line as texts show it: every command that a text suggests is one that the program takes, and an option has
//! one name and one meaning in all commands.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, Command};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names that options had once, or that somebody may think of, and the one name that all commands have for it.
const SYNONYMS: &[(&str, &str)] = &[
    ("dir", "output"),
    ("from-base", "base"),
    ("kubernetes", "kubernetes-version"),
    ("out", "trees"),
    ("out-dir", "output"),
    ("time", "at"),
];

/// Words that stand for versions of formats (`pkiplan serial 1`), not for commands.
const FORMATS: [&str; 4] = ["derivation", "serial", "specification", "spread"];

/// Files with texts for people: pages, sources, the catalog, expected texts.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["docs", "plans", "src", "templates", "tests/diagnostics", "tests/snapshots"]
            .iter()
            .map(|name| Path::new(ROOT).join(name))
            .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let ends = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if ["json", "md", "rs", "toml", "txt", "yaml"].contains(&ends) {
                found.push(path);
            }
        }
    }
    found.extend(["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(|name| Path::new(ROOT).join(name)));
    found.sort();
    found
}

/// A text whose lines are joined where a source or a terminal broke them.
fn joined(path: &Path, text: &str) -> String {
    let source = path.extension().is_some_and(|end| end == "rs");
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim().trim_end_matches('\\').trim_end();
        let comment = ["/// ", "//! ", "// "].iter().find_map(|mark| trimmed.strip_prefix(mark));
        match comment.filter(|_| source) {
            Some(comment) => joined.push_str(comment.trim_start()),
            // Examples of the help keep their margin.
            None if line.starts_with("  pkiplan ") => joined.push_str(line.trim_end_matches(['"', ')', ']'])),
            None => joined.push_str(trimmed.trim_start_matches("│ ")),
        }
        joined.push('\n');
    }
    joined
}

/// The commands of a text: spans of code, lines of blocks, and what comes next.
fn commands(path: &Path, text: &str) -> BTreeSet<String> {
    // Blocks in comments of sources show formats.
    let is_page = path.extension().is_some_and(|end| end == "md");
    let mut found = BTreeSet::new();
    for span in text.split('`').skip(1) {
        let span = span.replace('\n', " ");
        if let Some(words) =
            span.strip_prefix("pkiplan ").filter(|words| !words.contains("\" ") && words.len() < 300)
        {
            found.insert(words.to_owned());
        }
    }
    let mut in_block = false;
    for line in text.lines() {
        in_block ^= is_page && line.starts_with("```");
        let next = line.strip_prefix("next: ").and_then(|next| Some(next.split_once("pkiplan ")?.1));
        let shown =
            ["$ pkiplan ", "run: pkiplan ", "  pkiplan "].iter().find_map(|mark| line.strip_prefix(mark));
        let of_block = line.strip_prefix("pkiplan ").filter(|_| in_block);
        found.extend(next.or(shown).or(of_block).map(str::to_owned));
    }
    found
}

/// The words of a command as a shell makes them, with something in place of what stands for a value; none where the text
/// is no command.
fn words(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = command.chars().peekable();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => {
                words.extend(word.take());
                // What follows several spaces explains the command.
                if characters.peek() == Some(&' ') {
                    break;
                }
            }
            (None, '<' | '>') => {
                // The file descriptor before it is none of the command's words.
                word.take_if(|word| word.chars().all(|c| c.is_ascii_digit()));
                break;
            }
            (None, '|' | ';' | '#' | '&' | ',' | '(') if word.is_none() => break,
            (None, ';' | ')') => break,
            (_, '…') => return None,
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    let words: Vec<String> = words.iter().map(|word| valued(word)).filter(|word| !word.is_empty()).collect();
    Some(words).filter(|words| {
        words.first().is_some_and(|first| first.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
    })
}

/// A word of a command with values where it has a placeholder: `NAME=DIR`, `{plan}`, `$PLAN`, `[DIR]`, `FILE...`.
fn valued(word: &str) -> String {
    let word = word.trim_matches(['[', ']']).trim_end_matches("...").trim_end_matches([',', '.', ':']);
    let mut text = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}') else { break };
        text.push_str(&rest[..at]);
        text.push_str(if rest[at..].contains("..") { &rest[at..=at + end] } else { "1" });
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    let text = text.replace("ADDRESS", "10.0.0.1").replace("DURATION", "1d").replace("NAME", "n1");
    let placeholder = |part: &str| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let parts = text.split_inclusive(|c: char| !c.is_ascii_alphabetic() && c != '_');
    let parts = parts.map(|part| {
        let bare = part.trim_end_matches(|c: char| !c.is_ascii_alphabetic() && c != '_');
        if placeholder(bare) { part.replacen(bare, "1", 1) } else { part.to_owned() }
    });
    parts.collect::<String>().replace('$', "")
}

/// Why the program does not take these words; nothing where it does.
fn refusal(words: &[String]) -> Option<String> {
    let all = std::iter::once("pkiplan").chain(words.iter().map(String::as_str));
    let Err(error) = pkiplan::cli::command().try_get_matches_from(all) else { return None };
    match error.kind() {
        // A command's name alone, and arguments that a text leaves out.
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand => None,
        // An option's name alone.
        _ if error.to_string().contains("but none was supplied")
            && words.last().is_some_and(|last| last.starts_with("--")) =>
        {
            None
        }
        _ => Some(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

#[test]
fn every_command_that_a_text_suggests_is_one() {
    let (mut refused, mut seen) = (BTreeMap::new(), 0);
    for path in files() {
        let text = joined(&path, &fs::read_to_string(&path).unwrap());
        for command in commands(&path, &text) {
            let Some(words) = words(&command) else { continue };
            if FORMATS.contains(&words[0].as_str()) {
                continue;
            }
            seen += 1;
            if let Some(why) = refusal(&words) {
                let name = path.strip_prefix(ROOT).unwrap().display().to_string();
                refused.entry(format!("pkiplan {command}: {why}")).or_insert(name);
            }
        }
    }
    let refused: Vec<String> =
        refused.into_iter().map(|(command, file)| format!("{file}: {command}")).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(seen > 500, "only {seen} commands were found");
}

#[test]
fn commands_that_are_none_are_refused() {
    for wrong in
        ["bild cluster.toml", "build cluster.toml --fast", "renew --within soon", "show cluster.toml host a"]
    {
        assert!(refusal(&words(wrong).unwrap()).is_some(), "{wrong}");
    }
    for right in [
        "build {plan} --shard {}/4",
        "init --control-plane NAME=ADDRESS",
        "inspect FILE",
        "status # what expires",
        "git",
    ] {
        assert_eq!(refusal(&words(right).unwrap()), None, "{right}");
    }
}

/// Every command, and each below one.
fn all<'c>(command: &'c Command, name: &str, found: &mut Vec<(String, &'c Command)>) {
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        let name = format!("{name} {}", below.get_name()).trim().to_owned();
        all(below, &name, found);
        found.push((name, below));
    }
}

/// What an option takes, as its help shows it.
fn takes(option: &Arg) -> String {
    let names = option.get_value_names().unwrap_or_default();
    let shown: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    if option.get_action().takes_values() { shown.join(" ") } else { "nothing".to_owned() }
}

/// Options of one name take one kind of value, and no option has a name for which another one is there.
#[test]
fn an_option_has_one_name_and_one_kind_of_value() {
    let whole = pkiplan::cli::command();
    let mut commands = Vec::new();
    all(&whole, "", &mut commands);
    let mut options = BTreeMap::<String, BTreeMap<String, Vec<String>>>::new();
    for (name, command) in &commands {
        for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
            let Some(long) = option.get_long() else { continue };
            options.entry(long.to_owned()).or_default().entry(takes(option)).or_default().push(name.clone());
        }
    }
    assert!(options.len() > 50, "{options:?}");
    let several: Vec<_> = options.iter().filter(|(_, kinds)| kinds.len() > 1).collect();
    assert!(several.is_empty(), "options that take several kinds of values: {several:#?}");
    for (other, one) in SYNONYMS {
        assert!(!options.contains_key(*other), "--{other}: all commands call it --{one}");
    }
    // What is one thing has one option: an instant, a span of time, the folder of trees, the state to compare with.
    let of = |kind: &str| -> BTreeSet<&str> {
        options.iter().filter(|(_, kinds)| kinds.contains_key(kind)).map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(of("<TIME>"), ["at"].into());
    assert_eq!(of("<DURATION>"), ["ttl", "within"].into());
    assert_eq!(of("<DIR>"), ["trees"].into());
    assert_eq!(of("<PATH>"), ["output"].into());
    assert_eq!(of("<BASE>"), ["base"].into());
    assert_eq!(of("<PLAN>"), ["plan"].into());
}
