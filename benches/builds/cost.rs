//! What a process costs.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time and memory of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// User and system time of all threads.
    pub(crate) processor: Duration,
    /// The largest resident set, in bytes.
    pub(crate) peak: u64,
}

impl Cost {
    pub(crate) fn processor_over(&self, limit: &Self) -> f64 {
        self.processor.as_secs_f64() / limit.processor.as_secs_f64().max(1e-3)
    }

    pub(crate) fn wall_over(&self, limit: &Self) -> f64 {
        self.wall.as_secs_f64() / limit.wall.as_secs_f64().max(1e-3)
    }

    /// What this run took more than another one.
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self {
            wall: self.wall.saturating_sub(other.wall),
            processor: self.processor.saturating_sub(other.processor),
            peak: self.peak,
        }
    }

    /// What a process of ours says of itself, in a line of three numbers.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let numbers: Vec<u64> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let [wall, processor, peak] = numbers[..] else { return None };
        Some(Self { wall: Duration::from_micros(wall), processor: Duration::from_micros(processor), peak })
    }

    /// Measures work in this process, and prints it as [`Cost::parse`] reads it.
    pub(crate) fn of_own(work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let (start, before) = (Instant::now(), processor("self", 11)?);
        work()?;
        let (wall, processor) = (start.elapsed(), processor("self", 11)? - before);
        println!("{} {} {}", wall.as_micros(), processor.as_micros(), peak("self"));
        Ok(())
    }
}

/// Runs a command to its end; anything but success is an error.
pub(crate) fn measure(command: &mut Command) -> io::Result<Cost> {
    let (start, before) = (Instant::now(), processor("self", 13)?);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let id = child.id().to_string();
    let mut highest = 0;
    while child.try_wait()?.is_none() {
        highest = highest.max(peak(&id));
        std::thread::sleep(Duration::from_micros(500));
    }
    let output = child.wait_with_output()?;
    if output.status.code().is_none_or(|code| code != 0) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("{command:?}: {said}")));
    }
    Ok(Cost { wall: start.elapsed(), processor: processor("self", 13)? - before, peak: highest })
}

/// Two fields of proc_pid_stat(5), counted after the name: 11 is the process's own user time, 13 that of children that
/// have ended; system time follows. In ticks of a hundredth of a second.
fn processor(process: &str, field: usize) -> io::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks = after.split_whitespace().skip(field).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    Ok(Duration::from_millis(ticks.sum::<u64>() * 10))
}

/// `VmHWM` in bytes; nothing once the process has ended.
fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let high = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    high.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) << 10
}
