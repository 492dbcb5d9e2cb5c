//! Plans of clusters, generated: every one is right, and together they have what clusters differ in.

use std::fmt::Write as _;

use proptest::prelude::*;

/// What a cluster is made of. Smaller values come first, so that a failure shrinks to a simple plan.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    masters: usize,
    workers: usize,
    /// Members on hosts of their own; none where they stand on the masters.
    members: Option<usize>,
    door: Door,
    families: Families,
    layout: Option<&'static str>,
    run: &'static str,
    version: &'static str,
    key: &'static str,
    /// The clusters' authority stands below a root.
    intermediate: bool,
    /// A second key of this authority: trusted, or signing.
    second: Option<(&'static str, u8)>,
    identity: Identity,
    daemon_set: bool,
    domain: Option<&'static str>,
    names: bool,
    users: usize,
    certificate: bool,
}

/// What stands in front of the API servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Node,
    External,
    NamedExternal,
    KeepalivedHaproxy,
    Balancers,
    KubeVip,
    NodeProxy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Families {
    Four,
    Six,
    Both,
    SixFirst,
}

/// How kubelets get their certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identity {
    Plan,
    Keyring,
    Bootstrap,
    Handover,
}

/// Any cluster.
pub(crate) fn shapes() -> impl Strategy<Value = Shape> {
    use Door::{Balancers, External, KeepalivedHaproxy, KubeVip, NamedExternal, Node, NodeProxy};
    let doors = [Node, External, NamedExternal, KeepalivedHaproxy, Balancers, KubeVip, NodeProxy];
    let hosts = (1..=3usize, 0..=3usize, prop::option::of(prop::sample::select(vec![1, 3])));
    let networks = (
        prop::sample::select(doors.to_vec()),
        prop::sample::select(vec![Families::Four, Families::Six, Families::Both, Families::SixFirst]),
    );
    let running = (
        prop::option::of(prop::sample::select(vec!["kubeadm", "ssl", "the-hard-way"])),
        prop::sample::select(vec!["systemd", "static-pod"]),
        prop::sample::select(vec!["1.36.2", "1.35.0", "1.34.1"]),
    );
    let trust = (
        prop::sample::select(vec!["ecdsa-p256", "ecdsa-p384", "ed25519"]),
        any::<bool>(),
        prop::option::of((prop::sample::select(vec!["kubernetes", "etcd", "front-proxy"]), 1..=2u8)),
        prop::sample::select(vec![
            Identity::Plan,
            Identity::Keyring,
            Identity::Bootstrap,
            Identity::Handover,
        ]),
    );
    let more = (
        any::<bool>(),
        prop::option::of(prop::sample::select(vec!["corp.example", "k8s.internal"])),
        any::<bool>(),
        0..=2usize,
        any::<bool>(),
    );
    (hosts, networks, running, trust, more).prop_map(|(hosts, networks, running, trust, more)| {
        let (masters, workers, members) = hosts;
        let (door, families) = networks;
        let (layout, run, version) = running;
        let (key, intermediate, second, identity) = trust;
        let (daemon_set, domain, names, users, certificate) = more;
        Shape {
            masters,
            workers,
            members,
            // One node alone is its own door; others need one in front.
            door: if masters > 1 && door == Node { External } else { door },
            families,
            layout,
            run,
            version,
            key,
            intermediate,
            second: second.filter(|(authority, _)| !intermediate || *authority != "kubernetes"),
            identity: if workers == 0 { Identity::Plan } else { identity },
            // Its pods dial one address on all nodes.
            daemon_set: daemon_set && (door != Door::NodeProxy || workers > 0),
            domain,
            names,
            users,
            certificate,
        }
    })
}

impl Shape {
    /// The plan.
    pub(crate) fn plan(&self) -> String {
        let mut plan = "format = 1\n".to_owned();
        self.cluster(&mut plan);
        self.vip(&mut plan);
        self.nodes(&mut plan);
        self.authorities(&mut plan);
        self.rest(&mut plan);
        plan
    }

    /// `addresses` of the host with this number.
    fn addresses(&self, number: usize) -> String {
        let four = format!("\"10.50.0.{number}\"");
        let six = format!("\"2001:db8:50::{number:x}\"");
        match self.families {
            Families::Four => four,
            Families::Six => six,
            Families::Both => format!("{four}, {six}"),
            Families::SixFirst => format!("{six}, {four}"),
        }
    }

    fn networks(&self, four: &str, six: &str) -> String {
        match self.families {
            Families::Four => format!("\"{four}\""),
            Families::Six => format!("\"{six}\""),
            Families::Both => format!("\"{four}\", \"{six}\""),
            Families::SixFirst => format!("\"{six}\", \"{four}\""),
        }
    }

    fn cluster(&self, plan: &mut String) {
        let (services, pods) =
            (self.networks("10.96.0.0/16", "fd00:96::/112"), self.networks("10.244.0.0/16", "fd00:244::/56"));
        let endpoint = if self.door == Door::Node { "node.master1" } else { "vip.api" };
        let _ = write!(
            plan,
            "[cluster]\nname = \"generated\"\nprofile = \"high-availability\"\nversion = \"{}\"\nrun = \"{}\"\nservice-cidrs = [{services}]\npod-cidrs = [{pods}]\nendpoint = \"{endpoint}\"\n",
            self.version, self.run
        );
        if let Some(layout) = self.layout {
            let _ = writeln!(plan, "layout = \"{layout}\"");
        }
        if let Some(domain) = self.domain {
            let _ = writeln!(plan, "domain = \"{domain}\"");
        }
        if self.door == Door::NamedExternal {
            plan.push_str("endpoint-by = \"name\"\n");
        }
    }

    fn vip(&self, plan: &mut String) {
        let of_nodes = |port: u16, served: &str, nodes: &str| {
            let addresses = self.addresses(200);
            format!(
                "addresses = [{addresses}]\nport = {port}\nserved-by = \"{served}\"\nnodes = \"role:{nodes}\"\ninterface = \"eth0\"\n"
            )
        };
        let table = match self.door {
            Door::Node => return,
            Door::External => {
                format!("addresses = [{}]\nport = 443\nserved-by = \"external\"\n", self.addresses(200))
            }
            Door::NamedExternal => {
                "host = \"api.generated.example\"\nport = 443\nserved-by = \"external\"\n".to_owned()
            }
            Door::KeepalivedHaproxy => of_nodes(16443, "keepalived-haproxy", "control-plane"),
            Door::Balancers => of_nodes(6443, "keepalived-haproxy", "load-balancer"),
            Door::KubeVip => of_nodes(6443, "kube-vip", "control-plane"),
            Door::NodeProxy => {
                // At the API servers' own port every host answers alike, as long as it does not carry one.
                let (nodes, port) = if self.workers > 0 { ("worker", 6443) } else { ("control-plane", 7443) };
                format!("port = {port}\nserved-by = \"node-proxy\"\nnodes = \"role:{nodes}\"\n")
            }
        };
        let _ = write!(plan, "[vip.api]\n{table}");
    }

    fn nodes(&self, plan: &mut String) {
        let mut node = |name: String, number: usize, roles: &str| {
            let addresses = self.addresses(number);
            let _ = write!(plan, "[node.{name}]\naddresses = [{addresses}]\nroles = [{roles}]\n");
            if self.names {
                let _ = writeln!(plan, "names = [\"{name}.corp.example\"]");
            }
        };
        let roles = if self.members.is_some() { "\"control-plane\"" } else { "\"control-plane\", \"etcd\"" };
        (1..=self.masters).for_each(|n| node(format!("master{n}"), 10 + n, roles));
        (1..=self.members.unwrap_or_default()).for_each(|n| node(format!("member{n}"), 30 + n, "\"etcd\""));
        (1..=self.workers).for_each(|n| node(format!("worker{n}"), 50 + n, "\"worker\""));
        if self.door == Door::Balancers {
            (1..=2).for_each(|n| node(format!("balancer{n}"), 70 + n, "\"load-balancer\""));
        }
    }

    fn authorities(&self, plan: &mut String) {
        if self.intermediate {
            plan.push_str("[authority.root]\nvalidity.own = \"20y\"\n");
            let _ = write!(
                plan,
                "[authority.kubernetes]\nissuer = \"root\"\nkey = \"{}\"\nvalidity.own = \"5y\"\n",
                self.key
            );
        } else if self.key != "ecdsa-p256" {
            let _ = write!(plan, "[authority.kubernetes]\nkey = \"{}\"\n", self.key);
        }
        if let Some((authority, signs)) = self.second {
            let generations = format!("generations = {{ use = {signs}, trust = [1, 2] }}\n");
            let table = format!("[authority.{authority}]\n");
            match plan.contains(&table) {
                true => *plan = plan.replacen(&table, &format!("{table}{generations}"), 1),
                false => plan.push_str(&(table + &generations)),
            }
        }
    }

    fn rest(&self, plan: &mut String) {
        match self.identity {
            Identity::Plan => {}
            Identity::Keyring => plan.push_str(
                "[keyring.bootstrap]\nkind = \"bootstrap-token\"\ngroups = [\"system:bootstrappers:workers\"]\n",
            ),
            Identity::Bootstrap => plan.push_str("[bootstrap]\ngroups = [\"system:bootstrappers:workers\"]\n"),
            Identity::Handover => plan.push_str("[component.kubelet]\nsetting.identity = \"handover\"\n"),
        }
        // What runs static pods comes with the masters.
        if self.members.is_some() && self.run == "static-pod" {
            plan.push_str("[component.etcd]\nrun = \"systemd\"\n");
        }
        if self.daemon_set {
            plan.push_str("[component.kube-proxy]\nenabled = false\n[component.kube-proxy-daemon-set]\n");
        }
        (1..=self.users).for_each(|n| {
            let _ = write!(plan, "[user.user{n}]\norganizations = [\"team-{n}\"]\n");
        });
        if self.certificate {
            plan.push_str("[certificate.metrics]\nauthority = \"kubernetes\"\nusage = [\"server\"]\ndns = [\"metrics.example\"]\n");
        }
    }
}
