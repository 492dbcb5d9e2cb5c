//! Inputs that nobody wrote: seeds, changed a little or a lot, the same on every machine.

/// Numbers and marks at which readers change their mind.
const ODD: [&str; 40] = [
    "",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "%}",
    "=",
    ".",
    ",",
    "#",
    "\\",
    "\n",
    "\r\n",
    "\0",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{feff}",
    "-1",
    "0",
    "255",
    "256",
    "65535",
    "65536",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "1e999",
    "nan",
    "..",
    "/",
    "{0..99999999}",
];

/// How long an input gets.
const LONGEST: usize = 16 * 1024;

/// Marsaglia's xorshift.
pub(crate) struct Random(u64);

impl Random {
    /// Each word gives another row of numbers.
    pub(crate) fn new(word: &str) -> Self {
        let mix = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(word.bytes().fold(0xcbf2_9ce4_8422_2325, mix) | 1)
    }

    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.next(of.len())]
    }
}

/// One of the seeds after one to eight changes. `words` are those that the readers know.
pub(crate) fn input(seeds: &[Vec<u8>], words: &[&str], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.pick(seeds).clone();
    for _ in 0..=random.next(8).min(random.next(8)) {
        change(&mut bytes, seeds, words, random);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str], random: &mut Random) {
    let at = random.next(bytes.len() + 1);
    let to = (at + random.next(40)).min(bytes.len());
    match random.next(11) {
        0 => flip(bytes, at, random),
        1 => drop(bytes.splice(at..at, [u8::try_from(random.next(256)).unwrap()])),
        2 => drop(bytes.drain(at..to)),
        3 => {
            let piece = bytes[at..to].repeat(1 + random.next(3));
            bytes.splice(at..at, piece);
        }
        4 => drop(bytes.splice(at..at, random.pick(&ODD).bytes())),
        5 => drop(bytes.splice(at..to, random.pick(words).bytes())),
        6 => drop(bytes.splice(token(bytes, at), random.pick(words).bytes())),
        7 => drop(bytes.splice(token(bytes, at), random.pick(&ODD).bytes())),
        8 => {
            let line = line(bytes, at);
            let copied = bytes[line].to_vec();
            let to = line_start(bytes, random.next(bytes.len() + 1));
            bytes.splice(to..to, copied);
        }
        9 => drop(bytes.drain(line(bytes, at))),
        _ => {
            let other = random.pick(seeds);
            let from = random.next(other.len() + 1);
            let until = (from + random.next(200)).min(other.len());
            bytes.splice(at..to, other[from..until].iter().copied());
        }
    }
}

fn flip(bytes: &mut [u8], at: usize, random: &mut Random) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << random.next(8);
    }
}

/// The word, number or name around a place.
fn token(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(byte);
    let start = bytes[..at].iter().rposition(|byte| !inside(byte)).map_or(0, |before| before + 1);
    let end = bytes[at..].iter().position(|byte| !inside(byte)).map_or(bytes.len(), |length| at + length);
    start..end
}

fn line(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let end =
        bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length + 1);
    line_start(bytes, at)..end
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1)
}
