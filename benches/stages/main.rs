//! What each stage of a build costs, for one plan of a thousand nodes: run by [criterion](https://docs.rs/criterion), which
//! compares with the run before.
//!
//! ```sh
//! cargo bench --bench stages
//! ```

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput};
use pkiplan::build::{self, Job};
use pkiplan::decide::{Draft, Request};
use pkiplan::diagnostics::Diagnostics;
use pkiplan::expand::Blueprint;
use pkiplan::lock::Lock;
use pkiplan::plan::{self, Plan};
use pkiplan::read::Memory;
use pkiplan::source::Sources;

const NODES: usize = 1000;
const NAME: &str = "cluster.toml";
const LOCK_ID: &str = "00112233445566778899aabbccddeeff";

/// The built-in example with fewer workers.
fn world() -> Memory {
    let text = include_str!("../../plans/ten-thousand.toml");
    let workers = NODES - 3;
    let text = text.replace("worker-{0001..9997}", &format!("worker-{{0001..{workers:04}}}"));
    Memory::default().with(NAME, text)
}

fn read(world: &Memory) -> Plan {
    let mut diagnostics = Diagnostics::default();
    let Ok(plan) = plan::load(world, Path::new(NAME), Sources::default(), &mut diagnostics) else {
        panic!("the example is right")
    };
    plan
}

fn expand(plan: &Plan) -> Blueprint<'_> {
    plan.expand(&mut Diagnostics::default()).expect("the example is right")
}

fn decide(blueprint: &Blueprint<'_>, previous: Option<&Lock>) -> Draft {
    let at = "2026-11-30T00:00:00Z".parse().expect("an instant");
    build::draft(blueprint, previous, LOCK_ID, &Request::new(at), &mut Diagnostics::default())
}

fn stages(criterion: &mut Criterion) {
    let world = world();
    let plan = read(&world);
    let mut blueprint = expand(&plan);
    let mut draft = decide(&blueprint, None);
    let lock = draft.lock.to_text();
    let source = Sources::default().add("cluster.lock", "");

    let mut all = criterion.benchmark_group("stages");
    all.sample_size(20).throughput(Throughput::Elements(NODES as u64));
    all.bench_function("read and resolve", |b| b.iter(|| black_box(read(&world))));
    all.bench_function("expand", |b| b.iter(|| black_box(expand(&plan))));
    all.bench_function("decide, a first lock", |b| b.iter(|| black_box(decide(&blueprint, None))));
    all.bench_function("decide, the same lock", |b| {
        b.iter(|| black_box(decide(&blueprint, Some(&draft.lock))))
    });
    all.bench_function("lock to text", |b| b.iter(|| black_box(draft.lock.to_text())));
    all.bench_function("lock from text", |b| b.iter(|| black_box(Lock::parse(&lock, source))));
    all.finish();

    let material = build::rehearse(&mut blueprint, &mut draft);
    let credentials = build::issue(&blueprint, &draft, &material).ok().expect("the example is right");
    let worker = blueprint.model.nodes.indices().last().map(Job::Host).expect("a node");
    let rendered = || build::render(&blueprint, worker).ok().flatten().expect("a host");
    let mut one = criterion.benchmark_group("one worker");
    one.bench_function("render", |b| b.iter(|| black_box(rendered())));
    one.bench_function("issue and fill", |b| {
        let fill = |rendered| black_box(build::fill(&credentials, rendered).is_ok());
        b.iter_batched(rendered, fill, BatchSize::SmallInput);
    });
    one.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    stages(&mut criterion);
    criterion.final_summary();
}
