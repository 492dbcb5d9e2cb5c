//! Static pods.

use pkiplan::host::Memory;
use pkiplan::observe::{self, Command, Located, Runner, Unread};

const MANIFEST: &str = r#"apiVersion: v1
kind: Pod
metadata:
  name: server
  namespace: kube-system
spec:
  hostNetwork: true
  securityContext: {runAsUser: 1001}
  initContainers:
  - name: before
    image: example.com/before:1
  containers:
  - name: main
    image: example.com/main:1
    command: [main, "--config=/config/main.yaml"]
    args:
    - --name=$(NAME)
    - --address=$(ADDRESS):1
    - $$(NAME)
    env:
    - {name: NAME, value: one}
    - name: ADDRESS
      valueFrom: {fieldRef: {fieldPath: status.podIP}}
    livenessProbe:
      httpGet: {host: 127.0.0.1, path: /livez, port: probe, scheme: HTTPS}
    startupProbe: {tcpSocket: {port: 10259}}
    ports: [{name: probe, containerPort: 6443}]
    volumeMounts:
    - {name: config, mountPath: /config, readOnly: true}
    - {name: config, mountPath: /config/inner, subPath: deep/er}
    - {name: scratch, mountPath: /scratch}
  volumes:
  - name: config
    hostPath: {path: /etc/main/, type: Directory}
  - {name: scratch, emptyDir: {}}
"#;

fn read(text: &str) -> (Vec<Command>, Vec<Unread>) {
    observe::pods(&Memory::default().with("/m/server.yaml", text), "/m")
}

#[test]
fn containers_have_words_variables_and_probes() {
    let (commands, unread) = read(MANIFEST);
    assert_eq!((commands.len(), unread), (2, vec![]));
    let main = &commands[1];
    let Runner::Pod { namespace, name, container, image, host_network, init, .. } = &main.runner else {
        panic!("it is a pod")
    };
    assert_eq!(
        [&**namespace, &**name, &**container, &**image],
        ["kube-system", "server", "main", "example.com/main:1"]
    );
    assert!(*host_network && !*init);
    assert_eq!(main.program.as_ref().unwrap().known(), Some("main"));
    let words: Vec<(&str, Option<u32>)> =
        main.words.iter().map(|word| (&*word.text, word.place.line)).collect();
    let expected = ["--config=/config/main.yaml", "--name=one", "--address=$(ADDRESS):1", "$(NAME)"];
    assert_eq!(words, expected.into_iter().zip([Some(15), Some(17), Some(18), Some(19)]).collect::<Vec<_>>());
    assert_eq!(main.words[2].unknown.as_ref().unwrap().from, "--address=".len());
    assert_eq!(main.user.as_deref(), Some("1001"));
    let probes: Vec<_> = main.probes.iter().map(|probe| (probe.kind, &*probe.scheme, probe.port)).collect();
    assert_eq!(probes, [("livenessProbe", "HTTPS", Some(6443)), ("startupProbe", "TCP", Some(10259))]);
    assert_eq!(main.probes[0].path.as_deref(), Some("/livez"));
    assert!(commands[0].program.is_none());
}

#[test]
fn paths_of_a_container_lead_to_the_host() {
    let (commands, _) = read(MANIFEST);
    let paths = &commands[1].paths;
    let host = |path: &str, mount| Located::Host { path: path.into(), mount: Some(mount) };
    assert_eq!(paths.locate("/config/main.yaml"), host("/etc/main/main.yaml", 0));
    assert_eq!(paths.locate("/config/inner/x"), host("/etc/main/deep/er/x", 1));
    assert_eq!(paths.locate("/config/inner2"), host("/etc/main/inner2", 0));
    assert_eq!(paths.locate("/config/../config"), host("/etc/main", 0));
    assert_eq!(paths.locate("/scratch/x"), Located::Other("emptyDir".into()));
    assert_eq!(paths.locate("/usr/x"), Located::Image);
    assert!(paths.mounts.as_ref().unwrap()[0].read_only && !paths.mounts.as_ref().unwrap()[1].read_only);
}

#[test]
fn a_kubelet_takes_every_file_that_does_not_begin_with_a_dot() {
    let pod = |name: &str| {
        format!("kind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: c, command: [x]}}]}}\n")
    };
    let host = Memory::default()
        .with("/m/a.yaml", &pod("a"))
        .with("/m/b.yaml.bak", &pod("b"))
        .with("/m/.c.yaml", &pod("c"))
        .with("/m/folder/d.yaml", &pod("d"))
        .with("/elsewhere/e.yaml", &pod("e"))
        .with_link("/m/e.yaml", "/elsewhere/e.yaml");
    let (commands, unread) = observe::pods(&host, "/m");
    let name = |command: &Command| match &command.runner {
        Runner::Pod { name, namespace, .. } => format!("{namespace}/{name}"),
        Runner::Unit { .. } => panic!("it is a pod"),
    };
    assert_eq!(commands.iter().map(name).collect::<Vec<_>>(), ["default/a", "default/b", "default/e"]);
    assert_eq!(unread, []);
}

#[test]
fn what_a_kubelet_would_not_take_is_told() {
    for (text, line, why) in [
        ("kind: Pod\nspec:\n  containers:\n  - name: [\n", Some(4), "it is not YAML"),
        ("kind: Deployment\n", Some(1), "it is not a pod"),
        ("", None, "it is empty"),
        (
            "kind: Pod\nspec: {}\n---\nkind: Pod\nspec: {}\n",
            Some(4),
            "it is ignored: only the first document",
        ),
        ("kind: Pod\nkind: Pod\nspec: {}\n", Some(2), "the key `kind` is written twice"),
        (
            "kind: Pod\nspec:\n  containers:\n  - command:\n    - true\n",
            Some(5),
            "a word of `command` is `true` or `false`",
        ),
        (
            "kind: Pod\nspec:\n  containers:\n  - volumeMounts:\n    - {name: x, mountPath: /x}\n",
            Some(5),
            "a mount names a volume",
        ),
    ] {
        let (_, unread) = read(text);
        assert!(
            unread.iter().any(|unread| unread.place.line == line && unread.why.starts_with(why)),
            "{text}: {unread:?}"
        );
    }
}
