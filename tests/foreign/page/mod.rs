//! `diff --format html`, opened in a real browser: what a reader sees, and what happens when they point at it.

mod browser;
mod cluster;
mod proof;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::support::repository::Repository;
use crate::support::secrecy::Secrets;
use crate::support::{AT, Lab};
use browser::Browser;
use serde_json::Value;

const MASTER: &str = r#"
[node.master04]
addresses = ["10.111.0.104"]
roles = ["control-plane", "etcd"]
component.etcd.setting.joins = 1
"#;

const WORKER: &str = r#"
[node.worker01]
addresses = ["10.111.0.121"]
roles = ["worker"]
"#;

/// Names that would be something else in a page, if they were not escaped.
const USER: &str = r#"
[user.alice]
common-name = "<script>alert(1)</script>"
organizations = ["<b>&\"'ops"]
"#;

/// One commit that adds a master and a user, moves the VIP and removes a worker.
static CHANGED: LazyLock<Repository> = LazyLock::new(|| {
    let lab = Lab::written(include_str!("../history/begin.toml"));
    lab.build();
    let repository = Repository::new(lab);
    let lab = &repository.0;
    lab.edit("10.111.0.111", "10.111.0.200");
    lab.edit(WORKER, "");
    lab.append(&format!("{MASTER}{USER}"));
    // Four members of etcd are worth a warning.
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", AT]).code, 0);
    repository.commit("a telling change");
    repository
});

fn diff(form: &str) -> String {
    let run = CHANGED.pkiplan(&["diff", "cluster.toml", "HEAD~1", "--at", AT, "--format", form]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    run.out
}

fn opened() -> Browser {
    let lab = Lab::empty();
    lab.write("page.html", &diff("html"));
    Browser::open(&lab.path("page.html"))
}

fn strings<'v>(list: &'v Value, pointer: &str) -> Vec<&'v str> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one.pointer(pointer).unwrap_or_else(|| panic!("{one:#}")).as_str().unwrap()).collect()
}

/// Everything that the report names is there to be read, and what is folded when it is unfolded.
#[test]
fn a_reader_finds_all_that_changes() {
    let report: Value = serde_json::from_str(&diff("json")).unwrap();
    let mut browser = opened();
    let title =
        format!("{} against {}", report["after"].as_str().unwrap(), report["before"].as_str().unwrap());
    assert_eq!(browser.value("document.title"), title);
    assert_eq!(browser.value("document.querySelector('h1').innerText"), title);
    let seen = browser.value("document.body.innerText");
    let seen = seen.as_str().unwrap();
    let mut wanted = strings(&report["plan"], "/table");
    wanted.extend(strings(&report["risks"], "/help"));
    wanted.extend(strings(&report["plan"], "/place"));
    for wave in report["waves"].as_array().unwrap() {
        for step in wave["steps"].as_array().unwrap() {
            wanted.extend(step["hosts"].as_array().unwrap().iter().map(|host| host.as_str().unwrap()));
            wanted.extend(strings(&step["services"], "/service"));
        }
    }
    for unit in report["units"].as_array().unwrap() {
        let names = unit["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        wanted.extend(names.map(|name| name.trim_start_matches("hosts/")));
    }
    assert!(wanted.len() > 30, "{wanted:?}");
    let plain = seen.replace('`', "");
    for word in wanted {
        assert!(plain.contains(&word.replace('`', "")), "{word} is not to be seen:\n{seen}");
    }

    browser.value("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })");
    let unfolded = browser.value("document.body.innerText");
    let unfolded = unfolded.as_str().unwrap();
    let mut wanted = strings(&report["certificates"], "/id");
    for unit in report["units"].as_array().unwrap() {
        wanted.extend(strings(&unit["files"], "/path"));
    }
    assert!(wanted.len() > 60, "{wanted:?}");
    for word in wanted {
        assert!(unfolded.contains(word), "{word} is not to be found:\n{unfolded}");
    }
}

/// Whatever a plan may hold is text, and nothing of it is secret.
#[test]
fn names_are_text_and_secrets_are_not_there() {
    let mut browser = opened();
    let plan = browser.value("document.querySelector('#plan').innerText");
    let plan = plan.as_str().unwrap();
    assert!(plan.contains("<script>alert(1)</script>"), "{plan}");
    assert!(plan.contains(r#"<b>&\"'ops"#), "{plan}");
    assert_eq!(browser.value("document.querySelectorAll('script').length"), 1);
    assert_eq!(browser.value("document.querySelectorAll('b, i, img, link, iframe').length"), 0);
    let secrets = Secrets::below(&CHANGED.0.path("."));
    assert!(secrets.keys() > 20);
    assert_eq!(secrets.found_in(&diff("html")), None);
}

/// One file is all that it takes, and nothing goes wrong in it.
#[test]
fn nothing_is_asked_for_and_nothing_complained_of() {
    let mut browser = opened();
    browser.value(
        "document.querySelectorAll('#graph .box').forEach((box) => box.dispatchEvent(new Event('click')))",
    );
    let asked: Vec<&str> = browser
        .events
        .iter()
        .filter(|event| event["method"] == "Network.requestWillBeSent")
        .map(|event| event["params"]["request"]["url"].as_str().unwrap())
        .collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].starts_with("file:///") && asked[0].ends_with("/page.html"), "{asked:?}");
    let told = [
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
        "Log.entryAdded",
        "Page.javascriptDialogOpening",
    ];
    let wrong: Vec<&Value> =
        browser.events.iter().filter(|event| told.iter().any(|method| event["method"] == *method)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // That something would have been heard of, the page's own policy shows.
    browser.value("document.body.append(Object.assign(new Image(), { src: 'http://example.com/x.png' }))");
    browser.value("new Promise((done) => setTimeout(done, 0))");
    assert!(browser.events.iter().any(|event| event["method"] == "Log.entryAdded"), "{:#?}", browser.events);
}

/// Rectangles of all boxes, and their texts, in the drawing.
const BOXES: &str = "(() => {
  const place = (of) => { const { left, top, right, bottom } = of.getBoundingClientRect(); return [left, top, right, bottom]; };
  return {
    drawing: place(document.querySelector('#graph')),
    boxes: [...document.querySelectorAll('#graph .box')].map((box) => ({
      name: box.textContent,
      rectangle: place(box.querySelector('rect')),
      texts: [...box.querySelectorAll('text')].map(place),
    })),
  };
})()";

fn rectangle(value: &Value) -> [f64; 4] {
    serde_json::from_value(value.clone()).unwrap()
}

fn holds(outer: [f64; 4], inner: [f64; 4]) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

/// No box covers another one, and none goes beyond the drawing, nor a text beyond its box.
fn stand_apart(browser: &mut Browser) -> usize {
    let graph = browser.value(BOXES);
    let drawing = rectangle(&graph["drawing"]);
    let boxes = graph["boxes"].as_array().unwrap();
    for (at, one) in boxes.iter().enumerate() {
        let [left, top, right, bottom] = rectangle(&one["rectangle"]);
        assert!(holds(drawing, [left, top, right, bottom]), "{one:#} lies outside of {drawing:?}");
        for text in one["texts"].as_array().unwrap() {
            assert!(
                holds([left, top, right, bottom], rectangle(text)),
                "a text goes beyond its box: {one:#}"
            );
        }
        for other in &boxes[at + 1..] {
            let [left2, top2, right2, bottom2] = rectangle(&other["rectangle"]);
            let apart = right < left2 || right2 < left || bottom < top2 || bottom2 < top;
            assert!(apart, "{one:#} and {other:#} overlap");
        }
    }
    boxes.len()
}

#[test]
fn boxes_stand_apart_within_the_drawing() {
    assert!(stand_apart(&mut opened()) > 15);
}

/// Two hundred workers get the next version, and half of them a number each, so that hardly two are alike.
#[test]
fn many_hosts_are_still_one_drawing() {
    let workers = |flags: bool| -> String {
        let worker = |number: usize| {
            let flag = format!("component.kubelet.flags.set = {{ v = {number} }}\n");
            let flag = if flags && number % 2 == 1 { flag.as_str() } else { "" };
            format!("\n[node.w{number}]\naddresses = [\"10.112.0.{number}\"]\nroles = [\"worker\"]\n{flag}")
        };
        (1..=200).map(worker).collect()
    };
    let begin = include_str!("../history/begin.toml");
    let lab = Lab::written(&format!("{}{}", begin.replace("1.35.4", "1.36.2"), workers(true)));
    lab.write("before.toml", &format!("{begin}{}", workers(false)));
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--at", AT, "--format", "html"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    lab.write("page.html", &run.out);
    let mut browser = Browser::open(&lab.path("page.html"));
    browser.picture("page-many");
    let boxes = stand_apart(&mut browser);
    assert!((5..=60).contains(&boxes), "{boxes}");
    // No host is lost by that.
    browser.value("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })");
    let unfolded = browser.value("document.querySelector('#files').innerText");
    let words: BTreeSet<&str> = unfolded.as_str().unwrap().split([' ', '\n', ',', '/']).collect();
    for number in 1..=200 {
        assert!(words.contains(format!("w{number}").as_str()), "w{number} is not to be found");
    }
}

/// What boxes are marked, each by its column and its whole text.
const MARKED: &str = "[...document.querySelectorAll('#graph.chosen .box.on')].map((box) => \
    `${box.dataset.column}: ${box.getAttribute('aria-label')}`)";

impl Browser {
    /// Moves the mouse to the box whose text begins so.
    fn point_at(&mut self, name: &str) {
        let middle = self.value(&format!(
            "(() => {{
              const box = [...document.querySelectorAll('#graph .box')].find((box) => box.ariaLabel.startsWith('{name}'));
              box.scrollIntoView({{ block: 'center' }});
              const {{ x, y, width, height }} = box.getBoundingClientRect();
              return [x + width / 2, y + height / 2];
            }})()"
        ));
        let [x, y]: [f64; 2] = serde_json::from_value(middle).unwrap();
        self.point(x, y);
    }
}

/// Whoever points at a table sees what it causes and nothing else.
#[test]
fn pointing_marks_what_is_caused() {
    let mut browser = opened();
    browser.point_at("new user.alice");
    let alice = ["plan: new user.alice", "certificates: issued user.alice", "trees: new users/alice"];
    assert_eq!(browser.texts(MARKED), alice);
    // From wherever one comes.
    browser.point_at("issued user.alice");
    assert_eq!(browser.texts(MARKED), alice);
    let edges = "document.querySelectorAll('#graph .edge.on').length";
    assert_eq!(browser.value(edges), 2);

    browser.point_at("gone node.worker01");
    let worker = [
        "plan: gone node.worker01",
        "certificates: removed node.worker01/kube-proxy-client, node.worker01/kubelet-serving",
        "trees: gone worker01",
        "services: stop kube-proxy.service, kubelet.service",
    ];
    assert_eq!(browser.texts(MARKED), worker);

    // The names that the API server answers to are the VIP's doing, and where everybody dials.
    browser.point_at("changed vip.api");
    let served = "kube-apiserver-serving";
    let certificates = format!(
        "certificates: reissued node.master01/{served}, node.master02/{served}, node.master03/{served}"
    );
    let vip = [
        "plan: changed vip.api",
        &certificates,
        "trees: changed master01, master02, master03",
        "trees: changed worker02",
        "trees: changed users/admin",
        "trees: changed users/super-admin",
        "services: reload keepalived.service",
        "services: restart kube-proxy.service, kubelet.service",
    ];
    assert_eq!(browser.texts(MARKED), vip);

    // Of the masters' services those that hear of the new one, and all of its own.
    browser.point_at("new node.master04");
    let marked = browser.texts(MARKED);
    let anew: Vec<&String> = marked.iter().filter(|known| known.starts_with("services: re")).collect();
    let expected = ["reload haproxy.service", "reload keepalived.service", "restart kube-apiserver.service"];
    assert_eq!(anew, expected.map(|service| format!("services: {service}")).iter().collect::<Vec<_>>());

    // Nobody points any more.
    browser.point(0.0, 0.0);
    assert!(browser.texts(MARKED).is_empty());
}

/// The same without a mouse.
#[test]
fn keys_are_enough() {
    let mut browser = opened();
    browser.value("document.querySelector('.scrolling').focus()");
    browser.press("Tab");
    assert!(browser.value("document.activeElement.classList.contains('box')").as_bool().unwrap());
    let marked = browser.texts(MARKED);
    assert!(marked.len() > 2, "{marked:?}");
    // Enter holds it, wherever the mouse goes.
    browser.press("Enter");
    browser.point_at("new user.alice");
    browser.point(0.0, 0.0);
    assert_eq!(browser.texts(MARKED), marked);
    assert_eq!(browser.value("document.querySelectorAll('#graph [aria-pressed=true]').length"), 1);
    browser.press("Escape");
    assert!(browser.texts(MARKED).is_empty());
    assert_eq!(
        browser.value("document.querySelectorAll('#graph .box:not([tabindex=\"0\"][role=button])').length"),
        0
    );
    browser.value("document.querySelector('#unfold').click()");
    assert_eq!(browser.value("document.querySelectorAll('#files details:not([open])').length"), 0);
    let headings =
        browser.texts("[...document.querySelectorAll('h2')].map((heading) => heading.textContent)");
    let expected = ["Risks", "Plan", "Rollout", "Causes", "Certificates", "Files"];
    assert_eq!(headings, expected);
}

/// Contrast of every text that stands on its own, by the formula of WCAG 2.
const CONTRASTS: &str = "(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255);
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (of) => {
    for (let at = of; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/, 0\\)$/.test(backgroundColor)) return backgroundColor;
    }
  };
  const own = (of) => [...of.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  return [...document.querySelectorAll('main *:not(title)')].filter(own).map((of) => {
    const inked = getComputedStyle(of)[of.ownerSVGElement ? 'fill' : 'color'];
    const box = of.closest('.box');
    const paper = box ? getComputedStyle(box.querySelector('rect')).fill : behind(of);
    const [a, b] = [light(inked), light(paper)];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), of.textContent.slice(0, 40), inked, paper];
  });
})()";

#[test]
fn it_can_be_read_by_day_and_by_night_and_on_a_phone() {
    let mut browser = opened();
    let mut papers = BTreeSet::new();
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        papers.insert(browser.value("getComputedStyle(document.body).backgroundColor").to_string());
        browser.picture(&format!("page-{scheme}"));
        let contrasts = browser.value(CONTRASTS);
        let contrasts = contrasts.as_array().unwrap();
        assert!(contrasts.len() > 100);
        for text in contrasts {
            assert!(text[0].as_f64().unwrap() >= 4.5, "{scheme}: {text}");
        }
    }
    assert_eq!(papers.len(), 2, "{papers:?}");
    for width in [1300, 768, 360] {
        browser.window(width, 800);
        let widths =
            browser.value("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
        assert_eq!(widths[0], widths[1], "at {width}");
        browser.picture(&format!("page-{width}"));
        // Nothing is lost at the edge, but for the drawing, which scrolls by itself.
        let lost = browser.texts(
            "[...document.querySelectorAll('main *')].filter((of) => !of.closest('.scrolling, thead') && \
             of.getBoundingClientRect().right > document.documentElement.clientWidth).map((of) => of.outerHTML)",
        );
        assert!(lost.is_empty(), "at {width}: {lost:#?}");
    }
    let scrolls = browser.value(
        "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector('.scrolling'))",
    );
    assert_eq!(scrolls, true);
}
