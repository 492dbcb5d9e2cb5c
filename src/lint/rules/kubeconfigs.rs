//! Rules for kubeconfigs (k8s.io/client-go/tools/clientcmd).

use super::keys::mode;
use super::set::embedded;
use crate::diagnostics::Code;
use crate::kubernetes::{Refused, is_bootstrap_token, password};
use crate::lint::content::Read;
use crate::lint::kubeconfig::{Cluster, Kubeconfig, Material, User};
use crate::lint::pem::What;
use crate::lint::report::Report;

/// Programs that run any text that they are given.
const SHELLS: [&str; 11] =
    ["sh", "ash", "bash", "busybox", "dash", "fish", "ksh", "zsh", "cmd.exe", "powershell.exe", "pwsh"];

pub(super) fn check(file: &Read<'_>, config: &Kubeconfig, report: &mut Report) {
    contexts(file, config, report);
    if let Some(refused) = &config.refused {
        refuse(file, "the kubeconfig", refused, report);
    }
    for cluster in &config.clusters {
        self::cluster(file, cluster, report);
        passwords(file, cluster, report);
    }
    for user in &config.users {
        self::user(file, user, report);
        for refused in &user.refused {
            refuse(file, &format!("the user `{}`", user.name), refused, report);
        }
        power(file, user, report);
    }
    let private = |user: &&User| {
        matches!(user.key, Material::Embedded(..)) || user.token.is_some() || user.password.is_some()
    };
    let has_password = |cluster: &&Cluster| with_password(cluster).next().is_some();
    let clusters = config.clusters.iter().filter(has_password).map(|cluster| cluster.line);
    let users = config.users.iter().filter(private).map(|user| user.line);
    if let Some(line) = users.chain(clusters).next() {
        mode(file, line, "credential", report);
    }
}

fn refuse(file: &Read<'_>, who: &str, refused: &Refused, report: &mut Report) {
    let place = file.at(refused.line, report);
    report.say(Code::LintKubeconfig, place, format!("{who} {}", refused.why), refused.instead);
}

/// The URLs with a password: their lines, what is there, and what to do.
fn with_password(cluster: &Cluster) -> impl Iterator<Item = (u32, &'static str, &'static str)> {
    let urls = [
        (&cluster.server, "server", "remove it: API servers have not accepted passwords since 1.19"),
        (&cluster.proxy, "proxy", "remove it: users of the proxy can set `HTTPS_PROXY`"),
    ];
    urls.into_iter().filter_map(|(url, what, help)| {
        let (line, url) = url.as_ref()?;
        password(url).map(|_| (*line, what, help))
    })
}

fn passwords(file: &Read<'_>, cluster: &Cluster, report: &mut Report) {
    for (line, what, help) in with_password(cluster) {
        let place = file.at(line, report);
        let message = format!("the URL of the {what} of the cluster `{}` holds a password", cluster.name);
        report.say(Code::LintUrlPassword, place, message, help);
    }
}

/// What the file does beside showing a credential.
fn power(file: &Read<'_>, user: &User, report: &mut Report) {
    let name = &user.name;
    if let Some((line, other)) = &user.acts_as {
        let place = file.at(*line, report);
        let groups: Vec<String> = user.acts_in.iter().map(|group| format!("`{group}`")).collect();
        let groups = if groups.is_empty() { String::new() } else { format!(" in {}", groups.join(", ")) };
        let message = format!("requests of the user `{name}` are made as `{other}`{groups}");
        let help = "remove `as`, and use `--as` for the command that needs it";
        report.say(Code::LintImpersonation, place, message, help);
    }
    if let Some((line, program)) = &user.runs
        && SHELLS.contains(&program.rsplit(['/', '\\']).next().unwrap_or_default())
    {
        let place = file.at(*line, report);
        let message = format!("the credential of the user `{name}` comes from the shell `{program}`");
        let help = "review its `args` before you use the file, and name the program directly";
        report.say(Code::LintShell, place, message, help);
    }
}

fn contexts(file: &Read<'_>, config: &Kubeconfig, report: &mut Report) {
    let mut say = |line: u32, message: String, help: &str| {
        let place = file.at(line, report);
        report.say(Code::LintKubeconfig, place, message, help);
    };
    for (line, key) in &config.duplicates {
        say(
            *line,
            format!("the key `{key}` appears twice"),
            "remove one: programs do not agree which one to use",
        );
    }
    match &config.current {
        None if !config.contexts.is_empty() => {
            say(1, "there is no current context".to_owned(), "`kubectl config use-context NAME`");
        }
        Some((line, name)) if config.contexts.iter().all(|context| context.name != *name) => {
            say(
                *line,
                format!("there is no context `{name}`"),
                "clients then connect to localhost, without a credential",
            );
        }
        _ => {}
    }
    for context in &config.contexts {
        if config.clusters.iter().all(|cluster| cluster.name != context.cluster) {
            let message = format!(
                "the context `{}` names the cluster `{}`, which does not exist",
                context.name, context.cluster
            );
            say(context.line, message, "name one of `clusters`");
        }
        if config.users.iter().all(|user| user.name != context.user) {
            let message = format!(
                "the context `{}` names the user `{}`, which does not exist",
                context.name, context.user
            );
            say(context.line, message, "name one of `users`: otherwise the client presents no credential");
        }
    }
}

fn cluster(file: &Read<'_>, cluster: &Cluster, report: &mut Report) {
    let name = &cluster.name;
    if let Some(line) = cluster.insecure {
        let place = file.at(line, report);
        let message = format!("the server of the cluster `{name}` is not verified");
        report.say(
            Code::LintInsecure,
            place,
            message,
            "anyone on the network path can read the credential: set the CA",
        );
    }
    let server = cluster.server.as_ref();
    if let Some((line, _)) = server.filter(|(_, server)| server.starts_with("http://")) {
        let place = file.at(*line, report);
        let message = format!("the server of the cluster `{name}` is reached without TLS");
        report.say(Code::LintInsecure, place, message, "write `https://`");
    }
    match &cluster.authority {
        Material::Absent
            if cluster.insecure.is_none()
                && server.is_some_and(|(_, server)| server.starts_with("https:")) =>
        {
            let place = file.at(cluster.line, report);
            let message = format!("the cluster `{name}` names no CA");
            report.say(
                Code::LintSystemTrust,
                place,
                message,
                "the client trusts the CAs of the system: name the CA of the cluster",
            );
        }
        Material::Unreadable(line) => unreadable(file, *line, "authority", report),
        authority @ Material::Embedded(line, _) => {
            let certificates = embedded(authority);
            if !certificates.is_empty()
                && certificates.iter().all(|certificate| !certificate.is_self_issued())
            {
                let place = file.at(*line, report);
                let message = format!("the CA file of the cluster `{name}` contains no root");
                let help = "Go accepts an intermediate, OpenSSL (Python, curl) does not: add the root";
                report.say(Code::LintIntermediateTrust, place, message, help);
            }
        }
        _ => {}
    }
}

fn user(file: &Read<'_>, user: &User, report: &mut Report) {
    let name = &user.name;
    if let Some(line) = user.password {
        let place = file.at(line, report);
        let message =
            format!("the user `{name}` has a password, which API servers have not accepted since 1.19");
        report.say(Code::LintPassword, place, message, "give it a certificate or a token");
    }
    if let Some((line, token)) = &user.token
        && is_nearly_a_bootstrap_token(token)
    {
        let place = file.at(*line, report);
        let message = format!("the token of `{name}` looks like a bootstrap token but is not valid");
        report.say(
            Code::LintTokenForm,
            place,
            message,
            "6 characters, a dot, 16 characters: lower-case letters and digits",
        );
    }
    for (material, what) in [(&user.certificate, "certificate"), (&user.key, "key")] {
        if let Material::Unreadable(line) = material {
            unreadable(file, *line, what, report);
        }
    }
    let shown = !matches!(user.certificate, Material::Absent);
    match &user.key {
        Material::Absent if shown => {
            let place = file.at(user.line, report);
            let message = format!("the user `{name}` has a certificate but no key");
            report.say(Code::LintKubeconfig, place, message, "add `client-key` or `client-key-data`");
        }
        key @ Material::Embedded(line, _) => {
            let digest = key.pieces().find_map(|(_, piece)| match &piece.what {
                What::PrivateKey(key) => key.public_sha256.as_deref(),
                _ => None,
            });
            let certificates = embedded(&user.certificate);
            let of = certificates.first().and_then(|certificate| certificate.key.public_sha256.as_deref());
            if digest.is_some() && of.is_some() && digest != of {
                let place = file.at(*line, report);
                let message = format!("the key of the user `{name}` is not that of its certificate");
                report.say(
                    Code::LintKeyMismatch,
                    place,
                    message,
                    "restore the key that the certificate was made with, or reissue it",
                );
            }
        }
        _ => {}
    }
    let nothing = !shown && user.token.is_none() && user.password.is_none() && !user.other;
    if nothing {
        let place = file.at(user.line, report);
        report.say(Code::LintKubeconfig, place, format!("the user `{name}` presents no credential"), "");
    }
}

fn unreadable(file: &Read<'_>, line: u32, what: &str, report: &mut Report) {
    let place = file.at(line, report);
    let message = format!("the {what} that is embedded cannot be read");
    report.say(Code::LintKubeconfig, place, message, "it has to be PEM in base64");
}

/// Two parts of about the right lengths, and not the form.
fn is_nearly_a_bootstrap_token(token: &str) -> bool {
    let near = token.split_once('.').is_some_and(|(id, secret)| {
        (4..=8).contains(&id.len()) && (12..=20).contains(&secret.len()) && !secret.contains('.')
    });
    near && !is_bootstrap_token(token.as_bytes())
}
