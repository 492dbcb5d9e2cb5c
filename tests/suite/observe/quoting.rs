//! What our own filters quote is read back as it was.

use pkiplan::expression::{Engine, Record, Schema, Value, to_text};
use pkiplan::host::Memory;
use pkiplan::observe;

use crate::support::chains::Random;

const CHARACTERS: &[char] = &[
    'a',
    'b',
    '=',
    '-',
    ' ',
    '"',
    '\'',
    '\\',
    '$',
    '%',
    '{',
    '}',
    '#',
    ';',
    '`',
    '*',
    '?',
    '[',
    '~',
    '!',
    '@',
    ':',
    ',',
    'é',
    '\u{1f511}',
    '|',
    '&',
    '<',
    '(',
    'n',
    'x',
    '4',
    '1',
];

fn words(random: &mut Random) -> Vec<String> {
    let one = |random: &mut Random| {
        (0..random.below(12)).map(|_| CHARACTERS[random.below(CHARACTERS.len())]).collect::<String>()
    };
    (0..random.below(6)).map(|_| one(random)).collect()
}

fn quoted(word: &str, filter: &str) -> String {
    let engine = Engine::new();
    let schema = Schema::default().with("node", ["name"]);
    let compiled = engine.compile(&format!("{{{{ node.name | {filter} }}}}"), &schema).unwrap();
    let node = Record::new().with("name", Value::from(word)).build();
    to_text(&engine.evaluate(&compiled, &Record::new().with("node", node).build()).unwrap())
}

fn read(host: &Memory) -> Vec<String> {
    let (commands, unread) = observe::units(host);
    assert_eq!(unread, []);
    assert_eq!(commands.len(), 1);
    commands[0].words.iter().map(|word| word.known().unwrap().to_owned()).collect()
}

#[test]
fn words_of_units_are_read_back() {
    let mut random = Random(1);
    for _ in 0..3000 {
        let words = words(&mut random);
        let line: Vec<String> =
            words.iter().map(|word| format!(" \\\n    {}", quoted(word, "systemd"))).collect();
        let text = format!("[Service]\nExecStart=/usr/bin/program{}\n", line.concat());
        assert_eq!(read(&Memory::default().with("/etc/systemd/system/x.service", &text)), words, "{text}");
    }
}

#[test]
fn words_of_variables_are_read_back() {
    let mut random = Random(2);
    for _ in 0..3000 {
        let words = words(&mut random);
        let quoted: Vec<String> = words.iter().map(|word| quoted(word, "environment")).collect();
        let file = format!("# of a test\nWORDS=\"{}\"\n", quoted.join(" \\\n"));
        let unit = "[Service]\nEnvironmentFile=/etc/default/x\nExecStart=/usr/bin/program $WORDS\n";
        let host =
            Memory::default().with("/etc/systemd/system/x.service", unit).with("/etc/default/x", &file);
        assert_eq!(read(&host), words, "{file}");
    }
}
