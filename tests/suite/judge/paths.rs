//! Rules of whole paths: how many are tried, and which policies they are for.

use pkiplan::judge::Refusal;

use super::rules::{below, dialled};
use crate::support::forge::{Forge, inhibit_any, mappings, policies, policy_constraints};

#[test]
fn the_work_is_bounded() {
    // Authorities of one name and of other keys, before the right one and its root.
    let with_wrong = |many: u8| {
        let wrong = (0..many).map(|key| Forge::root(key + 20).with(|forge| forge.subject = "ca1".into()));
        let chain = [below()].into_iter().chain(wrong).chain([Forge::intermediate(1, 0)]);
        dialled(&chain.collect::<Vec<_>>(), &Forge::root(0))
    };
    assert!(with_wrong(98).is_ok());
    assert_eq!(with_wrong(99), Err(Refusal::Budget));
    // Two authorities that issued each other end.
    let circle = [below(), Forge::intermediate(1, 2), Forge::intermediate(2, 1)];
    assert!(matches!(dialled(&circle, &Forge::root(7)), Err(Refusal::UnknownAuthority { .. })));
}

#[test]
fn policies_count_where_one_is_required() {
    let required = || Forge::intermediate(1, 0).extension(policy_constraints(Some(0), None));
    let said = |leaf: Forge, authority: Forge| dialled(&[leaf, authority], &Forge::root(0)).map(|_| ());
    assert_eq!(said(below(), required()), Err(Refusal::Policy));
    let with = |list: &[u8]| required().extension(policies(list));
    assert_eq!(said(below().extension(policies(&[1])), with(&[1])), Ok(()));
    assert_eq!(said(below().extension(policies(&[2])), with(&[1])), Err(Refusal::Policy));
    assert_eq!(said(below().extension(policies(&[2])), with(&[0])), Ok(()));
    assert_eq!(said(below().extension(policies(&[2])), with(&[1]).extension(mappings(&[(1, 2)]))), Ok(()));
    let any = with(&[1]).extension(mappings(&[(0, 2)]));
    assert_eq!(said(below().extension(policies(&[2])), any), Err(Refusal::Policy));
    assert_eq!(said(below().extension(policies(&[0])), with(&[1])), Ok(()));
    let inhibited = with(&[1]).extension(inhibit_any(0));
    assert_eq!(said(below().extension(policies(&[0])), inhibited), Err(Refusal::Policy));
    // Without a requirement, policies are nothing.
    assert_eq!(said(below().extension(policies(&[2])), Forge::intermediate(1, 0)), Ok(()));
}
