//! Chains of certificates, as a peer sends them.

use pkiplan::judge::{Dialled, Purpose, Question, Roots, judge, verify};
use pkiplan::values::Instant;

/// The first byte says for what, the rest is certificates: the root, then the chain. Each is judged as a leaf that is
/// trusted, too.
pub(super) fn judged(input: &[u8]) {
    let Some((kind, rest)) = input.split_first() else { return };
    let ders = split(rest);
    let Some((root, chain)) = ders.split_first() else { return };
    let purpose = if kind & 1 == 0 { Purpose::Server } else { Purpose::Client };
    let dialled =
        Dialled::new(&String::from_utf8_lossy(rest.get(..usize::from(kind >> 4)).unwrap_or_default()));
    let dialled = [dialled, Dialled::new("a.example.com"), None];
    for dialled in &dialled {
        let now = Instant::from_unix(1_798_761_600).expect("an instant");
        let question = Question { purpose, dialled: dialled.as_ref(), now };
        let verdict = judge(chain, &Roots::new([*root]), question);
        // TLS only refuses more.
        assert!(verdict.is_err() || verify(chain, &Roots::new([*root]), question).is_ok());
        if let Ok(accepted) = &verdict {
            assert!(accepted.until.is_none_or(|until| until >= now) && !accepted.path.is_empty());
        }
        for der in chain {
            let _ = judge(&[der], &Roots::new(chain.iter().copied()), question);
        }
        if let Err(refusal) = verdict {
            let _ = refusal.to_string();
        }
    }
}

/// What stands one behind the other, by the lengths of DER; the last one takes what is left.
fn split(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !rest.is_empty() && found.len() < 8 {
        let length = match rest {
            [_, length @ ..=0x7f, ..] => 2 + usize::from(*length),
            [_, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            [_, 0x81, length, ..] => 3 + usize::from(*length),
            _ => rest.len(),
        };
        let (der, after) = rest.split_at(length.min(rest.len()));
        found.push(der);
        rest = after;
    }
    found
}
