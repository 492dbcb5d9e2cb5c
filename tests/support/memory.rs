//! What a process has in its memory when it is about to end.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Lab;

/// What a pipe holds before whoever writes to it waits (pipe(7)).
const PIPE: usize = 64 << 10;

impl Lab {
    /// Runs the program up to its report, which finds its pipe full, and reads all that it may write to then.
    pub(crate) fn memory_at_the_end(&self, arguments: &[&str]) -> Vec<u8> {
        let (mut report, mut full) = std::io::pipe().unwrap();
        full.write_all(&[b'\n'; PIPE]).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pkiplan"))
            .args(arguments)
            .current_dir(self.path("."))
            .stdin(Stdio::null())
            .stdout(full)
            .spawn()
            .unwrap();
        while !waits_for_its_output(child.id()) {
            assert!(child.try_wait().unwrap().is_none(), "{arguments:?} ended without a report");
            std::thread::sleep(Duration::from_millis(5));
        }
        let memory = memory(child.id());
        let mut text = String::new();
        report.read_to_string(&mut text).unwrap();
        assert!(child.wait().unwrap().success(), "{arguments:?}: {text}");
        memory
    }
}

/// Whether the first thread is in `write` to the standard output (proc_pid_syscall(5)).
fn waits_for_its_output(process: u32) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
    let mut words = call.split(' ');
    let write = matches!(words.next(), Some("1" | "64"));
    write && words.next() == Some("0x1")
}

/// All memory that can be written to: heap, stacks, and what the program has of its own.
fn memory(process: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut file = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut memory = Vec::new();
    for map in maps.lines() {
        let mut words = map.split_ascii_whitespace();
        let (Some(range), Some(mode)) = (words.next(), words.next()) else { continue };
        if !mode.starts_with("rw") || map.ends_with("[vvar]") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|place| u64::from_str_radix(place, 16).unwrap());
        let mut at = start;
        while at < end {
            let mut page = vec![0; 4096];
            // A guard of a stack cannot be read.
            let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut page));
            if read.is_ok() && page.iter().any(|byte| *byte != 0) {
                memory.extend_from_slice(&page);
            }
            at += 4096;
        }
    }
    memory
}
