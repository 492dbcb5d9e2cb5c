//! Asks servers for their certificates: the only code that opens network connections.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant as Clock};

use super::given::Given;
use crate::compare::{Asked, Served, Shown, State, served};
use crate::report::diff;
use crate::values::Instant;

/// How long one server is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many servers are asked at once.
const AT_ONCE: usize = 32;

/// Which servers `--live` means.
///
/// # Errors
/// What is no `NAME=ADDRESS[:PORT]`, or names a host that the plan does not have.
pub(super) fn asked(live: &[String], given: &[Given], state: &State<'_>) -> Result<Vec<Asked>, String> {
    let mut all = Vec::new();
    let mut named = Vec::new();
    for text in live.iter().filter(|text| !text.is_empty()) {
        let wrong = || format!("--live {text}: write NAME=ADDRESS or NAME=ADDRESS:PORT, with an IP address");
        let (name, address) = text.split_once('=').ok_or_else(wrong)?;
        diff::knows(name, None, state)?;
        named.push(name);
        match address.parse::<SocketAddr>() {
            Ok(at) => all.push(Asked::at(state, name, at)),
            Err(_) => {
                let address = address.trim_start_matches('[').trim_end_matches(']');
                let address: IpAddr = address.parse().map_err(|_| wrong())?;
                all.extend(Asked::of_host(state, name, Some(address)));
            }
        }
    }
    if live.iter().any(String::is_empty) {
        let others = |name: &str| !named.contains(&name);
        if given.is_empty() {
            let names = state.blueprint.model.nodes.iter().map(|node| node.name.as_str());
            all.extend(names.filter(|name| others(name)).flat_map(|name| Asked::of_host(state, name, None)));
        }
        let given = given.iter().filter(|given| others(&given.name));
        all.extend(given.flat_map(|given| Asked::of_host(state, &given.name, given.address)));
    }
    Ok(all)
}

/// Asks them, and compares what they show with what the plan has there.
pub(super) fn ask(all: &[Asked], state: &State<'_>, now: Instant) -> Vec<Served> {
    let mut found = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let shown: Vec<Shown> = std::thread::scope(|scope| {
            let asking: Vec<_> = some.iter().map(|asked| scope.spawn(|| shows(asked.at))).collect();
            let lost = |_| Err("it has no known address".to_owned());
            asking.into_iter().map(|thread| thread.join().unwrap_or_else(lost)).collect()
        });
        found.extend(some.iter().zip(&shown).map(|(asked, shown)| served(state, asked, shown, now)));
    }
    found
}

fn shows(at: SocketAddr) -> Shown {
    let until = Clock::now() + PATIENCE;
    let stream = TcpStream::connect_timeout(&at, PATIENCE)
        .map_err(|error| format!("it cannot be reached: {error}"))?;
    handshake(&mut Timed { stream, until }, at.ip())
}

#[cfg(feature = "fast")]
fn handshake(stream: &mut (impl Read + Write), address: IpAddr) -> Shown {
    crate::handshake::served(stream, address)
}

#[cfg(not(feature = "fast"))]
fn handshake(_: &mut (impl Read + Write), _: IpAddr) -> Shown {
    Err("this program was built without TLS (the feature `fast`)".to_owned())
}

/// A connection that ends in time, however slowly it comes.
struct Timed {
    stream: TcpStream,
    until: Clock,
}

impl Timed {
    fn left(&self) -> std::io::Result<Duration> {
        let left = self.until.saturating_duration_since(Clock::now());
        if left.is_zero() { Err(std::io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(into)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}
