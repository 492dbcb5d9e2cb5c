//! What a command shows besides its flags: the names of its program, its version, and its health probes.

use std::sync::Arc;

use super::command::{Command, Runner};
use crate::values::Version;
use crate::wiring;

/// How its health is asked, where that says enough to be judged.
pub(super) fn probes(command: &Command) -> Vec<wiring::Probe> {
    let judged = command.probes.iter().filter_map(|probe| {
        let tls = match &*probe.scheme {
            "HTTPS" => true,
            "HTTP" => false,
            _ => return None,
        };
        Some(wiring::Probe {
            name: probe.kind.into(),
            host: probe.host.clone(),
            port: probe.port?,
            tls,
            path: probe.path.clone().unwrap_or_else(|| "/".into()),
            at: probe.place.clone(),
        })
    });
    judged.collect()
}

/// By which names a command may be known: those of its program, of the words behind it, and of its image.
pub(super) fn names_of(command: &Command) -> Vec<&str> {
    let last = |text| -> &str { str::rsplit(text, '/').next().unwrap_or_default() };
    match (&command.program, &command.runner) {
        (Some(program), _) => {
            // `hyperkube PROGRAM`, as images before 1.19 have it.
            let second = command.words.first().filter(|_| last(&program.text) == "hyperkube");
            [Some(last(&program.text)), second.map(|word| &*word.text)].into_iter().flatten().collect()
        }
        (None, Runner::Pod { image, .. }) => {
            let name = last(image);
            vec![name.split([':', '@']).next().unwrap_or_default()]
        }
        (None, Runner::Unit { .. }) => Vec::new(),
    }
}

/// The name of a container's image, where its manifest also names the program.
pub(super) fn image_beside(command: &Command) -> Option<&str> {
    let (Some(_), Runner::Pod { image, .. }) = (&command.program, &command.runner) else { return None };
    image.rsplit('/').next()?.split([':', '@']).next()
}

pub(super) fn of_image(runner: &Runner) -> Option<Version> {
    let Runner::Pod { image, .. } = runner else { return None };
    let (_, tag) = image.rsplit_once(':')?;
    let tag = tag.trim_start_matches('v');
    tag.split('-').next()?.parse().ok()
}

pub(super) fn name_of(runner: &Runner) -> Arc<str> {
    match runner {
        Runner::Unit { name, .. } => Arc::clone(name),
        Runner::Pod { namespace, name, .. } => format!("{namespace}/{name}").into(),
    }
}
