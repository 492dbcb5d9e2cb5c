//! `verify --format html` in a real browser: hosts, lines, broken ones red, and a slider over time.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::browser::Browser;
use crate::support::secrecy::Secrets;
use crate::support::{AT, Lab};

/// Trees in which one API server has lost the authority of the store.
static BROKEN: LazyLock<Lab> = LazyLock::new(|| {
    let lab = Lab::built("ha");
    let pki = "cluster.trees/hosts/master02/etc/kubernetes/pki";
    lab.write(&format!("{pki}/etcd/ca.crt"), &lab.read(&format!("{pki}/ca.crt")));
    lab
});

fn report(form: &str) -> String {
    let arguments = ["verify", "cluster.toml", "--trees", "cluster.trees", "--at", AT, "--format", form];
    let run = BROKEN.run(&arguments);
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{run:#?}");
    run.out
}

fn opened() -> Browser {
    let lab = Lab::empty();
    lab.write("page.html", &report("html"));
    Browser::open(&lab.path("page.html"))
}

fn json_report() -> Value {
    serde_json::from_str(&report("json")).unwrap()
}

const COLOURS: &str = "[...document.querySelectorAll('#hosts .line')].map((line) => [\
    line.classList.contains('broken') ? 'broken' : 'whole', getComputedStyle(line).stroke, \
    line.querySelector('title').textContent.split('\\n')[0]])";

/// Each host is drawn, each line has two of them, and the broken ones are red.
#[test]
fn hosts_are_drawn_and_broken_lines_are_red() {
    let mut browser = opened();
    browser.picture("proof");
    let hosts =
        browser.texts("[...document.querySelectorAll('#hosts .host text')].map((text) => text.textContent)");
    let mut sorted = hosts.clone();
    sorted.sort();
    assert_eq!(sorted, ["master01", "master02", "master03", "node01", "node02", "people"]);
    let lines: Vec<[String; 3]> = serde_json::from_value(browser.value(COLOURS)).unwrap();
    assert!(lines.len() > 15, "{lines:?}");
    let broken: Vec<&[String; 3]> = lines.iter().filter(|line| line[0] == "broken").collect();
    let mut titles: Vec<&str> = broken.iter().map(|line| line[2].split(':').next().unwrap()).collect();
    titles.sort_unstable();
    // The API server of one host and the members of the store, and its own clients beside it.
    let report = json_report();
    let ends = report["not_proven"].as_array().unwrap().iter();
    let host = |end: &Value| end["host"].as_str().unwrap_or("people").to_owned();
    let mut expected: Vec<String> =
        ends.map(|one| format!("{} to {}", host(&one["client"]), host(&one["server"]))).collect();
    expected.sort();
    expected.dedup();
    assert_eq!(titles, expected);
    assert!(titles.len() >= 3 && titles.len() < lines.len() / 2, "{titles:?}");
    assert!(broken.iter().all(|line| line[1] == "rgb(198, 40, 40)"), "{broken:?}");
    assert!(
        lines.iter().filter(|line| line[0] == "whole").all(|line| line[1] == "rgb(143, 163, 184)"),
        "{lines:?}"
    );
    browser.scheme("dark");
    let dark: Vec<[String; 3]> = serde_json::from_value(browser.value(COLOURS)).unwrap();
    assert!(dark.iter().all(|line| (line[0] == "broken") == (line[1] == "rgb(255, 107, 107)")), "{dark:?}");
    // All of it is seen: no host lies beyond the drawing.
    let outside = "(() => { const all = document.querySelector('#hosts').getBoundingClientRect(); \
        return [...document.querySelectorAll('#hosts .host')].filter((host) => { const one = host.getBoundingClientRect(); \
        return one.left < all.left || one.right > all.right || one.top < all.top || one.bottom > all.bottom; }).length; })()";
    assert_eq!(browser.value(outside), 0);
}

/// What is wrong stands below the drawing, each finding with its ends, and the numbers are those of the other forms.
#[test]
fn what_is_wrong_can_be_read() {
    let (mut browser, report) = (opened(), json_report());
    assert_eq!(browser.value("document.title"), "cluster.toml: connections");
    let seen = browser.value("document.body.innerText");
    let seen = seen.as_str().unwrap();
    for finding in report["findings"].as_array().unwrap() {
        for word in [&finding["code"], &finding["message"], &finding["subject"]["host"]] {
            let word = word.as_str().unwrap();
            assert!(seen.contains(word), "{word} is not to be seen:\n{seen}");
        }
    }
    let broken = report["not_proven"].as_array().unwrap().len();
    assert!(seen.contains(&format!("{broken} broken")), "{seen}");
    let rows = browser.value("document.querySelectorAll('table tr').length").as_u64().unwrap();
    assert_eq!(rows, 1 + report["matrix"].as_array().unwrap().len() as u64);
}

const ENDED: &str = "document.querySelectorAll('#hosts .line.ended').length";

/// Dragging the slider to the right shows what ends.
#[test]
fn the_slider_goes_through_time() {
    let mut browser = opened();
    assert_eq!(browser.value(ENDED), 0);
    let now = browser.value("document.getElementById('now').textContent");
    assert_eq!(now, AT);
    let place = "(() => { const { left, top, width, height } = document.getElementById('time').getBoundingClientRect(); \
        return [left, top + height / 2, width]; })()";
    let [left, middle, width]: [f64; 3] = serde_json::from_value(browser.value(place)).unwrap();
    let mut press = |x: f64| {
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": middle, "button": "left", "clickCount": 1 });
            browser.call("Input.dispatchMouseEvent", event);
        }
        let shown =
            "[document.getElementById('now').textContent, document.getElementById('ended').textContent]";
        let [now, ended]: [String; 2] = serde_json::from_value(browser.value(shown)).unwrap();
        (browser.value(ENDED).as_u64().unwrap(), now, ended)
    };
    let (half, during, text) = press(left + width / 2.0);
    assert_eq!((half, text.as_str()), (0, ""));
    assert!(during.as_str() > AT, "{during}");
    let (all, after, text) = press(left + width - 2.0);
    assert!(all > 10, "{all}");
    assert!(after > during, "{after}");
    assert!(text.starts_with(&format!("{all} of ")), "{text}");
    let until = json_report()["until"].as_str().unwrap().to_owned();
    assert!(until > during && until < after, "{during} {until} {after}");
    let (back, begin, _) = press(left + 1.0);
    assert_eq!((back, begin.get(..10)), (0, AT.get(..10)));
}

/// One file is all that it takes, nothing goes wrong in it, and nothing private is in it.
#[test]
fn nothing_is_asked_for_complained_of_or_given_away() {
    let mut browser = opened();
    browser.value("document.getElementById('time').dispatchEvent(new Event('input'))");
    let of = |browser: &Browser, methods: &[&str]| -> Vec<Value> {
        let events = browser.events.iter().filter(|event| methods.iter().any(|one| event["method"] == *one));
        events.cloned().collect()
    };
    let asked = of(&browser, &["Network.requestWillBeSent"]);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0]["params"]["request"]["url"].as_str().unwrap().starts_with("file:///"), "{asked:?}");
    let said = of(&browser, &["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"]);
    assert_eq!(said, Vec::<Value>::new());
    let secrets = Secrets::below(&BROKEN.path("."));
    assert!(secrets.keys() > 20);
    assert_eq!(secrets.found_in(&report("html")), None);
}

/// A plan with names that would be something else in a page.
#[test]
fn names_are_text() {
    let lab = Lab::bare("single");
    lab.append(
        "\n[user.mallory]\ncommon-name = \"<script>alert(1)</script>\"\norganizations = [\"<img src=x>\"]\n",
    );
    let run = lab.run(&["verify", "cluster.toml", "--at", AT, "--fix", "--format", "html"]);
    lab.write("page.html", &run.out);
    let mut browser = Browser::open(&lab.path("page.html"));
    assert_eq!(browser.value("document.querySelectorAll('script').length"), 1);
    assert_eq!(browser.value("document.querySelectorAll('img, b, iframe').length"), 0);
}
