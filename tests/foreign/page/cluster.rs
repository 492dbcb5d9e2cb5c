//! `report`, opened in a real browser: what is there is found, and nothing else happens.

use std::sync::LazyLock;

use super::browser::Browser;
use crate::support::secrecy::Secrets;
use crate::support::{AT, Lab};

/// Names that would be something else in a page, if they were not text.
const USER: &str = r#"
[user.alice]
common-name = "</script><script>alert(1)</script>"
organizations = ["<b>&\"'ops"]
"#;

static BUILT: LazyLock<Lab> = LazyLock::new(|| {
    let lab = Lab::of("ha");
    lab.append(USER);
    lab.build();
    lab
});

fn opened(lab: &Lab) -> Browser {
    let run = lab.run(&["report", "cluster.toml", "--at", AT, "--output", "report.html"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""), "{run:#?}");
    Browser::open(&lab.path("report.html"))
}

/// Types into a field, and waits for the list below it.
fn typed(browser: &mut Browser, of: &str, text: &str) {
    let count = format!("document.getElementById('{of}-count').textContent");
    browser.value(&format!("document.getElementById('{of}-count').textContent = 'soon'"));
    browser.value(&format!(
        "(() => {{ const field = document.getElementById('{of}-search'); field.value = {text:?}; field.dispatchEvent(new Event('input')); }})()"
    ));
    let begun = std::time::Instant::now();
    while browser.value(&count) == "soon" {
        assert!(begun.elapsed().as_secs() < 60, "nothing is searched");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// No script failed, and nothing was logged.
fn says_nothing(browser: &Browser) {
    let of_failures = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
    let said: Vec<_> = browser
        .events
        .iter()
        .filter(|event| of_failures.contains(&event["method"].as_str().unwrap_or_default()))
        .collect();
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn what_the_plan_has_is_there() {
    let mut browser = opened(&BUILT);
    browser.picture("report");
    let seen = browser.value("document.body.innerText");
    let seen = seen.as_str().unwrap();
    for word in [
        "VIP api",
        "master01",
        "control-plane, etcd",
        "kubernetes",
        "front-proxy",
        "trusted by",
        "what breaks then",
    ] {
        assert!(seen.contains(word), "{word}: {seen}");
    }
    assert!(browser.value("document.querySelectorAll('#map .box').length").as_u64().unwrap() >= 3);
    assert!(browser.value("document.querySelectorAll('#map path').length").as_u64().unwrap() > 3);
    // A host shows its files and the words of its certificates.
    browser.value("document.querySelector('#host-list .item').open = true");
    while browser.value("document.querySelector('#host-list .item').children.length") == 1 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let host = browser.value("document.querySelector('#host-list .item').innerText");
    let host = host.as_str().unwrap();
    for word in [
        "/etc/kubernetes/pki/apiserver.crt",
        "node.master01/kube-apiserver-serving",
        "CN=kube-apiserver",
        "IP:10.111.0.101",
    ] {
        assert!(host.contains(word), "{word}: {host}");
    }
    // Holes are filled.
    assert!(!host.contains("{n}") && !host.contains("{0}"), "{host}");
}

#[test]
fn search_finds_hosts_and_certificates() {
    let mut browser = opened(&BUILT);
    typed(&mut browser, "host", "node01");
    assert_eq!(
        browser.texts("[...document.querySelectorAll('#host-list .id')].map((one) => one.innerText)"),
        ["node01"]
    );
    typed(&mut browser, "host", "etcd");
    let masters =
        browser.texts("[...document.querySelectorAll('#host-list .id')].map((one) => one.innerText)");
    assert_eq!(masters, ["master01", "master02", "master03"]);
    typed(&mut browser, "certificate", "system:node:master02");
    let found =
        browser.texts("[...document.querySelectorAll('#certificate-list .id')].map((one) => one.innerText)");
    assert!(found.iter().any(|id| id == "node.master02/kubelet-client") && found.len() < 5, "{found:?}");
    typed(&mut browser, "host", "nothing-has-this");
    assert_eq!(browser.value("document.querySelectorAll('#host-list .item').length"), 0);
    // A box of the drawing leaves its own connections alone.
    browser.value("document.querySelector('#map .box').dispatchEvent(new Event('click'))");
    assert_eq!(browser.value("document.querySelector('#map').classList.contains('chosen')"), true);
}

#[test]
fn names_are_text_nothing_is_asked_for_and_nothing_is_secret() {
    let mut browser = opened(&BUILT);
    typed(&mut browser, "certificate", "alert");
    let found = browser.value("document.querySelector('#certificate-list').innerText");
    // As RFC 4514 writes a subject.
    assert!(found.as_str().unwrap().contains(r"\</script\>\<script\>alert(1)\</script\>"), "{found}");
    assert_eq!(browser.value("document.querySelectorAll('script').length"), 2);
    assert_eq!(browser.value("document.querySelectorAll('img, link, iframe').length"), 0);
    let asked: Vec<&str> = browser
        .events
        .iter()
        .filter(|event| event["method"] == "Network.requestWillBeSent")
        .map(|event| event["params"]["request"]["url"].as_str().unwrap())
        .collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    says_nothing(&browser);
    let secrets = Secrets::below(&BUILT.path("."));
    assert!(secrets.keys() > 20);
    assert_eq!(secrets.found_in(&BUILT.read("report.html")), None);
}

/// Ten thousand hosts are one page of a bounded size, in which one is found.
#[test]
fn ten_thousand_hosts_are_one_page() {
    let lab = Lab::bare("ten-thousand");
    let mut browser = opened(&lab);
    browser.picture("report-ten-thousand");
    let size = lab.read("report.html").len();
    assert!(size < 4 << 20, "{size} bytes");
    typed(&mut browser, "host", "worker-9876");
    assert_eq!(
        browser.texts("[...document.querySelectorAll('#host-list .id')].map((one) => one.innerText)"),
        ["worker-9876"]
    );
    assert!(browser.value("document.querySelectorAll('*').length").as_u64().unwrap() < 20_000);
}

#[test]
fn a_plan_without_hosts_has_no_drawing() {
    let lab = Lab::written(
        "format = 1\n[authority.own]\n[certificate.one]\nauthority = \"own\"\nusage = \"client\"\ncommon-name = \"one\"\n",
    );
    let mut browser = opened(&lab);
    assert_eq!(browser.value("document.querySelector('#map').getClientRects().length"), 0);
    typed(&mut browser, "certificate", "certificate.one");
    assert_eq!(browser.value("document.querySelectorAll('#certificate-list .item').length"), 1);
    says_nothing(&browser);
}
