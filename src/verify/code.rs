//! The stable codes of what a proof finds, and their explanations.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Something does not work, or lets in whom it should not.
    Error,
    /// It works, and gives something away.
    Warning,
}

impl Weight {
    /// `error` or `warning`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Weight::Error => "error",
            Weight::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($variant:ident, $name:literal, $weight:ident, $explanation:literal;)*) => {
        /// Which kind of finding it is. Names never change once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $explanation] $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// `verify::kebab-name`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// How bad it is.
            #[must_use]
            pub fn weight(self) -> Weight {
                match self { $(Code::$variant => Weight::$weight),* }
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
    // where a connection leads
    NobodyListens, "verify::nobody-listens", Error, "An address is dialled that a host of the plan has, or is to have, and no program listens there: the client gets `connection refused`, or no answer at all. Either the client's URL or the server's address or port is another one than the plan means. What is dialled at addresses that no host has is not known, and is no finding.";
    OtherListens, "verify::other-listens", Error, "Another program listens where the client expects its server, or another listen of the same one, such as the port for peers instead of the one for clients. Certificates of both may even be valid; the protocols do not fit.";
    Plain, "verify::plain", Error, "One end speaks TLS and the other one does not. Go's client says `http: server gave HTTP response to HTTPS client`, its server `client sent an HTTP request to an HTTPS server`.";
    NotConnected, "verify::not-connected", Error, "A program is there to connect to another one, and no input says where: it exits, or works for itself alone. Set the input that is named.";
    Probe, "verify::probe", Error, "Who runs the program asks after its health at a port or by a scheme at which it does not answer (a pod's `livenessProbe`, `startupProbe`, `readinessProbe`): after some failures a program that works well is started anew, again and again.";
    Check, "verify::check", Error, "A load balancer asks its servers whether they are well at a path that answers to nobody without a credential, and it has none. It gets 401 or 403, takes every server for dead, and leads nowhere. Of API servers, `/livez`, `/readyz` and `/healthz` answer to everybody as long as anonymous requests are let in there (AuthenticationConfiguration, `anonymous.conditions`).";
    HostDown, "verify::host-down", Error, "Asked with `--any-host-down`: without this one host, another program reaches no server of a kind at all, or members that decide by majority are too few. Add a door with several hosts behind it (`[vip.NAME]`), more addresses to the dial, or members.";
    // what the client says of the server
    ServerRefused, "verify::server-refused", Error, "The client does not accept the server's certificate. The message has the first reason: no path to an authority of the client's bundle (`x509: certificate signed by unknown authority`), a certificate that has ended or not begun, an authority that may not sign, an extended key usage without serverAuth, names outside of the constraints of an authority (RFC 5280, 6.1; Go's crypto/x509/verify.go, or OpenSSL's X509_verify_cert where the program is built on it).";
    Name, "verify::name-missing", Error, "The server's certificate is valid and is not for the name or address that the client dials: `x509: certificate is valid for A, not B`. Addresses are compared with IP names alone, DNS names with DNS names, and the common name with nothing (RFC 9525, 6; RFC 6125, 6.4; Go's crypto/x509, `VerifyHostname`). Add the name to the server (`names.add`, `names` of its node, a VIP), or dial another one.";
    SelfMade, "verify::self-made", Error, "No input gives the server a certificate, so it makes one itself when it starts, and no client can believe that. API servers, nodes and the other programs of Kubernetes do this (apiserver/pkg/server/options, `MaybeDefaultWithSelfSignedCerts`).";
    NotVerified, "verify::not-verified", Warning, "The client takes whatever certificate it is shown. Whoever stands between reads its credentials and answers in the server's place. An API server verifies nodes only where a flag names the authority of their certificates.";
    // what the server says of the client
    NoCertificate, "verify::no-certificate", Error, "The server requires a certificate of its clients (`tls.RequireAndVerifyClientCert`), and this one presents none: the handshake ends with the alert `certificate required` (RFC 8446, 6.2).";
    ClientRefused, "verify::client-refused", Error, "The server does not accept the client's certificate: no path to an authority of its bundle for clients, dates, an authority that may not sign, an extended key usage without clientAuth. The cluster's store ends the handshake (`tls: bad certificate`); API servers and nodes only request certificates, so the client goes on as nobody and gets 401 or 403 (apiserver/pkg/authentication/request/x509).";
    NoClients, "verify::no-clients", Error, "The client presents a certificate, and the server has no bundle to check one against: whoever presents one stays nobody there. Set the server's bundle for clients.";
    CommonName, "verify::common-name", Error, "The server lets in certain common names alone, and the client has another one. The comparison is exact. A front proxy's names are those that API servers are given beside its authority; the cluster's store may be given one for its clients and one for its peers.";
    Source, "verify::source-address", Error, "The cluster's store compares the address from which a peer connects with the IP names of the peer's certificate, unless a DNS name of it resolves to that address (its client/pkg/transport/listener_tls.go, `checkCertSAN`). None of the host's addresses is among them.";
    UnknownToken, "verify::unknown-token", Error, "The client's kubeconfig has a token that is neither in the server's token file nor in a Secret that the plan applies: every request gets 401.";
    TokenEnded, "verify::token-ended", Error, "The bootstrap token's `expiration` has passed: the API server refuses it, and the token cleaner removes its Secret (plugin/pkg/auth/authenticator/token/bootstrap). `pkiplan renew PLAN keyring.NAME` makes another one.";
    Rights, "verify::rights-missing", Error, "The server knows the client, and what it knows may not do what the connection is for: a user or group without the role, a node whose name is not `system:node:NAME` in the group `system:nodes` (the Node authorizer), a client of nodes that no RBAC rule gives `nodes/proxy`. Requests get 403.";
    Anonymous, "verify::anonymous", Warning, "Whoever shows no credential is let in as `system:anonymous`. What that one may do depends on every rule that names `system:unauthenticated`, and a node that authorizes everybody lets it run commands in pods.";
    Everybody, "verify::everybody", Error, "The server lets everybody whom it knows do everything: `AlwaysAllow`, which is also what an API server does that is given no mode of authorization, and a node without a configuration.";
    OpenListen, "verify::open-listen", Error, "A store of the cluster lets in clients that show no certificate: whoever reaches its port reads every Secret and writes every object. It needs an authority for its clients and must require their certificates, and the same for its peers.";
    // material
    Material, "verify::input", Error, "An input names something that is not there, or is not what it should be: a file that nothing writes, a damaged block of PEM, a key where a certificate belongs. Most programs exit; Go's pools leave out a broken certificate in silence, and the loaders of Kubernetes and of its store refuse the whole file.";
    OtherKey, "verify::other-key", Error, "Certificate and private key do not belong together. The program exits: `tls: private key does not match public key` (crypto/tls, `X509KeyPair`).";
    Unreadable, "verify::unreadable", Error, "The program runs as a user that the mode of the file does not let read it: `permission denied` at its start. Groups are not known here and let nobody in.";
    OpenToOthers, "verify::open-to-others", Warning, "Every user of the host can read a private key, a token or a key that encrypts. Mode 0600 and the program's user as owner are enough.";
    Signers, "verify::signers", Error, "Who issues certificates takes exactly one certificate from its file, and this one holds another number: it does not start (pkg/controller/certificates/signer/ca_provider.go). A chain belongs into other files.";
    ForeignAuthority, "verify::foreign-authority", Error, "A bundle holds an authority that the plan does not know. Whoever has its key can be any client, or any server, for this program. It is left from an earlier time, or was put there.";
    // programs
    DoesNotStart, "verify::does-not-start", Error, "The program would exit when it starts: a flag or a field of its configuration that this version does not know, a value of another type, a file that is missing, a required input that is not set. The message says which.";
    Ignored, "verify::ignored", Error, "The program reads a part of its configuration and does not take it: a field that nothing knows where decoding is lenient, or a flag beside a configuration file that makes flags count no more. What was meant does not happen, and nothing says so.";
    Rule, "verify::rule", Error, "A rule of the component's definition is broken by the flags as they stand on the host. `pkiplan check` finds the same in a plan (`expand::cannot-work`); here it was found in trees.";
    // together
    Differs, "verify::differs", Error, "Programs of one kind must agree on this on all hosts, and one of them differs: keys of service accounts, keys that encrypt and their order, the issuer of tokens, files of tokens, the list of the store's members. What one of them writes or signs, another one cannot read.";
    NotVerifiable, "verify::not-verifiable", Error, "One program signs tokens with a key that another one does not have among its public keys: pods that get such a token are refused by that one (401). Every public key belongs to every API server before its private half signs anything (several files may be named).";
    NotAdmitted, "verify::not-admitted", Error, "What a program issues is not accepted where it is meant to be shown: certificates of the cluster's own signer do not lead to an authority in the bundle for clients of the API server. Nodes that have just rotated their certificates would be cut off.";
    Handshake, "verify::handshake", Error, "The judges accept a pair of certificates, and a real handshake with the same bytes fails. One of both is wrong: please report it, with the message. Nothing of the rollout is proven until it is known which.";
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
