//! Tests of the expression language and of its limits.

use super::{Engine, Failure, FailureKind, Record, Schema, Value, items, texts, to_text};

fn schema() -> Schema {
    Schema::default().with("node", ["name", "addresses"])
}

fn scope() -> Value {
    let node = Record::new().with("name", "m1").with("addresses", texts(["10.0.0.1", "fd00::1"])).build();
    Record::new().with("node", node).build()
}

#[test]
fn values_keep_their_type_and_texts_are_texts() {
    let engine = Engine::new();
    let list = engine.compile("{{ node.addresses }}", &schema()).unwrap();
    assert_eq!(items(&engine.evaluate(&list, &scope()).unwrap()).len(), 2);
    let sum = engine.compile("{{ [node.name] + node.addresses }}", &schema()).unwrap();
    assert_eq!(to_text(&engine.evaluate(&sum, &scope()).unwrap()), "m1,10.0.0.1,fd00::1");
    let text = engine.compile("system:node:{{ node.name }}", &schema()).unwrap();
    assert_eq!(to_text(&engine.evaluate(&text, &scope()).unwrap()), "system:node:m1");
}

#[test]
fn misspelt_names_are_found_before_evaluation() {
    let engine = Engine::new();
    let failure = engine.compile("{{ node.nmae }}", &schema()).unwrap_err();
    assert_eq!(failure.message, "`node` has no field `nmae`");
    assert_eq!(failure.help.as_deref(), Some("did you mean `name`?"));
    assert_eq!(failure.range, Some(3..12));
    assert!(engine.compile("{{ node.name", &schema()).is_err());
    assert!(engine.condition("nodes.name == 'x'", &schema()).is_err());
}

#[test]
fn undefined_results_are_errors() {
    let engine = Engine::new();
    let beyond = engine.compile("{{ node.addresses[7] }}", &schema()).unwrap();
    let failure = engine.evaluate(&beyond, &scope()).unwrap_err();
    assert_eq!(
        (failure.message.as_str(), failure.range),
        ("`node.addresses[7]` is undefined here", Some(3..20))
    );
}

fn value(source: &str) -> String {
    let engine = Engine::new();
    let compiled = engine.compile(source, &schema()).unwrap();
    engine.evaluate(&compiled, &scope()).unwrap().to_string()
}

/// What is wrong with a text, when it is compiled or evaluated.
fn failure(source: &str) -> Failure {
    let engine = Engine::new();
    let evaluated = engine.compile(source, &schema()).map(|compiled| engine.evaluate(&compiled, &scope()));
    evaluated.flatten().unwrap_err()
}

/// Where it differs, it is for what programs read: in a text, booleans are `true` and lists are joined by commas; keys are
/// sorted, and `range` is a list.
#[test]
fn the_language_is_that_of_jinja() {
    for (source, wanted) in [
        ("{{ 7 // 2 * 2 + 7 % 3 - -2 ** 2 }}", "3"),
        ("{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 2 ** -1 }}", "-4 2 3.5 2.0 0.5"),
        ("{{ 'a' ~ 1 ~ [1, 'b'] ~ true ~ none }}", "a1[1, 'b']TrueNone"),
        ("{{ [1, 2] + [3] }}", "[1, 2, 3]"),
        ("{{ {'b': 1, 'a': [2]} }}", "{'a': [2], 'b': 1}"),
        ("{{ 'ab' * 2 }}{{ [1] * 2 }}", "abab1,1"),
        (
            "{{ 1 < 2 <= 2 != 3 }} {{ 1 < 2 > 2 }} {{ not 'a' in 'abc' }} {{ 2 not in [1] }}",
            "true false false true",
        ),
        ("{{ 'yes' if node.name else 'no' }}{{ [] or 'none' }}{{ 1 and 2 }}", "yesnone2"),
        (
            "{{ node.addresses[-1] }} {{ node['name'] }} {{ node.addresses[0:1] }} {{ 'abc'[::-1] }}",
            "fd00::1 m1 10.0.0.1 cba",
        ),
        ("{{ node.addresses | join(', ') | upper }}", "10.0.0.1, FD00::1"),
        ("{{ ['b', 'A', 'b'] | unique | sort | join(' ') }}", "A b"),
        ("{{ [1, 3, 2] | sort(reverse=true) }}", "[3, 2, 1]"),
        ("{{ node.addresses[5] | default('none') }}", "none"),
        ("{{ node.name is defined and node.addresses[7] is not defined and none is none }}", "True"),
        ("{{ '1.27.1' is since('1.27') }} {{ '1.9' is since '1.27' }}", "true false"),
        ("{{ range(3) }} {{ range(1, 3) }} {{ range(5, 0, -2) }}", "0,1,2 1,2 5,3,1"),
        (
            "{% for a in node.addresses if a != 'x' %}{{ loop.index }}{{ a }}{% if not loop.last %},{% endif %}{% endfor %}",
            "110.0.0.1,2fd00::1",
        ),
        ("{% for a in [] %}x{% else %}none{% endfor %}", "none"),
        ("{% for a, b in [[1, 2], [3, 4]] %}{{ b }}{{ a }}{% endfor %}", "2143"),
        ("{% for k in {'a': 1} %}{{ k }}{% endfor %}{% for c in 'ab' %}{{ c }}.{% endfor %}", "aa.b."),
        ("{% set x = 1 %}{% for a in [1, 2] %}{{ x }}{% set x = x + a %}{% endfor %}{{ x }}", "121"),
        ("{% set x %}a{{ 1 }}{% endset %}{% with y = x %}{{ y ~ x }}{% endwith %}", "a1a1"),
        ("{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12"),
        ("{% if false %}a{% elif node.name == 'm1' %}b{% else %}c{% endif %}\n", "b"),
    ] {
        assert_eq!(value(source), wanted, "{source}");
    }
}

#[test]
fn what_takes_too_much_is_an_error_at_its_place() {
    let chain = |first: &str, sign: &str, count: usize| format!("{{{{ {first}{} }}}}", sign.repeat(count));
    let around = |open: &str, close: &str, count: usize| {
        format!("{{{{ {}1{} }}}}", open.repeat(count), close.repeat(count))
    };
    for source in [
        chain("1", "+1", 50_000),
        chain("1", " and 1", 50_000),
        chain("1", "~1", 50_000),
        chain("1", " < 1", 50_000),
        chain("node", ".a", 50_000),
        chain("node", "[0]", 50_000),
        chain("1", "|int", 50_000),
        chain("1", "+1", 400),
        around("not ", "", 50_000),
        around("-", "", 50_000),
        around("1 if 1 else ", "", 50_000),
        around("(", ")", 50_000),
        around("[", "]", 50_000),
        around("{1:", "}", 50_000),
        around("[", "]", 120),
        around("range(", ")", 50_000),
        format!("{}{}", "{% if 1 %}".repeat(3000), "{% endif %}".repeat(3000)),
        format!("{}{}", "{% for a in [1] %}".repeat(120), "{% endfor %}".repeat(120)),
        format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(50_000)),
    ] {
        let failure = failure(&source);
        assert!(failure.range.is_some(), "{}: {failure:?}", &source[..30]);
    }
    let doubled = |first: &str, twice: &str, last: &str| {
        format!("{{% set s = {first} %}}{}{{{{ {last} }}}}", format!("{{% set s = {twice} %}}").repeat(60))
    };
    for source in [
        doubled("'x'", "s ~ s", "s"),
        doubled("'x'", "s + s", "s | length"),
        doubled("[1]", "s + s", "s | length"),
        doubled("[1]", "[s, s]", "s"),
        doubled("[1]", "[s, s]", "s == s"),
        doubled("[1]", "[s, s]", "s | yaml"),
        doubled("{'a': 1}", "{'a': s, 'b': s}", "s"),
        doubled("'x'", "s * 2", "s | length"),
        doubled("'aa'", "s | replace('a', s)", "s | length"),
        doubled("'aa'", "s | replace('', s)", "s | length"),
        doubled("['a']", "[s | join('aa'), s | join('aa')]", "s | length"),
        doubled("'x'", "[s, s] | join", "s | length"),
        "{{ 'x' * 100000000 }}".to_owned(),
        "{{ 'x' * 9223372036854775807 }}".to_owned(),
        "{{ [1] * 100000000 }}".to_owned(),
        "{{ range(1000000000) }}".to_owned(),
        "{{ range(0, 9223372036854775807, 9223372036854775806) * 9000000 }}".to_owned(),
        "{{ 9 ** 9 ** 9 }}".to_owned(),
        "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}".to_owned(),
        format!("{{% for a in range(100000) %}}{}{{% endfor %}}", "x".repeat(1000)),
        "{% set s = [] %}{% for a in range(100000) %}{% set s = [s] %}{% endfor %}{{ s }}".to_owned(),
        "{% set s %}{% for a in range(100000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endset %}{{ 1 }}".to_owned(),
    ] {
        let failure = failure(&source);
        let known = failure.kind == FailureKind::TooMuch || source.contains("**");
        assert!(known && failure.range.is_some(), "{}: {failure:?}", &source[..30]);
    }
}

#[test]
fn all_texts_together_are_bounded_too() {
    let engine = Engine::new();
    let heavy = engine.compile("{% for a in range(100000) %}{% endfor %}x", &schema()).unwrap();
    let failures = (0..1000).filter_map(|_| engine.evaluate(&heavy, &scope()).err());
    assert!(failures.count() > 900);
    assert_eq!(engine.evaluate(&heavy, &scope()).unwrap_err().kind, FailureKind::AllTooMuch);
    let light = engine.compile("{{ node.name }}", &schema()).unwrap();
    assert!(engine.evaluate(&light, &scope()).is_ok());
}

#[test]
fn what_the_language_does_not_have_is_said_when_it_is_compiled() {
    for (source, message) in [
        ("{{ node | tojson }}", "there is no filter `tojson`"),
        ("{{ 1 is odd }}", "there is no test `odd`"),
        ("{{ node.name.upper() }}", "a value is not a function"),
        // Jinja prints nothing for what is undefined.
        ("{% set a, b = 1, 2 %}{{ a }}{{ b }}{{ loop }}", "there is no `loop` here"),
        ("{% for a in [1] %}{% endfor %}{{ loop.index }}", "there is no `loop` here"),
        ("{{ dict() }}", "there is no function `dict`"),
        ("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}", "a loop cannot be recursive here"),
        ("{% for a in [1] %}{{ loop.cycle() }}{% endfor %}", "a value is not a function"),
        ("{% filter upper %}a{% endfilter %}", "`filter` is not supported here"),
        ("{% set node.name = 1 %}", "only names can be set"),
    ] {
        assert_eq!(failure(source).message, message, "{source}");
    }
}

#[test]
fn calculations_have_no_value_where_it_does_not_fit() {
    for source in [
        "{{ 1 / 0 }}",
        "{{ 1 // 0 }}",
        "{{ 1 % 0 }}",
        "{{ (-9223372036854775807 - 1) // -1 }}",
        "{{ 9223372036854775807 + 1 }}",
        "{{ -(-9223372036854775807 - 1) }}",
        "{{ 1.0 / 0.0 }}",
        "{{ 'a' - 1 }}",
        "{{ [1] + 1 }}",
        "{{ 2 ** 64 }}",
        "{{ -'a' }}",
        "{{ 'abc'[::0] }}",
        "{{ range() }}",
        "{{ range('a') }}",
        "{{ 'a' is since('b') }}",
        "{{ none.x }}",
        "{% for a in none %}{% endfor %}{{ 1 }}",
    ] {
        assert!(failure(source).range.is_some(), "{source}");
    }
}
