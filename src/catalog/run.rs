//! How a component is run, and the effect of a changed file on its program.

/// How a component is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Run {
    /// As a static pod of the kubelet.
    StaticPod,
    /// As a systemd service.
    Systemd,
}

impl Run {
    /// Every way.
    pub const ALL: [Run; 2] = [Run::StaticPod, Run::Systemd];

    /// As plans write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Run::StaticPod => "static-pod",
            Run::Systemd => "systemd",
        }
    }
}

/// What a changed artefact does to the program that reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It reads the file anew by itself.
    ByItself,
    /// It matters at the very first start alone, and never again.
    FirstStart,
    /// `systemctl reload`.
    Reload,
    /// `systemctl restart`.
    Restart,
}

impl Effect {
    /// Every effect with its word.
    pub const WORDS: [(&str, Effect); 4] = [
        ("by-itself", Effect::ByItself),
        ("first-start", Effect::FirstStart),
        ("reload", Effect::Reload),
        ("restart", Effect::Restart),
    ];

    /// Whether the program's unit has to do something.
    #[must_use]
    pub fn disturbs(self) -> bool {
        matches!(self, Effect::Reload | Effect::Restart)
    }
}
