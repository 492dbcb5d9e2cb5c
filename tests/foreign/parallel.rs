//! GNU parallel builds the parts of a plan, as the page says it.

use crate::support::{AT, Lab};

const PAGE: &str = include_str!("../../docs/how-to/several-machines.md");

#[test]
fn parts_that_gnu_parallel_builds_are_one_build() {
    let block = PAGE.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(block.contains("| parallel "));
    let lab = Lab::of("ha");
    let whole = Lab::of("ha");
    whole.build();
    let program = env!("CARGO_BIN_EXE_pkiplan");
    let folder = std::path::Path::new(program).parent().unwrap().display();
    // GNU parallel asks whoever runs it for a citation.
    let script = format!(
        "set -e\nPATH='{folder}':$PATH\nmkdir -p home/.parallel\ntouch home/.parallel/will-cite\n\
         export SOURCE_DATE_EPOCH={}\n{block}",
        1_767_225_600
    );
    let run = lab.shell(&script);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(lab.read("cluster.lock"), whole.read("cluster.lock"), "{AT}");
    assert!(lab.state("cluster.certs") == whole.state("cluster.certs"));
    let mut parts = crate::support::State::new();
    for part in 1..=4 {
        parts.extend(lab.state(&format!("trees/{part}")));
    }
    assert!(parts == whole.state("cluster.trees"));
}
