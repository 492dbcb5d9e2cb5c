//! A real Chromium without a window and without network, led through its DevTools protocol.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Seconds after which it is taken for dead.
const PATIENCE: &str = "180";

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    commands: File,
    answers: BufReader<File>,
    session: Option<String>,
    said: u64,
    /// What happened, in order.
    pub(crate) events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Opens a file, in a window of a desk.
    pub(crate) fn open(page: &Path) -> Self {
        let mut browser = Self::started();
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.window(1300, 900);
        browser.call("Page.navigate", json!({ "url": format!("file://{}", page.display()) }));
        browser.wait("Page.loadEventFired");
        browser
    }

    fn started() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let (to, from) = (profile.path().join("to"), profile.path().join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status().unwrap();
        assert!(made.success());
        // Root may run it only without a sandbox. No name leads anywhere.
        let script = format!(
            "exec timeout -k 5 {PATIENCE} chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
             --no-first-run --disable-extensions --disable-background-networking --disable-component-update \
             --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir=\"$0\" --remote-debugging-pipe 3<\"$1\" 4>\"$2\""
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(profile.path()).args([&to, &from]).env("HOME", profile.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let commands = OpenOptions::new().write(true).open(&to).unwrap();
        let answers = BufReader::new(File::open(&from).unwrap());
        Self { child, commands, answers, session: None, said: 0, events: Vec::new(), _profile: profile }
    }

    /// What a method answers.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.said += 1;
        let mut message = json!({ "id": self.said, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.commands
            .write_all(format!("{message}\0").as_bytes())
            .expect("this test needs chromium: tests/install");
        loop {
            let mut answer = self.next();
            if answer["id"] == self.said {
                assert!(answer["error"].is_null(), "{method}: {answer:#}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    fn wait(&mut self, event: &str) {
        while !self.events.iter().any(|known| known["method"] == event) {
            let next = self.next();
            self.events.push(next);
        }
    }

    fn next(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.answers.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "chromium says nothing; is it installed? (tests/install)");
        serde_json::from_slice(&bytes).unwrap()
    }

    /// What an expression of JavaScript is.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer:#}");
        answer["result"]["value"].take()
    }

    /// The same, of what is a list of texts.
    pub(crate) fn texts(&mut self, expression: &str) -> Vec<String> {
        let value = self.value(expression);
        serde_json::from_value(value).unwrap()
    }

    /// The size of the window.
    pub(crate) fn window(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// `light` or `dark`, as the reader's desk is.
    pub(crate) fn scheme(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Moves the mouse.
    pub(crate) fn point(&mut self, x: f64, y: f64) {
        self.call("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y }));
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let code = match key {
                "Tab" => 9,
                "Enter" => 13,
                _ => 27,
            };
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Leaves the whole page as a picture below `target/tmp`, for people to look at.
    pub(crate) fn picture(&mut self, name: &str) {
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].take();
        let whole = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let taken =
            self.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": whole }));
        let bytes = Base64::decode_vec(taken["data"].as_str().unwrap()).unwrap();
        std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png")), bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends when nobody leads it any more; what it says last is of no use.
        let _ = self.commands.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let _ = self.child.wait();
    }
}
