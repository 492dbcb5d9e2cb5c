//! Shows progress on standard error for work that takes more than a second.

use std::fmt::Write;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Work below this shows nothing.
const SHOWN_AFTER: Duration = Duration::from_secs(1);
/// How often a terminal is drawn.
const DRAWN: Duration = Duration::from_millis(100);
/// How often a log gets a line.
const LOGGED: Duration = Duration::from_secs(5);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Not at all: nobody watches, or nobody wants to.
    Nothing,
    /// A line that is drawn again and again, on a terminal.
    Drawn,
    /// Lines below one another, in a log of a CI system.
    Logged,
}

impl Shown {
    /// What the environment asks for; `variable` gives a variable of it.
    pub(super) fn of(quiet: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if quiet {
            Shown::Nothing
        } else if set("CI").is_some_and(|value| value != "false") {
            Shown::Logged
        } else if std::io::stderr().is_terminal() && set("TERM").is_some_and(|term| term != "dumb") {
            Shown::Drawn
        } else {
            Shown::Nothing
        }
    }
}

/// What shows stages of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    shown: Shown,
    began: Instant,
}

impl Progress {
    pub(super) fn new(shown: Shown) -> Self {
        Self { shown, began: Instant::now() }
    }

    /// Begins a stage, which lasts as long as what is given here. `total` is how many things it makes; zero: it is not
    /// counted. Nothing else is printed meanwhile.
    pub(super) fn stage(&self, words: &'static str, total: usize) -> Stage {
        let shared = Arc::new(Shared {
            words,
            total: total as u64,
            done: AtomicU64::new(0),
            over: Mutex::new(false),
            changed: Condvar::new(),
        });
        let watched = Arc::clone(&shared);
        let began = self.began;
        let thread = match self.shown {
            Shown::Nothing => None,
            Shown::Drawn => Some(std::thread::spawn(move || watched.draw(began))),
            Shown::Logged => Some(std::thread::spawn(move || watched.log(began))),
        };
        Stage { shared, thread }
    }
}

/// A stage that goes on.
pub(super) struct Stage {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Stage {
    /// One more thing, which counts when it is dropped.
    pub(super) fn one(&self) -> One<'_> {
        One(&self.shared.done)
    }
}

/// Something that is being made.
pub(super) struct One<'s>(&'s AtomicU64);

impl Drop for One<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        *self.shared.over() = true;
        self.shared.changed.notify_all();
        // What could not be shown is no reason to stop.
        let _ = thread.join();
    }
}

struct Shared {
    words: &'static str,
    total: u64,
    done: AtomicU64,
    over: Mutex<bool>,
    changed: Condvar,
}

impl Shared {
    fn over(&self) -> MutexGuard<'_, bool> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits; whether the stage is over.
    fn waits(&self, time: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.over(), time, |over| !*over);
        *waited.map_or_else(|poisoned| poisoned.into_inner().0, |(over, _)| over)
    }

    /// Waits until the run has taken so long that it is shown; whether the stage is over before.
    fn is_short(&self, began: Instant) -> bool {
        self.waits(SHOWN_AFTER.saturating_sub(began.elapsed()))
    }

    fn draw(&self, began: Instant) {
        let stage_began = Instant::now();
        if self.is_short(began) {
            return;
        }
        let bar = ProgressBar::with_draw_target(
            (self.total > 0).then_some(self.total),
            ProgressDrawTarget::stderr(),
        );
        let counted = "{msg} [{bar:16}] {pos}/{len}, {rate}, {eta} left";
        let style = if self.total > 0 { counted } else { "{spinner} {msg} {elapsed}" };
        let Ok(style) = ProgressStyle::with_template(style) else { return };
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        };
        let style = style.progress_chars("=> ").with_key("rate", rate);
        let bar = bar.with_style(style).with_elapsed(stage_began.elapsed()).with_message(self.words);
        loop {
            bar.set_position(self.done.load(Ordering::Relaxed));
            bar.tick();
            if self.waits(DRAWN) {
                break;
            }
        }
        bar.finish_and_clear();
    }

    fn log(&self, began: Instant) {
        let stage_began = Instant::now();
        if self.is_short(began) {
            return;
        }
        loop {
            let line = line(self.words, self.done.load(Ordering::Relaxed), self.total, stage_began.elapsed());
            let _ = std::io::stderr().write_all(line.as_bytes());
            if self.waits(LOGGED) {
                return;
            }
        }
    }
}

/// `making hosts: 120 of 1000, 60 a second, 14 s left`
fn line(words: &str, done: u64, total: u64, time: Duration) -> String {
    if total == 0 || done == 0 {
        return format!("{words}\n");
    }
    let rate = done as f64 / time.as_secs_f64().max(0.001);
    let left = total.saturating_sub(done) as f64 / rate;
    format!("{words}: {done} of {total}, {rate:.0} a second, {left:.0} s left\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_rate_and_time() {
        let of = |done, total, seconds| line("making hosts", done, total, Duration::from_secs(seconds));
        assert_eq!(of(120, 1000, 2), "making hosts: 120 of 1000, 60 a second, 15 s left\n");
        assert_eq!(of(0, 1000, 2), "making hosts\n");
        assert_eq!(of(7, 0, 2), "making hosts\n");
    }

    #[test]
    fn who_is_quiet_or_a_pipe_sees_nothing() {
        let of = |quiet, set: &[(&str, &str)]| {
            Shown::of(quiet, |name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(true, &[("CI", "true")]), Shown::Nothing);
        assert_eq!(of(false, &[("CI", "true"), ("TERM", "dumb")]), Shown::Logged);
        assert_eq!(of(false, &[("TERM", "dumb")]), Shown::Nothing);
        assert_eq!(of(false, &[]), Shown::Nothing);
    }
}
