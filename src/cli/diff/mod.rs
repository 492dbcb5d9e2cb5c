//! `pkiplan diff`: what changes against another state, and what it costs.

pub(super) mod base;
mod hosts;
mod live;
mod secret;
pub(super) mod sides;
mod standing;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::clock;
use super::global::Format;
use super::output::Output;
use super::unlock::SecretArguments;
use crate::compare::{Built, Comparison, Unrendered, compare, compare_built};
use crate::decide::Request;
use crate::read::{Bounds, Disk};
use crate::report::diff::{self, Asked, Named, Part, Terminal};
use crate::workspace::{Expanded, Failure};
use base::Other;
use sides::{Decided, Side};

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The plan.
    plan: PathBuf,
    /// What it is compared with: a git revision, a plan, or a folder of trees; else the commit that hosts have, where
    /// `pkiplan applied` has noted it, else HEAD.
    base: Option<String>,
    /// End with 2 where anything changes, or may change where only a secret could tell.
    #[arg(long)]
    exit_code: bool,
    /// Only this host. With a folder, what lies there is compared: a copy of the host's `/`, or of a folder such as
    /// /etc/kubernetes, a tar file, or `/` itself; may be given several times. ADDRESS is where --live asks the host.
    #[arg(long, value_name = "NAME[=DIR[@ADDRESS]]")]
    host: Vec<String>,
    /// Ask servers which certificate they show, by a TLS handshake that sends nothing: those of the hosts that are given,
    /// else of all, at the plan's addresses, or at this one. May be given several times.
    #[arg(long, value_name = "NAME=ADDRESS[:PORT]", num_args = 0..=1, default_missing_value = "")]
    live: Vec<String>,
    /// Only a part, with all its lines.
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<Part>,
    /// When new certificates are decided, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Compare all bytes of trees, with the secret beside the plan or the one that is given.
    #[arg(long)]
    with_secret: bool,
    #[command(flatten)]
    secrets: SecretArguments,
}

impl ValueEnum for Part {
    fn value_variants<'a>() -> &'a [Self] {
        &[Part::Certificates, Part::Files, Part::Impact]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Part::Certificates => {
                ("certificates", "What is issued, reissued, renewed, rekeyed, removed, and trust and keys")
            }
            Part::Files => ("files", "Files of hosts, line by line"),
            Part::Impact => ("impact", "Restarts in their order, and risks"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

pub(super) fn run(arguments: &Diff, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(difference(arguments, bounds, output))
}

fn difference(arguments: &Diff, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    if hosts::are_asked(arguments) {
        return hosts::drift(arguments, bounds, output);
    }
    let host = match &arguments.host[..] {
        [] => None,
        [one] => Some(one.as_str()),
        _ => return Err("one host alone can be looked at: --host NAME; several are compared with what lies on them: --host NAME=DIR".to_owned().into()),
    };
    let request = Request::new(clock::at(arguments.at.as_deref())?);
    let disk = Disk::around(&arguments.plan, bounds)?;
    let place = base::place(&arguments.plan, arguments.base.as_deref(), bounds)?;
    let (after, other) = both(|| Side::read(&disk, &arguments.plan), || place.read(&arguments.plan));
    let (after, other) = (after?, other?);
    let named = Named { before: place.shown(&other), after: arguments.plan.display().to_string() };
    let (before, built) = match &other {
        Other::Nothing => (None, None),
        Other::Plan(side) => (Some(&**side), None),
        Other::Trees(built) => (None, Some(built)),
    };
    let (new, old) = both(|| after.expand(), || before.map(Side::expand).transpose());
    let (new, old) = (new?, old?);
    let comparison =
        comparison((arguments, host), &request, (before.zip(old.as_ref()), built), (&after, &new))?;
    let asked = Asked { base: &place.asked(), host, only: arguments.only };
    Ok(say(arguments, (&named, &asked), &comparison, output))
}

/// The comparison, as far as it was asked for.
fn comparison(
    (arguments, host): (&Diff, Option<&str>),
    request: &Request,
    (old, built): (Option<(&Side<'_>, &Expanded<'_>)>, Option<&Built>),
    new: (&Side<'_>, &Expanded<'_>),
) -> Result<Comparison, Failure> {
    let decided = Decided::new(old, new, request)?;
    let (was, is) = decided.states(old, new);
    if let Some(host) = host {
        diff::knows(host, was.as_ref(), &is)?;
    }
    let with_secret = arguments.with_secret || arguments.secrets.are_given();
    let compared = match built {
        Some(built) if with_secret => secret::with_credentials(&arguments.secrets, new.0, request, |made| {
            compare_built(built, &is, host, Some(made))
        })?,
        Some(built) => compare_built(built, &is, host, None),
        None if with_secret => {
            return Err("a secret is of use against trees alone: two plans are compared without"
                .to_owned()
                .into());
        }
        None => compare(was.as_ref(), &is, host, &decided.early),
    };
    let comparison = compared.map_err(|unrendered| match (unrendered, old) {
        (Unrendered::Before(failures), Some((_, old))) => old.refuse(failures),
        (Unrendered::Before(failures) | Unrendered::After(failures), _) => new.1.refuse(failures),
    })?;
    Ok(diff::only(comparison, arguments.only))
}

/// Two answers at once: of thousands of hosts each takes its time.
fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn say(
    arguments: &Diff,
    (named, asked): (&Named, &Asked<'_>),
    comparison: &Comparison,
    output: &Output,
) -> ExitCode {
    let terminal = Terminal { width: output.width(), paints: output.paints };
    match output.form {
        Format::Json => output.json(diff::json(named, comparison, arguments.only)),
        Format::Markdown => output.print(&diff::comment(named, comparison)),
        Format::Html => output.print(&diff::page(named, comparison)),
        Format::Text => output.print(&diff::report(asked, named, comparison, terminal)),
    }
    ExitCode::from(if arguments.exit_code && !comparison.is_empty() { 2 } else { 0 })
}
