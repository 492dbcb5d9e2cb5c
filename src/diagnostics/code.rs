//! The stable codes, their severities and their explanations.

use std::fmt;

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Belongs to another message.
    Advice,
    /// The run fails.
    Error,
    /// The run goes on.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($variant:ident, $name:literal, $severity:ident, $explanation:literal;)*) => {
        /// Which kind of message it is. Names never change once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $explanation] $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// `module::kebab-name`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// Whether it stops the run.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity),* }
            }

            /// What it means and what to do, for `check --explain`.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $explanation),* }
            }
        }
    };
}

codes! {
    // read
    Syntax, "read::syntax", Error, "The text is not TOML. All syntax errors of a file are reported at once; what can still be read is checked, too.";
    UnknownKey, "read::unknown-key", Error, "The key means nothing at this place. A misspelt key would otherwise be ignored in silence, which is how a cluster gets the default that nobody wanted.";
    WrongType, "read::wrong-type", Error, "The value has another type than the key takes.";
    MissingKey, "read::missing-key", Error, "A key without which the table means nothing is absent.";
    UnsupportedFormat, "read::unsupported-format", Error, "`format` is the version of the plan language. This build reads format 1.";
    UnreadableFile, "read::unreadable-file", Error, "A file that the plan or the catalog names cannot be read, or must not be: a plan names regular files within its root alone, which is the nearest folder above it that holds `.git` or `pkiplan.root`, else its own folder. `--root` takes another one, `--allow` adds a folder. Links are followed within the root; devices, git's own files, built trees, secrets and private keys are never read as something else.";
    ForeignFile, "read::foreign-file", Error, "The file is not what its place says: a plan has `format` before its first table, a definition of the catalog the tables of a component, a profile, a layout or a flag table. Nothing of such a file is shown, for it may be private and the message public, as in a pull request.";
    TooMany, "read::too-many", Error, "A plan has at most 20 000 nodes, 16 networks of a kind, 256 roles and 100 plans that it imports, each of at most 8 MiB. A catalog has at most 4 000 files with 32 MiB of text, and a plan and what it imports at most 16 catalogs, and 24 MiB of text before the last plan is read. A check of anything larger would take more time and memory than whoever asks for it expects.";
    HiddenCharacter, "read::hidden-character", Warning, "A string, a key or a comment has characters that a terminal takes for commands, that turn the order of what follows, or that show nothing: control, bidirectional and other format characters, blanks other than a space, variation selectors, characters of private use. Who reviews the file sees something else than what it says. Everything that pkiplan prints shows them as `\\u{...}`; files that it builds have them as they are.";
    // resolve: values
    BadAddress, "resolve::bad-address", Error, "An IP address is an IPv4 or IPv6 literal without prefix length, and an address that a host can have: neither unspecified nor multicast nor IPv4-mapped.";
    BadCidr, "resolve::bad-cidr", Error, "A CIDR is an address with a prefix length and no bits set behind the prefix (`10.96.0.0/12`). Services and pods cannot have addresses of loopback, link-local, multicast or reserved networks: no node would route them.";
    BadDnsName, "resolve::bad-dns-name", Error, "DNS names are lower-case RFC 1123 labels of at most 63 bytes joined by dots, at most 253 bytes, without a final dot; a wildcard is allowed only as the whole left label, and never where the name is dialled. What ends in a number is taken for an address, mistyped or not, and is no name. Addresses belong under `ip` (Go never matches an address against a DNS name).";
    BadDuration, "resolve::bad-duration", Error, "A duration is a sum of numbers with units, largest first: `10y`, `90d`, `1d12h`, `30m`, `45s`. A year is 365 days.";
    BadName, "resolve::bad-name", Error, "Names of nodes, roles, authorities, users and so on are lower-case letters, digits, `-` and `.`; they become parts of file names and of identities.";
    BadNodeName, "resolve::bad-node-name", Error, "A node's name is a DNS-1123 subdomain of at most 52 bytes: the common name of its certificates is `system:node:` and the name, and a common name has at most 64 characters (RFC 5280, ub-common-name).";
    BadVersion, "resolve::bad-version", Error, "A version is `1.36` or `1.36.2`; a range is `>=1.18, <1.36`.";
    BadValue, "resolve::bad-value", Error, "The value is none of those that the key takes.";
    BadSubject, "resolve::bad-subject", Error, "Subject attributes have upper bounds (RFC 5280, appendix A.1): 64 characters for common name, organization and organizational unit, exactly 2 letters for country.";
    BadSelector, "resolve::bad-selector", Error, "A selector is `all`, `role:NAME`, `node:NAME`, `pool:NAME`, or a list of them.";
    // resolve: names
    UnknownAuthority, "resolve::unknown-authority", Error, "No authority of that name is in the plan or in the profile.";
    UnknownComponent, "resolve::unknown-component", Error, "No component of that name is in the catalog (built in, or in the folder that `catalog` names).";
    UnknownLayout, "resolve::unknown-layout", Error, "No layout of that name is in the catalog.";
    UnknownNode, "resolve::unknown-node", Error, "No node of that name is in the plan.";
    UnknownPool, "resolve::unknown-pool", Error, "No pool of that name is in the plan.";
    UnknownProfile, "resolve::unknown-profile", Error, "No profile of that name is in the catalog.";
    UnknownRole, "resolve::unknown-role", Error, "Roles are those of the profile and those that `cluster.roles` adds. A role that nothing selects would silently do nothing.";
    UnknownVip, "resolve::unknown-vip", Error, "No VIP of that name is in the plan.";
    UnknownSecret, "resolve::unknown-secret", Error, "`secret` names one of the plan's secrets: `default`, or one that has a table `[secret.NAME]`. A misspelt name would otherwise be another secret, and every key another one.";
    UnknownSetting, "resolve::unknown-setting", Error, "The component has no setting of that name.";
    UnknownKeyring, "resolve::unknown-keyring", Error, "No keyring of that name is in the plan or in the profile.";
    UnknownPurpose, "resolve::unknown-purpose", Error, "An authority serves purposes that components ask for by name; nothing asks for this one.";
    // resolve: rules
    DuplicateName, "resolve::duplicate-name", Error, "Two things have one name. Names are identities: keys derive from them and files are called after them.";
    DuplicateAddress, "resolve::duplicate-address", Error, "Two nodes or VIPs have one address.";
    VipIsNodeAddress, "resolve::vip-is-node-address", Error, "A VIP moves between hosts; an address that belongs to a node cannot.";
    PoolOverlap, "resolve::pool-overlap", Error, "The addresses of a pool are its first address and those that follow it, one for each name. One of them belongs to another node, pool or VIP.";
    BadPool, "resolve::bad-pool", Error, "A pool's names are a text with one range in braces (`worker-{001..250}`); its addresses begin at `first-address` (and `first-address-v6`) and must not run past the end of the address space.";
    CidrOverlap, "resolve::cidr-overlap", Error, "Service, pod and node networks must not overlap: the same address would mean two things.";
    CidrHoldsNode, "resolve::cidr-holds-node", Warning, "The address of a node or VIP lies within the service or pod network, where the cluster may give it to something else. kubeadm's default service network 10.96.0.0/12 reaches to 10.111.255.255.";
    ServiceCidrSize, "resolve::service-cidr-size", Error, "Kubernetes takes service networks with at most 20 host bits (IPv4 from /12, IPv6 from /108), unless the new allocator's gates are on.";
    NodeFamilies, "resolve::node-families", Warning, "Pods and services have networks of two families, and a node that runs pods has addresses of one. It registers with that one alone, its pods get no second address that is routed, and the Service `kubernetes` cannot be reached in the other family. A cluster of two families has both on every node.";
    ServiceCidrFamilies, "resolve::service-cidr-families", Error, "At most two service CIDRs, of different families. The first is the primary family: pods and the address that nodes give first must be of it, too.";
    AuthorityCircle, "resolve::authority-circle", Error, "An authority is issued by one that it issues itself, directly or through others. One of them must be a root.";
    PathLength, "resolve::path-length", Error, "An authority's path length says how many authorities may follow below it (RFC 5280, 4.2.1.9); the plan puts more there.";
    OutlivesAuthority, "resolve::outlives-authority", Error, "A certificate cannot be valid for longer than the authority that issues it: nothing verifies once the authority has expired.";
    SpreadTooWide, "resolve::spread-too-wide", Error, "`validity.spread` lets certificates end on different days: each ends earlier by a part of it, up to nearly the whole. It must be shorter than `validity.issued`, of which it is taken.";
    PurposeServedTwice, "resolve::purpose-served-twice", Error, "Two authorities serve one purpose; components could not know which of them issues.";
    SharedClientAuthority, "resolve::shared-client-authority", Error, "One authority for clients and for the front proxy, and no list of allowed names: every client of the API server, a node's among them, may say in a header that it is any user in any group. Since 1.35 the API server does not start with that. Leave the flag as it is, which allows the front proxy's client alone, or give the front proxy its own authority.";
    SharedAuthority, "resolve::shared-authority", Warning, "One authority serves purposes that kubeadm keeps apart. Whoever can get a certificate with the front proxy's common name from it may act as any user in any group, by a header; only the list of allowed names stands between. So whoever approves certificate requests of the cluster, or holds the authority's key for another purpose, decides about that, too.";
    ClientsOfOthers, "resolve::clients-of-others", Warning, "One authority certifies the clients of several purposes, and who checks clients against it takes all of them. The store of the cluster is the one that matters: it knows no users and no groups unless its own roles are turned on, so whom it takes reads and writes everything, Secrets among it, past the API server and RBAC. With one authority that is whoever holds a node's certificate, any user of a kubeconfig however few rights RBAC gives, the front proxy's client, and whoever has a certificate request approved in the cluster. An authority of its own for the store costs one table; kubeadm makes three for this reason.";
    NamelessServer, "resolve::nameless-server", Error, "A server's certificate has no name that clients look for: they compare what they dial with its subject alternative names (DNS names, addresses, URIs) and never with the common name (RFC 9525; Go says `certificate relies on legacy Common Name field`). Say under `dns`, `ip` or `uri` what clients call the server.";
    EvenMembers, "resolve::even-members", Warning, "An even number of members tolerates no more failures than one member less, and splits more easily.";
    UnusedRole, "resolve::unused-role", Warning, "No component and no certificate selects the role, so it does nothing.";
    UnusedSecret, "resolve::unused-secret", Warning, "The plan has a table for a secret from which nothing derives.";
    NoEndpoint, "resolve::no-endpoint", Error, "`cluster.endpoint` names the door that nodes and users take: `vip.NAME` or `node.NAME`. It may be absent only where a single node serves it. What is applied to the API dials one door for all nodes.";
    NoRunner, "resolve::no-runner", Error, "A component that is run in a way that needs another program on its node, as static pods do, stands on a node that does not carry one.";
    BrokenFile, "resolve::broken-file", Error, "A file of one's own that is to be YAML or JSON is not, or has a key twice, which strict readers refuse: the program that reads it would not start. Only its line is shown, nothing of what stands there.";
    UnusedKeyring, "resolve::unused-keyring", Error, "No component of the plan reads a keyring of that name, so nothing of it would reach a host. Components of the catalog read keyrings by their names: `service-account`, `encryption`, `vrrp`, and `bootstrap` for tokens. A keyring of another name is for a component of your own, whose files or flags name it (`keyring.NAME`, `@NAME.private-key`).";
    SharedKey, "resolve::shared-key", Warning, "One imported key stands in several places. What it certifies or signs in one of them counts in all of them: a client of one authority is then a client wherever another one is trusted, and whoever has an authority's key can sign tokens of service accounts. An authority that serves several purposes is one table with `serves`, and is told as such; a key pair gets a key of its own by rotating to a derived generation (`generations = { use = 1, trust = [1, 2] }`, and so on).";
    IdleNode, "resolve::idle-node", Warning, "The node has no role, and no component and no certificate stands on it, so its tree is empty. A node takes the components whose `place` selects one of its roles, such as `role:worker`, and certificates whose `nodes` select it. A node that is only named so that others may dial it needs no table: write its address into `[external.NAME]` or `names.add`.";
    ExternalAuthority, "resolve::external-authority", Error, "Somebody else runs the component, and the plan does not have the authority that issued its servers' certificates. A derived authority of that purpose would be a new one: it signs nothing there, and whoever dials with it as its trust refuses every server. Ask those who run the component for the authority's certificate (its key is not needed) and import it: `pkiplan import --plan PLAN --as authority.NAME CA.crt` writes the line `imported.1` and the file in `.certs/`.";
    NoNodes, "resolve::no-nodes", Error, "A profile's components need nodes to stand on, and the plan has none at all.";
    BootstrapGroup, "resolve::bootstrap-group", Error, "A bootstrap token may be in groups of the form `system:bootstrappers:NAME` only (lower-case letters, digits, `-` and `:`); the API server ignores a token that names another group.";
    GenerationOrder, "resolve::generation-order", Error, "`generations.use` must be one of `generations.trust`, and generations count from 1.";
    ImportedCertificate, "resolve::imported-certificate", Error, "The certificate of an imported generation lies beside the lock, in `cluster.certs/`. It is not there, is not one certificate, has another key than the plan says, or cannot issue others.";
    ImportCircle, "resolve::import-circle", Error, "A plan imports another one that imports it again, directly or through others: each would have to be built before the other.";
    NotBuilt, "resolve::not-built", Error, "What a plan imports are certificates, and the other plan has not issued this one yet. Build the other plan first; its `.certs/` beside it is what is read.";
    UnknownBundle, "resolve::unknown-bundle", Error, "The component has no bundle of that name.";
    WideClientTrust, "resolve::wide-client-trust", Warning, "A component takes the clients of an authority that does more than certify one client for it. Whoever holds the key of an authority in that bundle, or of one below it, can make a client with any common name and any organization: to an API server that is any user in any group, `system:masters` among them. Name constraints cannot limit that (RFC 5280, 4.2.1.10, limits names only), and whatever else such an authority certifies comes in, too. So a platform's root lets every other cluster below it in as an administrator. Let the platform make an authority for this cluster alone, a root with `path-length = 0` that issues its one client, and add that; or issue the client here, with `[user.NAME]`, and hand it over.";
    ContradictsCertificate, "resolve::contradicts-certificate", Error, "What is imported stays as it is: the plan cannot give an imported authority another name, key or validity than its certificate has. What the table says holds for generations that are derived.";
    ExternalKey, "resolve::external-key", Error, "`external` means a key that never comes here: a request would go out and a certificate come back. The formats have a place for it, and this build does not do it.";
    UnsupportedKey, "resolve::unsupported-key", Error, "The programs that use the keyring cannot use keys of that kind.";
    UnknownVersion, "resolve::unknown-version", Warning, "The catalog's flag table does not cover this version: flags are not checked.";
    VersionSkew, "resolve::version-skew", Error, "Two programs that work together are further apart than their makers allow. Upgrade in steps: first what others depend on, then the rest, one minor version at a time.";
    VersionOutOfRange, "resolve::version-out-of-range", Error, "The component's definition is not written for this version.";
    // flags
    UnknownFlag, "expand::unknown-flag", Error, "The program has no such flag in this version. It would exit at start.";
    DeprecatedFlag, "expand::deprecated-flag", Warning, "The program still takes the flag in this version, but discourages it; a later version will refuse it.";
    FlagType, "expand::flag-type", Error, "The flag takes another type of value.";
    DerivedFlag, "expand::derived-flag", Error, "pkiplan derives this flag from the plan; another value would contradict the files of the same tree. Change what it derives from, or say `override = true` beside the value.";
    DifferingFlag, "expand::differing-flag", Error, "The component runs on several nodes, and this flag must be the same on all of them: what one of them accepts, the others would refuse.";
    EarlyFile, "expand::early-file", Error, "A flag of the plan names a file that another program of the host writes while it runs. At the first start it is not there yet.";
    AbsentKubeconfig, "expand::absent-kubeconfig", Warning, "A flag of the plan names a kubeconfig that does not lie in the host's tree. Unless it comes there by other means, the program does not start.";
    AbsentFile, "expand::absent-file", Warning, "A flag of the plan names a file that the program reads, and the host's tree has none there. Unless somebody else brings it, the program does not start. A file beside the plan gets there with `[file.NAME]`.";
    UnknownWord, "expand::unknown-word", Error, "The flag takes words (plugins, feature gates, versions of APIs), and this version of the program does not know this one. It would exit at start.";
    UnsetFlag, "expand::unset-flag", Error, "There is no flag of that name to unset or to append to.";
    // expand
    PathClash, "expand::path-clash", Error, "Two different artefacts would lie on one path of one host.";
    PathEscapes, "expand::path-escapes", Error, "A path must be absolute, without `..`, so that it stays in its host's tree, and must not lie under `/lib` or `/bin`, which are links on many systems.";
    NoPath, "expand::no-path", Error, "The layout says for this artefact neither where it lies nor a pattern that covers it.";
    DuplicateArtefact, "expand::duplicate-artefact", Error, "Two certificates or keys have one identity. Keys derive from it, so they would be the same key.";
    DialNotTrusted, "expand::dial-not-trusted", Error, "The bundle that a dial trusts does not hold the authority that issued the certificate it will meet.";
    DialNotAccepted, "expand::dial-not-accepted", Error, "The certificate that a dial presents is issued by an authority that the listener does not accept for clients.";
    DialNowhere, "expand::dial-nowhere", Error, "Nothing in the plan listens where the component must dial, or where a VIP leads.";
    NoRoot, "expand::no-root", Warning, "An imported authority is an intermediate, nobody has given the root above it, and a program verifies in a way whose chains end in roots alone, as OpenSSL does unless it is told otherwise: for it every certificate below that authority is invalid. Programs in Go take an intermediate for an anchor, and would not show it.";
    OutsideConstraints, "expand::outside-constraints", Error, "A certificate has a name that an authority above it may not certify (RFC 5280, 4.2.1.10): whoever verifies the chain would refuse it, whatever it is used for.";
    SubjectOfIssuer, "expand::subject-of-issuer", Warning, "A certificate is called exactly as the authority that issues it. Subject and issuer being equal is how a certificate that has signed itself looks (RFC 5280, 6.1: self-issued), and verifiers that go by names stop there: OpenSSL before 3.0 says `self signed certificate`. Guides that want the authority's common name to be the server's do not work for this reason; nobody compares the authority's name with a host.";
    SameUser, "expand::same-user", Warning, "Two clients of one authority have the same common name. API servers take the common name for the user's name: what one of the two may do, the other may do, too, and the audit log does not distinguish them. One name for all clients of a host, as some guides have it, lets whoever needs the least do what is meant for the most.";
    Masters, "expand::masters", Warning, "Whoever is in `system:masters` may do anything, whatever RBAC says, and there is no way to take that from a certificate that is out: it holds until it ends, and a static token holds until the file changes. So such a credential is for the day on which nothing else works: valid for a year at most, as kubeadm's is, and in no host's tree, where everybody who reads the disk would have it. A group of your own with a binding can be taken away at any time.";
    GraphCircle, "expand::circle", Error, "Artefacts embed, issue or refer to one another in a circle.";
    CannotWork, "expand::cannot-work", Error, "A rule of the catalog says that a component cannot work as the plan has it: it would exit at start, or those who need it could not use it. The message says why, the help what to write.";
    MayNotWork, "expand::may-not-work", Warning, "A rule of the catalog says that something will probably go wrong as the plan has it. The message says what; where you have taken care of it by other means, nothing needs to change.";
    PortClash, "expand::port-clash", Error, "Two programs on one host listen on one port.";
    SignerBelowRoot, "expand::signer-below-root", Warning, "An intermediate signs for clients below a root that other authorities share: whoever holds the root's key, or another intermediate where the root is trusted for clients, can make administrators of this cluster. Name constraints cannot limit common names (RFC 5280, 4.2.1.10, limits names only).";
    // catalog
    Expression, "catalog::expression", Error, "An expression of the catalog does not parse, names something that does not exist, or gives a value of the wrong kind.";
    TooMuchWork, "catalog::too-much-work", Error, "An expression or a template is too long, nested too deep, or makes too much. One evaluation may take 4 MiB: the text that it writes, the texts that it looks at, and 16 bytes for each value and each step. All evaluations of a plan together have a bound, too. A catalog may come from somebody else, and must not be able to fill the memory of whoever checks it.";
    Template, "catalog::template", Error, "A template of the catalog does not parse or cannot be rendered.";
    UnknownReference, "catalog::unknown-reference", Error, "`@name.part` refers to a certificate, bundle, keyring, kubeconfig or file of the same component; there is none of that name, or it has no such part.";
    CatalogConflict, "catalog::conflict", Error, "A definition of the catalog contradicts itself or another one.";
    UnknownField, "catalog::unknown-field", Error, "A configuration file of a component has a field that this version of the program does not know: it is misspelt, stands one level too high or too low, or came or went with another version. Some programs do not start with such a file, such as the scheduler, and the API server with most of its files. Others write a line into their log and go on as if the field were not there, such as those of the nodes, so that what it was to switch on or off stays as it is by default. The tables are made from the Go types that the programs decode into (`templates/fields`); JSON names match by case.";
    FieldType, "catalog::field-type", Error, "A field of a configuration file takes another type, and the program exits when it reads the file: durations are strings (`\"10s\"`), booleans and numbers have no quotes, one address is still a list where a list is taken. A value that an expression gives has the type of the expression (`{{ ... }}` alone keeps numbers and lists; with text around it is a string).";
    // applied
    BadApplied, "applied::invalid", Error, "What says which hosts have which lock cannot be read. `pkiplan applied` alone writes it: restore it from git, or remove it and say again what hosts have.";
    // lock
    LockSyntax, "lock::syntax", Error, "The lock cannot be read. It is written by pkiplan alone; restore it from git rather than repairing it by hand.";
    LockFormat, "lock::format", Error, "The lock was written by a newer pkiplan.";
    LockConflict, "lock::conflict-markers", Error, "The lock holds conflict markers of a git merge. Take one side whole and build again.";
    LockGeneration, "lock::generation", Error, "The plan asks for a generation lower than the lock knows: an old key would come back into use.";
    LockSecret, "lock::secret", Error, "The lock was made with another secret, or its secret is missing. No new secret is ever made beside an existing lock: every key would change.";
    LockEpoch, "lock::epoch", Error, "The plan says that a secret has a lower epoch than the lock knows: a secret that was replaced would come back into use.";
    LockOtherSecret, "lock::other-secret", Error, "The plan names another secret for an authority or a keyring than the one that its keys derive from. A key that many share changes by a new generation and in no other way: the new one derives from the new secret.";
    LockSerial, "lock::serial", Error, "A serial number is computed from the lock's id, the certificate's id, its specification, its key and its first second of validity. This one is another, so somebody edited the entry: a specification, a key, a date or the serial itself. With a serial of its own choice a certificate could pass for another one where revocation goes by serials.";
    LockDates, "lock::dates", Error, "A certificate's last second follows from its first and from the validity in its specification. This one is later, so somebody edited it: the certificate would outlive what the plan asks for, an authority's for as long as its key does.";
    LockFuture, "lock::future", Error, "A certificate of the lock is valid only from a time that is still to come. Nothing is decided in advance, so the clock of this machine is slow, the clock of the one that wrote the lock was fast, or somebody edited the date to make the certificate end later.";
    LockUnexplained, "lock::unexplained", Warning, "Neither the plan nor the lock of the base explains an entry. It may be right: a plan whose validity or spread was changed leaves ends as they were decided, a merge leaves out digests that are no longer certain, and what was added and removed since the base leaves a tombstone. An edited lock looks the same: without a digest the next build records whatever it makes.";
    LockRollback, "lock::rollback", Error, "The lock goes back behind what was decided before: a key that was given up would be used again, or the next build could not know that it was. A tombstone, the highest generation of a key and a later certificate stay, also where a commit is reverted.";
    LockRewritten, "lock::rewritten", Error, "The lock says something else than what was decided, and no command does that: the same serial number with other dates, another digest of the same key, another secret under the same keys, an entry that contradicts the certificate beside the lock.";
    Locked, "lock::locked", Error, "`--locked` forbids new decisions, and the plan needs some. Build without it and commit the lock.";
    KeepMismatch, "lock::keep-mismatch", Error, "A certificate made again from the lock is not the one that was recorded: secret, lock or tool do not belong together.";
    ImportedKey, "fill::imported-key", Error, "An imported private key lies beside the plan, in `cluster.keys/`, in a file of its own. It is not there, cannot be read, or is another key than the plan says.";
    MissingSecret, "fill::missing-secret", Error, "A secret that is needed is not at hand: what derives from it, or is signed with what does, cannot be made. Authorities that stay as they are need no secret as long as their certificates lie beside the lock; hosts and users that need more are left as they are, but nothing at all can be built without any.";
    CannotIssue, "fill::cannot-issue", Error, "A certificate cannot be issued from its specification. The message says why.";
    EarlyUse, "decide::early-use", Error, "A new key would be used before anybody trusts it. Hosts are changed one after the other: first all trust both keys, then the new one is used, then the old one is dropped.";
    EarlyDrop, "decide::early-drop", Error, "A key would lose its trust while it is in use, or while certificates that it issued are valid and stay. Use the new key first and roll that out; `--drop-trust` gives up a key that others know.";
    RenamedAuthority, "decide::renamed-authority", Error, "An authority would get another name, or another issuer, under the same key. Whoever verifies goes by the issuer's name as well as by its key: hosts that have changed refuse what the old name issued, hosts that have not refuse what the new one issues. A name lasts as long as the authority does.";
    FoundedTwice, "decide::founded-twice", Warning, "A member is new, the lock knows members from before, and nothing says that it joins them: at its first start it founds a cluster of its own, empty, and whoever is led there finds nothing of what is stored. Members of the first build are told of one another; one that comes later has to be told that it joins.";
    NothingToConfirm, "decide::nothing-to-confirm", Error, "`[confirmed]` counts in the commit that drops a generation, and afterwards it may stay. Before that, while the plan still trusts the generation, nobody can have made sure that nothing goes by it any more.";
    LeftBehind, "decide::left-behind", Warning, "A node is marked `away`, so no step of a rotation waits for it, and what it has accepts none of the keys that are in use now. When it returns, nobody believes it and it believes nobody, until it gets its new tree.";
    NothingToDrop, "decide::nothing-to-drop", Error, "`--drop-trust` names a generation that the plan trusts, or one that never was.";
    ValidityShortened, "decide::validity-shortened", Warning, "The certificate's last day is its authority's last day, earlier than the plan asks for. Renew the authority.";
    CertificateReplaced, "decide::certificate-replaced", Warning, "An imported authority has another certificate than the lock recorded, with the same key: somebody has renewed it where it was made. It is taken, and stands in every bundle from now on.";
    RenamedWithoutWas, "decide::renamed", Warning, "Something is new in the plan and something of its kind is gone from the lock. If it is the same under a new name, `was` keeps its keys; without it the old one is removed and the new one gets new keys.";
    CatalogChanged, "decide::catalog-changed", Warning, "The lock pins a digest of each component, profile and layout in use, and this pkiplan, or the catalog beside the plan, has another one. Files may become others although the plan does not. A build or `lock` records the new digests.";
    UnknownCertificate, "decide::unknown-certificate", Error, "What is to be renewed is named by its id, as in the lock: `authority.root/1`, `user.alice`. `*` stands for anything: `node.master01/*` is all of a node.";
    RenewedInVain, "decide::renewed-in-vain", Warning, "A certificate cannot end later than the authority above it, and that one has not been renewed. New dates would be the old ones, so it stays as it is. An imported authority is renewed where it was made, with the same key; one of the plan is renewed by name. Where nothing at all could be renewed, `renew` fails and writes nothing.";
    RenewedImport, "decide::renewed-import", Error, "An imported certificate is kept as it is. Who made it renews it with the same key, and the new file takes the place of the old one in `cluster.certs/`.";
    RekeyedAuthority, "decide::rekeyed-authority", Error, "A renewed authority keeps its key, so that everything below it stays valid. Another key is a new generation in the plan, rolled out in three steps: trust both, use the new one, drop the old one. Without names, `renew --rekey` gives new keys to end entities alone.";
    RenewedKey, "decide::renewed-key", Error, "A key that many share changes by a new generation in the plan. Only of bootstrap tokens the lock decides which one is in use, where the plan says nothing of `generations`.";
    AlreadyExpired, "decide::already-expired", Warning, "A certificate or a token of the lock has expired. The trees are complete, but no peer accepts the certificate, and no node that has not joined yet gets a certificate for the token. `renew` gives certificates new dates and replaces the token.";
    NotYetValid, "decide::not-yet-valid", Warning, "A certificate begins at a time that is still to come: the clock of whoever issued it was ahead, or the one of this machine is behind. No peer accepts it until then. One of the lock that was decided here is an error (`lock::future`).";
    // lint: single files that others made
    LintUnreadable, "lint::unreadable", Error, "A file that was named cannot be read, or a part of one. A block of PEM that is cut off or damaged is more than a blemish: Go's certificate pools leave such a block out in silence, so that somebody is not trusted any more, and the loaders of Kubernetes refuse the whole file (client-go/util/cert, `ParseCertsPEM`).";
    LintRefusedCertificate, "lint::refused-certificate", Error, "Go's crypto/x509 does not parse this certificate, so no program of a cluster can use it, whatever OpenSSL says: a negative serial number (since Go 1.23), an extension twice, identifiers that are critical, signature algorithms that differ inside and outside, a string with characters that its type does not have, an address of another length than 4 or 16 bytes (RFC 5280, 4.1 and 4.2; crypto/x509/parser.go).";
    LintSerial, "lint::serial", Warning, "A serial number is positive and has at most 20 octets (RFC 5280, 4.1.2.2). Go takes others, GnuTLS and some hardware do not.";
    LintDuplicateSerial, "lint::duplicate-serial", Warning, "Issuer and serial number name a certificate (RFC 5280, 4.1.2.2). Where two have the same, Firefox and other programs on NSS refuse both (`SEC_ERROR_REUSED_ISSUER_AND_SERIAL`), and a revocation list would mean both. It happens where `openssl x509 -set_serial` is copied from line to line.";
    LintDateEncoding, "lint::date-encoding", Warning, "Dates until 2049 are written as UTCTime, later ones as GeneralizedTime (RFC 5280, 4.1.2.5). Go reads both everywhere; strict parsers refuse it.";
    LintPast2049, "lint::past-2049", Warning, "A certificate that ends after 2049 has a date that some parsers read wrongly, and nobody who could renew it will remember that it ends. Where a key leaks, it is believed until then: an API server knows no revocation (kubernetes/kubernetes#18982). Authorities of ten years and certificates of one are what kubeadm makes.";
    LintExpired, "lint::expired", Error, "The certificate has ended, or ends before it begins: every handshake with it fails (`certificate has expired or is not yet valid`). An authority that has ended takes everything with it that it issued.";
    LintNotYetValid, "lint::not-yet-valid", Error, "The certificate begins in the future: every handshake with it fails until then. Mostly the clock of the host that made it was ahead.";
    LintEndsSoon, "lint::ends-soon", Warning, "The certificate ends within 30 days.";
    LintOutlivesIssuer, "lint::outlives-issuer", Warning, "A certificate counts only as long as every certificate above it. This one says a later end than its issuer: who reads its date believes that there is time, and it stops with the issuer (`openssl x509 -days 9000` below an authority of 365 days).";
    LintAuthorityForm, "lint::authority-form", Warning, "An authority has critical basic constraints with `CA:TRUE`, a critical key usage with `keyCertSign` and `cRLSign`, and a subject key identifier (RFC 5280, 4.2.1.2, 4.2.1.3 and 4.2.1.9). Go trusts roots without them; OpenSSL 3 with `-x509_strict`, Python since 3.13 and GnuTLS do not.";
    LintNotAnAuthority, "lint::not-an-authority", Error, "The certificate says that it is an authority, and its key usage does not allow it to sign certificates: Go, OpenSSL and all others refuse whatever it has signed (RFC 5280, 4.2.1.3).";
    LintLeafForm, "lint::leaf-form", Warning, "A certificate for servers or clients says so in its extended key usage, names its key usage, and names its issuer's key (RFC 5280, 4.2.1.1, 4.2.1.3 and 4.2.1.12). Without an extended key usage it is good for everything: what a node uses as a server is also a client of the API server with the user of its common name. `openssl x509 -req` without `-extfile` makes certificates of version 1, and drops what the request asked for.";
    LintNoNames, "lint::no-names", Error, "Clients compare the name or the address that they dial with the subject alternative names, and with nothing else (RFC 9525). Go has looked at the common name no more since 1.17: `x509: certificate relies on legacy Common Name field, use SANs instead`.";
    LintAddressAsName, "lint::address-as-name", Error, "An address stands as a DNS name. Clients that dial an address look at addresses alone: `x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs` (RFC 5280, 4.2.1.6). In a configuration of OpenSSL it is `IP.1 = 10.0.0.1`, not `DNS.1`.";
    LintBadName, "lint::bad-name", Error, "A DNS name among the alternative names is none that a client could ever dial: a URL, a name with a port, a network, a `*` that is not the whole first label, a dot at the end, a label of more than 63 bytes (RFC 1123; Go's `validHostname`).";
    LintMissingNames, "lint::missing-names", Error, "The API server is dialled by pods as `kubernetes.default.svc` and by the first address of the service network, whatever people outside call it. A certificate without these names fails for every pod that verifies it (kubeadm: `GetAPIServerAltNames`). Which further names it needs, those of VIPs and masters, other files say: `verify` reads them.";
    LintWeakSignature, "lint::weak-signature", Error, "The certificate is signed with SHA-1 or MD5. Go has refused that since 1.18 (`x509: cannot verify signature: insecure algorithm SHA1-RSA`), and so do OpenSSL's default security level and all browsers. The signature of a root on itself does not count.";
    LintWeakKey, "lint::weak-key", Warning, "RSA below 2048 bits is not strong enough (NIST SP 800-131A), and below 1024 bits Go refuses it. The BSI asks for 3000 bits, the policy FUTURE of RHEL for 3072.";
    LintKeyUsage, "lint::key-usage", Warning, "Every handshake of TLS 1.3, and of 1.2 with forward secrecy, signs: `digitalSignature` belongs to every certificate of a server or client. `keyEncipherment` is for RSA alone (RFC 8813 forbids it for elliptic curves), and the API server's signer refuses requests that ask for it with another key (kubernetes/kubernetes#109077).";
    LintAuthorityUsages, "lint::authority-usages", Warning, "Extended key usages of an authority limit everything below it: Go, OpenSSL and Windows take them for the most that a certificate may be used for, although RFC 5280 gives them no such meaning. An authority for servers alone issues clients that nobody accepts.";
    LintLongName, "lint::long-name", Warning, "A common name, an organization and an organizational unit have at most 64 characters, a country has two letters (RFC 5280, appendix A.1). Go does not look; OpenSSL refuses to make such a certificate, and others refuse to read it. A node's common name begins with `system:node:`, so the node's own name has at most 52.";
    LintNodeIdentity, "lint::node-identity", Error, "The Node authorizer knows a node by the user `system:node:NAME` and by the group `system:nodes`, both (pkg/auth/nodeidentifier/default.go). With one of them it is a user without rights: the node cannot register, nor read its Secrets. NAME is the node's registered name, in lower case; whoever signs client certificates in the cluster takes no other form (pkg/apis/certificates/helpers.go).";
    LintMasters, "lint::masters", Warning, "Members of `system:masters` may do everything, whatever RBAC says, and no API server can revoke a certificate (kubernetes/kubernetes#18982): until it ends, only a new authority takes the right away. kubeadm keeps one such file, `super-admin.conf`, and gives people `kubeadm:cluster-admins`, whose binding can be removed.";
    LintNoUser, "lint::no-user", Error, "The API server takes the common name for the user and organizations for groups. Without a common name nobody is authenticated (apiserver/pkg/authentication/request/x509, `CommonNameUserConversion`).";
    LintTwoGenerations, "lint::two-generations", Warning, "Two authorities have one name and two keys, as after a rotation, and no subject key identifier. Programs then try one after the other, or only the first: OpenSSL and NSS fail with `certificate signature failure`. A key identifier in the authority and in what it issues tells them apart (RFC 5280, 4.2.1.1 and 4.2.1.2), and so does a generation in the name.";
    LintNameLimits, "lint::name-limits", Error, "Name constraints of an authority count for every DNS name and address below it (RFC 5280, 4.2.1.10). Every API server's certificate has names such as `kubernetes.default.svc`; where these are not permitted, all of them are refused. Constraints on directory names do not limit users and groups: Go does not know that kind, and refuses every chain where they are critical (crypto/x509/parser.go).";
    LintChainOrder, "lint::chain-order", Error, "A file that a server or client shows begins with its own certificate, and each one is followed by its issuer (RFC 8446, 4.4.2). Programs take the first certificate for the one that fits the key: `tls: private key does not match public key`.";
    LintRootInChain, "lint::root-in-chain", Warning, "A root in a chain is sent with every handshake and believed by nobody for that: who trusts it has it. In some readers it hides that an intermediate is missing.";
    LintBrokenChain, "lint::broken-chain", Error, "The certificate names an issuer, authorities of that name are among the files, and none of them has signed it. Mostly the authority was made anew, or the file is of another cluster: `x509: certificate signed by unknown authority`.";
    LintSubjectOfIssuer, "lint::subject-of-issuer", Warning, "The certificate of a server or client has the same name as the authority that issued it. Issuers are looked for by name (RFC 5280, 6.1), so it looks as if it had signed itself: verifiers that go by names stop there, as OpenSSL before 3.0, and with it older curl and Python (`self signed certificate`); Go tries all of that name. Some guides ask for it: the common name of an authority is nobody's host.";
    LintIntermediateTrust, "lint::intermediate-trust", Warning, "The bundle holds intermediates and no root. Go takes any certificate of a bundle for a root; OpenSSL, and with it Python and curl, want one that signs itself: `unable to get issuer certificate` (kubernetes-client/python-base#136).";
    LintKeyMismatch, "lint::key-mismatch", Error, "The key is not that of the certificate beside it. Programs that load both do not start: `tls: private key does not match public key`.";
    LintEncryptedKey, "lint::encrypted-key", Error, "The private key is encrypted with a password. No program of a cluster asks for one, so none can start with it.";
    LintOpenKey, "lint::open-key", Warning, "Others than its owner may read a private key, a token or a key that encrypts. Keys and kubeconfigs have the mode 0600 (CIS Kubernetes Benchmark 1.1.13 to 1.1.21, 4.1.5). Copies and checkouts lose modes: look at the host.";
    LintServiceAccountKey, "lint::service-account-key", Error, "The key that signs tokens of service accounts is also the key of an authority or of a server. Whoever gets it from the one place, and every API server has it, can do the other thing, too: sign certificates of any user, or tokens of any service account. Neither can be replaced without the other (kubernetes/kops#2256).";
    LintServiceAccountPair, "lint::service-account-pair", Error, "Tokens are signed with one key and checked with others, of RSA or ECDSA (kubernetes: pkg/serviceaccount/jwt.go, client-go/util/keyutil; Ed25519 is not read). The public key beside this private one is another's: each token is refused, and pods cannot reach the API.";
    LintSharedAuthority, "lint::shared-authority", Warning, "One authority serves what kubeadm keeps apart with three. Who checks clients against it takes whoever it has certified for the other purpose. The cluster's store is the one that matters most: it knows no users unless its own roles are turned on, so any client's certificate reads and writes all Secrets.";
    LintSharedKey, "lint::shared-key", Warning, "One key is in certificates of several names, or one certificate does several things. Whoever takes it from one host is everybody, and it can be replaced only everywhere at once. In guides it happens where one request is signed in a loop under other file names.";
    LintRoleUsages, "lint::role-usages", Error, "What the file is for by its name, its extended key usage does not allow. Members of the cluster's store need `serverAuth` and `clientAuth`: their gateway dials itself with the server's certificate, and peers are clients of one another (`rpc error: tls: bad certificate` in their logs). Clients fail with `x509: certificate specifies an incompatible key usage`.";
    LintKubeconfig, "lint::kubeconfig", Error, "Parts of the kubeconfig do not fit together: a context that names a cluster or user that is not there, a credential that cannot be read, a certificate without its key. client-go then refuses the file, dials localhost, or shows no credential (client-go/tools/clientcmd/validation.go).";
    LintInsecure, "lint::insecure", Error, "The client does not verify the server, or speaks without TLS: whoever stands between both reads its credential and is the cluster to it.";
    LintSystemTrust, "lint::system-trust", Warning, "Without an authority the client trusts those of its system. A cluster's own is mostly not among them (`certificate signed by unknown authority`), and where it is, everybody who gets a certificate from any of them can stand between.";
    LintPassword, "lint::password", Error, "Passwords of static files are gone from API servers since 1.19 (`--basic-auth-file`): such a user is not authenticated, and the file holds a password for nothing.";
    LintTokenForm, "lint::token-form", Error, "A bootstrap token is `[a-z0-9]{6}.[a-z0-9]{16}` (cluster-bootstrap/token/api/types.go). In another form it is nobody's.";
    LintTokenMismatch, "lint::token-mismatch", Error, "A kubeconfig and what the API server reads have to hold the same token; among the files is a list of tokens, and this one is not in it. After a change of the one, the other was forgotten: `Unauthorized`.";
    LintEncryptionKey, "lint::encryption-key", Error, "Keys of `aescbc` and `aesgcm` have 16, 24 or 32 bytes, those of `secretbox` 32, written in base64, each with a name of its own in its provider (validation_encryption.go). Otherwise the API server does not start; where two have one name, what the second encrypted can be read no more.";
    LintEncryptionOff, "lint::encryption-off", Warning, "The first provider writes, and all of them read. Here `identity` writes: Secrets are stored as plain text from now on.";
    LintTokenFile, "lint::token-file", Error, "A file of static tokens has at least three fields in each line, the fourth is a list of groups in quotes: `TOKEN,USER,UID,\"GROUP,GROUP\"` (apiserver/pkg/authentication/token/tokenfile). Otherwise the API server does not start; of a token that stands twice the last line counts.";
    LintWeakToken, "lint::weak-token", Warning, "A static token is a password that never ends and that may be tried as often as somebody likes. It should have 128 random bits: 32 hexadecimal digits, 22 characters of base64.";
    LintStaticToken, "lint::static-token", Warning, "Static tokens have no end, cannot be revoked but with a restart of every API server, and lie in a file on each of them. Bootstrap tokens are Secrets, which end and can be deleted (kubernetes.io: bootstrap tokens).";
    LintBootstrapToken, "lint::bootstrap-token", Error, "A bootstrap token is a Secret in `kube-system` of the type `bootstrap.kubernetes.io/token`, called `bootstrap-token-` and its id, with `usage-bootstrap-authentication: \"true\"` and groups that begin with `system:bootstrappers:`. In any other form it is ignored in silence (plugin/pkg/auth/authenticator/token/bootstrap).";
    LintEndlessToken, "lint::endless-token", Warning, "A bootstrap token without `expiration` lets whoever has read it once add nodes for ever. kubeadm gives its own 24 hours.";
    LintOpensslConfig, "lint::openssl-config", Error, "The configuration names a section that it does not have, or gives an address that is none: OpenSSL stops with an error, or makes the certificate without these extensions.";
    LintProfile, "lint::profile", Warning, "A profile of cfssl says what certificates are for with `usages`, in its own words (config.go, `ExtKeyUsage`). It leaves out words that it does not know, and without `server auth` or `client auth` certificates are good for anything.";
    LintUnknownField, "lint::unknown-field", Warning, "No version of the program knows this field: it is misspelt, or stands one level too high or too low. Some programs ignore it, so that what it was to switch on or off stays as it is by default; others do not start (`catalog::unknown-field`).";
    LintRefusedField, "lint::refused-field", Error, "The program does not start with this file: a field takes another type, stands twice, or the API has no such version (`catalog::field-type`).";
    LintDiffers, "lint::differs", Error, "Every API server needs the same keys for tokens and for what is stored, and the same static tokens: what one of them has signed or encrypted, another one refuses or cannot read. It shows as errors that come and go with the server that a client happens to reach.";
}

impl Code {
    /// The code of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_well_formed() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            let (module, kebab) = name.split_once("::").unwrap();
            assert!(module.chars().all(|c| c.is_ascii_lowercase()));
            assert!(
                kebab.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{name}"
            );
        }
    }
}
