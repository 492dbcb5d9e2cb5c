//! Reads a kubeconfig as client-go does: the current context, with locations.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::command::Unread;
use crate::host::{Files, Place, joined};
use crate::kubernetes::{KubeconfigView, MaterialView, Member, embedded};
use crate::yaml::{self, Node};

/// What the current context of a kubeconfig says. It may be secret, so there is no `Debug`.
pub struct Kubeconfig {
    /// The file.
    pub path: Arc<str>,
    /// The name of the current context, and its line.
    pub context: Option<Named>,
    /// `https://10.0.0.1:6443`
    pub server: Option<Named>,
    /// The name that the server's certificate is to have, if it is not that of the URL.
    pub tls_server_name: Option<Named>,
    /// Where it is said that the server's certificate is not verified.
    pub insecure: Option<Place>,
    /// The proxy that the server is reached by.
    pub proxy: Option<Named>,
    /// The trust bundle; none: that of the system.
    pub authority: Option<Material>,
    /// The client's certificate.
    pub certificate: Option<Material>,
    /// The key of the client's certificate.
    pub key: Option<Material>,
    /// A token; it counts before `token_file`.
    pub token: Option<(Zeroizing<String>, Place)>,
    /// A file with a token, absolute.
    pub token_file: Option<Named>,
    /// Where a user name with a password stands.
    pub password: Option<Place>,
    /// Where a program is named that fetches the credential: what it is, no file says.
    pub exec: Option<Place>,
    /// Where another user is impersonated.
    pub acts_as: Option<Place>,
    /// Why client-go would not take it.
    pub refused: Vec<Unread>,
}

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The text.
    pub text: Arc<str>,
    /// Where.
    pub place: Place,
}

/// A certificate or a key.
pub enum Material {
    /// In a file, absolute as the program names it.
    File(Named),
    /// In the kubeconfig itself, decoded: PEM.
    Embedded {
        /// The decoded bytes.
        bytes: Zeroizing<Vec<u8>>,
        /// Where.
        place: Place,
    },
}

/// Reads a kubeconfig; relative paths are counted from its folder.
///
/// # Errors
/// It is not there, or cannot be read, or is none.
pub fn kubeconfig(files: &dyn Files, path: &str) -> Result<Kubeconfig, Unread> {
    let path: Arc<str> = path.into();
    let whole = |why: &str| Unread::new(Place::file(Arc::clone(&path)), why);
    let Some((text, _)) = files.text(&path)? else { return Err(whole("there is no such file")) };
    parse(&path, &text)
}

/// Reads the text of a kubeconfig that lies at a path.
///
/// # Errors
/// It is none.
pub fn parse(path: &Arc<str>, text: &str) -> Result<Kubeconfig, Unread> {
    let at = |line| Place::line(path, line);
    let documents = yaml::documents(text).map_err(|broken| Unread::new(at(broken.line), broken.why))?;
    let Some(document) = documents.into_iter().next() else {
        return Err(Unread::new(Place::file(Arc::clone(path)), "it is empty"));
    };
    let root = &document.root;
    let Some(view) = KubeconfigView::of(root) else {
        return Err(Unread::new(at(root.line), "it is not a kubeconfig"));
    };
    let duplicates = document.duplicates.iter();
    let refused = duplicates
        .map(|key| Unread::new(at(key.line), format!("the key `{}` is written twice", key.text)))
        .chain(
            view.refused.iter().map(|refused| Unread::new(at(refused.line), format!("it {}", refused.why))),
        )
        .collect();
    let mut reader = Reader { path, refused };
    let mut read = reader.read(&view);
    read.refused = reader.refused;
    Ok(read)
}

struct Reader<'p> {
    path: &'p Arc<str>,
    refused: Vec<Unread>,
}

impl Reader<'_> {
    fn read(&mut self, view: &KubeconfigView<'_>) -> Kubeconfig {
        let context = self.text("current-context", view.current_context);
        let named = context.as_ref().and_then(|name| self.member("contexts", &view.contexts, name));
        let cluster = named.and_then(|context| self.text("cluster", context.cluster));
        let user = named.and_then(|context| self.text("user", context.user));
        let cluster = cluster.and_then(|name| self.member("clusters", &view.clusters, &name));
        let user = user.and_then(|name| self.member("users", &view.users, &name));
        for refused in user.iter().flat_map(|user| &user.refused) {
            self.refuse(refused.line, format!("the user {}", refused.why));
        }
        let insecure = cluster.and_then(|cluster| cluster.insecure);
        let insecure = insecure.filter(|node| node.as_bool() == Some(true));
        let authority = cluster.and_then(|cluster| self.material(cluster.authority));
        if let Some(node) = insecure.filter(|_| authority.is_some()) {
            let why = "`insecure-skip-tls-verify` is true, and `certificate-authority` is given as well";
            self.refuse(node.line, why);
        }
        let exec = user.and_then(|user| user.exec.or(user.auth_provider));
        let token = user.and_then(|user| self.text("token", user.token));
        let token_file = user.and_then(|user| self.text("tokenFile", user.token_file));
        Kubeconfig {
            path: Arc::clone(self.path),
            server: cluster.and_then(|cluster| self.text("server", cluster.server)),
            tls_server_name: cluster
                .and_then(|cluster| self.text("tls-server-name", cluster.tls_server_name)),
            insecure: insecure.map(|node| self.at(node.line)),
            proxy: cluster.and_then(|cluster| self.text("proxy-url", cluster.proxy)),
            authority,
            certificate: user.and_then(|user| self.material(user.certificate)),
            key: user.and_then(|user| self.material(user.key)),
            token: token.map(|token| (Zeroizing::new((*token.text).to_owned()), token.place)),
            token_file: token_file.map(|name| self.file(&name)),
            password: user.and_then(|user| Some(self.at(user.password?.line))),
            exec: exec.map(|node| self.at(node.line)),
            acts_as: user.and_then(|user| Some(self.at(user.acts_as?.line))),
            refused: Vec::new(),
            context,
        }
    }

    fn at(&self, line: u32) -> Place {
        Place::line(self.path, line)
    }

    fn refuse(&mut self, line: u32, why: impl Into<String>) {
        let place = self.at(line);
        self.refused.push(Unread::new(place, why));
    }

    /// The text of a key.
    fn text(&mut self, key: &str, node: Option<&Node>) -> Option<Named> {
        let node = node?;
        let Some(text) = node.as_str() else {
            self.refuse(node.line, format!("`{key}` is {}, not a text", node.kind()));
            return None;
        };
        Some(Named { text: text.into(), place: self.at(node.line) })
    }

    /// A path, counted from the kubeconfig's folder.
    fn file(&self, name: &Named) -> Named {
        let folder = self.path.rsplit_once('/').map_or("/", |(folder, _)| folder);
        Named { text: joined(folder, &name.text).into(), place: name.place.clone() }
    }

    /// The member of a list by its name; of two with one name client-go takes the first.
    fn member<'v, T>(&mut self, list: &str, members: &'v [Member<'_, T>], name: &Named) -> Option<&'v T> {
        let found = members.iter().find(|member| member.name == &*name.text);
        if found.is_none() {
            let why = format!("`{list}` has no entry with this name");
            self.refused.push(Unread::new(name.place.clone(), why));
        }
        found.map(|member| &member.body)
    }

    /// What is embedded counts before a file; client-go refuses both.
    fn material(&mut self, MaterialView { key, file, data }: MaterialView<'_>) -> Option<Material> {
        let Some(node) = data else {
            let name = self.text(key, file)?;
            return Some(Material::File(self.file(&name)));
        };
        if file.is_some() {
            self.refuse(node.line, format!("both `{key}` and `{key}-data` are given"));
        }
        match node.as_str().and_then(embedded) {
            Some(bytes) => Some(Material::Embedded { bytes, place: self.at(node.line) }),
            None => {
                self.refuse(node.line, format!("`{key}-data` is not base64"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    const BOTH: &str = "\
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c
  cluster:
    server: https://10.0.0.1:6443
    certificate-authority: pki/../ca.crt
users:
- name: u
  user:
    client-certificate-data: aGVsbG8=
    client-key: /keys/u.key
contexts:
- {name: one, context: {cluster: c, user: u}}
";

    #[test]
    fn the_current_context_is_read_with_its_places() {
        let files = Memory::default().with("/etc/kubernetes/a.conf", BOTH);
        let Ok(read) = kubeconfig(&files, "/etc/kubernetes/a.conf") else { panic!("it is a kubeconfig") };
        let server = read.server.unwrap();
        assert_eq!((&*server.text, server.place.line), ("https://10.0.0.1:6443", Some(7)));
        let Some(Material::File(file)) = read.authority else { panic!("the authority is a file") };
        assert_eq!((&*file.text, file.place.line), ("/etc/kubernetes/ca.crt", Some(8)));
        let Some(Material::Embedded { bytes, place }) = read.certificate else { panic!("it is embedded") };
        assert_eq!((&**bytes, place.line), (&b"hello"[..], Some(12)));
        assert!(matches!(read.key, Some(Material::File(name)) if &*name.text == "/keys/u.key"));
        assert_eq!(read.refused, []);
    }

    #[test]
    fn what_client_go_refuses_is_told_with_its_line() {
        let refused = |text: &str| -> Vec<(Option<u32>, String)> {
            let Ok(read) = parse(&"/a".into(), text) else { panic!("it is a kubeconfig") };
            read.refused.into_iter().map(|unread| (unread.place.line, unread.why)).collect()
        };
        let twice = BOTH.replace("    client-key:", "    client-certificate: x\n    client-key:");
        let expected = "both `client-certificate` and `client-certificate-data` are given".to_owned();
        assert_eq!(refused(&twice), [(Some(12), expected)]);
        let gone = BOTH.replace("user: u}", "user: x}");
        assert_eq!(refused(&gone), [(Some(15), "`users` has no entry with this name".to_owned())]);
        let old = BOTH.replace("apiVersion: v1", "apiVersion: v1beta1");
        let expected = "it has the `apiVersion` `v1beta1`, which clients do not support".to_owned();
        assert_eq!(refused(&old), [(Some(1), expected)]);
        let exec = BOTH.replace("client-key: /keys/u.key", "exec: {command: a}");
        assert_eq!(
            refused(&exec),
            [(Some(13), "the user runs a program without an `apiVersion`".to_owned())]
        );
        let open = BOTH.replace("    server:", "    insecure-skip-tls-verify: true\n    server:");
        let expected = "`insecure-skip-tls-verify` is true, and `certificate-authority` is given as well";
        assert_eq!(refused(&open), [(Some(7), expected.to_owned())]);
        assert!(parse(&"/a".into(), "kind: Pod\n").is_err());
        assert!(parse(&"/a".into(), "a: [\n").is_err());
    }
}
