//! The catalog's language.

use pkiplan::expression::{Engine, Record, Schema, Value, list, text, texts, to_json, to_text};

/// Compiles a text and evaluates it among a few values of every kind.
pub(super) fn expression(input: &[u8]) {
    let source = String::from_utf8_lossy(input);
    let schema = Schema::default()
        .with("node", ["name", "addresses", "index"])
        .with("cluster", ["name", "version", "service_cidrs"])
        .with_open("setting")
        .with_open("peers");
    let node = |name: &str| {
        let record = Record::new().with("name", text(name)).with("index", 7);
        record.with("addresses", texts(["10.0.0.1", "fd00::1"])).build()
    };
    let cluster = Record::new().with("name", text("a")).with("version", text("1.36.2"));
    let setting = Record::new().with("port", 6443).with("on", true).with("none", Value::from(()));
    let scope = Record::new()
        .with("node", node("m1"))
        .with("cluster", cluster.with("service_cidrs", texts(["10.96.0.0/16"])).build())
        .with("setting", setting.build())
        .with("peers", list([node("m2"), node("m3")]))
        .build();
    let engine = Engine::new();
    for compiled in
        [engine.compile(&source, &schema), engine.condition(&source, &schema)].into_iter().flatten()
    {
        if let Ok(value) = engine.evaluate(&compiled, &scope) {
            let _ = (to_text(&value), to_json(&value));
        }
    }
}
