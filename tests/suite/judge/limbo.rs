//! The 208 paths of x509-limbo: our verdict is Go's.

use pkiplan::judge::{Dialled, Purpose, Question, Roots, verify};
use pkiplan::values::Instant;

use crate::support::chains::limbo;

/// Cases in which we differ, and why.
const DIFFERENT: [(&str, &str); 1] = [(
    "rfc5280::validity::notafter-fractional",
    "its clock stands half a second after the end, and ours counts whole seconds",
)];

#[test]
fn all_of_limbo_is_judged_as_go_judges_it() {
    let (mut different, mut accepted) = (Vec::new(), 0);
    let cases = limbo();
    assert_eq!(cases.len(), 208);
    for (asked, go) in &cases {
        let chain: Vec<&[u8]> = asked.chain.iter().map(Vec::as_slice).collect();
        let roots = Roots::new(asked.roots.iter().map(Vec::as_slice));
        let dialled = Dialled::new(&asked.name).filter(|_| asked.purpose == Purpose::Server);
        let now = Instant::from_unix(asked.at).unwrap();
        let question = Question { purpose: asked.purpose, dialled: dialled.as_ref(), now };
        let verdict = verify(&chain, &roots, question);
        accepted += usize::from(verdict.is_ok());
        if verdict.is_ok() != go.is_none() {
            different.push((asked.what.as_str(), verdict, go));
        }
    }
    let named: Vec<&str> = different.iter().map(|(case, ..)| *case).collect();
    assert_eq!(named, DIFFERENT.map(|(case, _)| case), "{different:?}");
    assert_eq!(accepted, 115);
}
