//! A kubeconfig as client-go takes it: the current context, with places.

use std::sync::Arc;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::command::Unread;
use crate::host::{Files, Place, joined};
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
    if root.entries().is_empty() || root.get("kind").is_some_and(|kind| kind.as_str() != Some("Config")) {
        return Err(Unread::new(at(root.line), "it is no kubeconfig"));
    }
    let duplicates = document.duplicates.iter();
    let refused = duplicates
        .map(|key| Unread::new(at(key.line), format!("the key `{}` is written twice", key.text)))
        .collect();
    let mut reader = Reader { path, refused };
    let mut read = reader.read(root);
    read.refused = reader.refused;
    Ok(read)
}

struct Reader<'p> {
    path: &'p Arc<str>,
    refused: Vec<Unread>,
}

impl Reader<'_> {
    fn read(&mut self, root: &Node) -> Kubeconfig {
        let context = self.text(root, "current-context");
        let named = context.as_ref().and_then(|name| self.member(root, "contexts", "context", name));
        let cluster = named.and_then(|context| self.text(context, "cluster"));
        let user = named.and_then(|context| self.text(context, "user"));
        let cluster = cluster.and_then(|name| self.member(root, "clusters", "cluster", &name));
        let user = user.and_then(|name| self.member(root, "users", "user", &name));
        let text = |reader: &mut Self, node: Option<&Node>, key| node.and_then(|node| reader.text(node, key));
        let place = |node: Option<&Node>, key| Some(self.at(node?.get(key)?.line));
        let (exec, provider) = (place(user, "exec"), place(user, "auth-provider"));
        let (password, acts_as) = (place(user, "password"), place(user, "as"));
        let insecure = cluster.and_then(|cluster| cluster.get("insecure-skip-tls-verify"));
        let insecure = insecure.filter(|node| node.as_bool() == Some(true)).map(|node| self.at(node.line));
        let token_file = text(self, user, "tokenFile").map(|name| self.file(&name));
        Kubeconfig {
            path: Arc::clone(self.path),
            server: text(self, cluster, "server"),
            tls_server_name: text(self, cluster, "tls-server-name"),
            insecure,
            proxy: text(self, cluster, "proxy-url"),
            authority: self.material(cluster, "certificate-authority"),
            certificate: self.material(user, "client-certificate"),
            key: self.material(user, "client-key"),
            token: text(self, user, "token")
                .map(|token| (Zeroizing::new((*token.text).to_owned()), token.place)),
            token_file,
            password,
            exec: exec.or(provider),
            acts_as,
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

    /// A text that is not empty.
    fn text(&mut self, node: &Node, key: &str) -> Option<Named> {
        let value = node.get(key)?;
        match value.as_str() {
            Some("") => None,
            Some(text) => Some(Named { text: text.into(), place: self.at(value.line) }),
            None => {
                self.refuse(value.line, format!("`{key}` is {}, not a text", value.kind()));
                None
            }
        }
    }

    /// A path, counted from the kubeconfig's folder.
    fn file(&self, name: &Named) -> Named {
        let folder = self.path.rsplit_once('/').map_or("/", |(folder, _)| folder);
        Named { text: joined(folder, &name.text).into(), place: name.place.clone() }
    }

    /// The body of a member of a list by its name; of two with one name client-go takes the first.
    fn member<'n>(&mut self, root: &'n Node, list: &str, body: &str, name: &Named) -> Option<&'n Node> {
        let items = root.get(list).map(Node::items).unwrap_or_default();
        let is_it = |item: &&Node| item.get("name").and_then(Node::as_str) == Some(&*name.text);
        match items.iter().find(is_it) {
            Some(item) => item.get(body),
            None => {
                let why = format!("`{list}` has no member of this name");
                self.refused.push(Unread::new(name.place.clone(), why));
                None
            }
        }
    }

    /// What is embedded counts before a file; client-go refuses both.
    fn material(&mut self, node: Option<&Node>, key: &str) -> Option<Material> {
        let file = self.text(node?, key).map(|name| self.file(&name));
        let data = format!("{key}-data");
        let Some(embedded) = self.text(node?, &data) else { return file.map(Material::File) };
        let line = embedded.place.line.unwrap_or_default();
        if file.is_some() {
            self.refuse(line, format!("both `{key}` and `{data}` are given"));
        }
        let plain: Zeroizing<String> =
            Zeroizing::new(embedded.text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect());
        match Base64::decode_vec(&plain) {
            Ok(bytes) => Some(Material::Embedded { bytes: Zeroizing::new(bytes), place: embedded.place }),
            Err(_) => {
                self.refuse(line, format!("`{data}` is no Base64"));
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
        assert_eq!(refused(&gone), [(Some(15), "`users` has no member of this name".to_owned())]);
        assert!(parse(&"/a".into(), "kind: Pod\n").is_err());
        assert!(parse(&"/a".into(), "a: [\n").is_err());
    }
}
