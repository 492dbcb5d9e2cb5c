//! The commands that README and docs show print what the pages show.
//!
//! Each page is one story in a folder of its own. A block of `console` holds commands after `$ ` and what they print;
//! a line `...` stands for any lines, `[..]` for any part of a line. A comment prepares what a page does not show:
//!
//! ```text
//! <!-- file: cluster.toml -->        the next block is written to this file
//! <!-- run: git init -q -->          a command that has to succeed
//! ```
//!
//! `UPDATE_SNAPSHOTS=1` writes what is printed into the pages; lines `...` and `[..]` are kept where they still match.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::EPOCH;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// README and everything below `docs`.
fn pages() -> Vec<PathBuf> {
    fn below(folder: &Path, pages: &mut Vec<PathBuf>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => below(&path, pages),
                false if path.extension().is_some_and(|end| end == "md") => pages.push(path),
                false => {}
            }
        }
    }
    let mut pages = vec![Path::new(ROOT).join("README.md")];
    below(&Path::new(ROOT).join("docs"), &mut pages);
    pages.sort();
    pages
}

/// Where a page's commands run.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let stage = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(stage.folder.path().join("home")).unwrap();
        fs::create_dir(stage.folder.path().join("work")).unwrap();
        stage
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// What a command prints, on both streams in their order, and whether it succeeded.
    fn run(&self, command: &str) -> (String, bool) {
        let program = Path::new(env!("CARGO_BIN_EXE_pkiplan")).parent().unwrap();
        let path = std::env::var("PATH").unwrap();
        let output = Command::new("bash")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(self.work())
            .env("PATH", format!("{}:{path}", program.display()))
            .env("HOME", self.folder.path().join("home"))
            .env("REPOSITORY", ROOT)
            .env("GIT_CEILING_DIRECTORIES", self.folder.path())
            .env("GIT_CONFIG_COUNT", "3")
            .envs([("GIT_CONFIG_KEY_0", "user.name"), ("GIT_CONFIG_VALUE_0", "Ann")])
            .envs([("GIT_CONFIG_KEY_1", "user.email"), ("GIT_CONFIG_VALUE_1", "ann@example.com")])
            .envs([("GIT_CONFIG_KEY_2", "init.defaultBranch"), ("GIT_CONFIG_VALUE_2", "main")])
            .env("SOURCE_DATE_EPOCH", EPOCH)
            .envs([("NO_COLOR", "1"), ("COLUMNS", "100"), ("LC_ALL", "C.UTF-8")])
            .env_remove("CI")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.success())
    }
}

/// Whether a line is what is shown, in which `[..]` stands for any part.
fn is_line(shown: &str, line: &str) -> bool {
    let mut parts = shown.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether the lines are what is shown, in which `...` stands for any lines.
fn are_lines(shown: &[&str], lines: &[&str]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|skipped| are_lines(rest, &lines[skipped..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, others)| is_line(first, line) && are_lines(rest, others))
        }
    }
}

/// Runs the commands of a block: the block as it should be.
fn console(stage: &Stage, block: &[&str]) -> Vec<String> {
    let mut rewritten = Vec::new();
    let mut rest = block;
    while let Some((first, others)) = rest.split_first() {
        let command = first.strip_prefix("$ ").unwrap_or_else(|| panic!("a command first: {first}"));
        let end = others.iter().position(|line| line.starts_with("$ ")).unwrap_or(others.len());
        let (printed, _) = stage.run(command);
        let (shown, lines) = (&others[..end], printed.lines().map(str::trim_end).collect::<Vec<_>>());
        rewritten.push((*first).to_owned());
        let right: &[&str] = if are_lines(shown, &lines) { shown } else { &lines };
        rewritten.extend(right.iter().map(|line| (*line).to_owned()));
        rest = &others[end..];
    }
    rewritten
}

/// Plays a page: the page as it should be.
fn played(page: &str) -> String {
    let stage = Stage::new();
    let mut written = Vec::new();
    let mut lines = page.lines();
    let mut file = None;
    while let Some(line) = lines.next() {
        written.push(line.to_owned());
        let comment = |what: &str| line.strip_prefix(what).and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(command) = comment("<!-- run: ") {
            let (printed, well) = stage.run(command);
            assert!(well, "{command}: {printed}");
        }
        let named = comment("<!-- file: ");
        file = named.or(file.filter(|_| line.is_empty() || line.starts_with("```")));
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some(path) = file.take() {
            fs::write(stage.work().join(path), format!("{}\n", block.join("\n"))).unwrap();
        }
        match kind {
            "console" => written.extend(console(&stage, &block)),
            _ => written.extend(block.iter().map(|line| (*line).to_owned())),
        }
        written.push("```".to_owned());
    }
    format!("{}\n", written.join("\n"))
}

#[test]
fn pages_show_what_is_printed() {
    let mut wrong = Vec::new();
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        let played = played(&page);
        if played == page {
            continue;
        }
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::write(&path, &played).unwrap();
        } else {
            let differing = page.lines().zip(played.lines()).find(|(shown, line)| shown != line);
            wrong.push(format!("{}: {differing:?}", path.strip_prefix(ROOT).unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn marks_stand_for_anything() {
    assert!(is_line("a [..] c", "a b c") && is_line("[..]", "") && is_line("a[..]b[..]c", "a1b2c"));
    assert!(!is_line("a [..] c", "a b d") && !is_line("abc", "abcd") && !is_line("a[..]c", "b c"));
    assert!(are_lines(&["a", "...", "c"], &["a", "b", "b", "c"]) && are_lines(&["...", "b"], &["b"]));
    assert!(!are_lines(&["a", "..."], &["b"]) && !are_lines(&["a"], &["a", "b"]));
}
