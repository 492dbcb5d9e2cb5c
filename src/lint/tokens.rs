//! Parses static token files: CSV with token, user, uid, and groups in one quoted field.
//!
//! It follows staging/src/k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go.

use zeroize::Zeroizing;

/// A line of such a file.
pub(super) struct Row {
    /// From 1.
    pub(super) line: u32,
    pub(super) token: Zeroizing<String>,
    pub(super) groups: Vec<String>,
    /// How many fields it has.
    pub(super) fields: usize,
    /// Whether quotes do not close, or stand where none may.
    pub(super) broken: bool,
}

/// The rows of a file; none where it is no file of tokens: by its name, or because every line has such fields.
pub(super) fn rows(path: &str, text: &str) -> Option<Vec<Row>> {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let said = name.ends_with(".csv") && (name.contains("token") || name.contains("auth"));
    if !said {
        return None;
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    Some(lines.map(|(at, line)| row(u32::try_from(at + 1).unwrap_or(u32::MAX), line)).collect())
}

fn row(line: u32, text: &str) -> Row {
    let (mut fields, mut field, mut quoted, mut broken) =
        (Vec::new(), Zeroizing::new(String::new()), false, false);
    let mut rest = text.trim_end().chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                field.push('"');
            }
            '"' if quoted => {
                quoted = false;
                broken |= rest.peek().is_some_and(|next| *next != ',');
            }
            '"' if field.is_empty() => quoted = true,
            '"' => broken = true,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    broken |= quoted;
    fields.push(field);
    let count = fields.len();
    let groups = fields.get(3).map(|groups| groups.split(',').map(|group| group.trim().to_owned()).collect());
    let token = fields.into_iter().next().unwrap_or_default();
    Row { line, token, groups: groups.unwrap_or_default(), fields: count, broken }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_csv() {
        let found = rows("a/token.csv", "\nabc,u,1,\"a,b\"\nabc,u\na\"b,u,1\n\"a,u,1\n").unwrap();
        let shape: Vec<_> =
            found.iter().map(|row| (row.line, row.fields, row.broken, row.groups.len())).collect();
        assert_eq!(shape, [(2, 4, false, 2), (3, 2, false, 0), (4, 3, true, 0), (5, 1, true, 0)]);
        assert!(rows("a/values.csv", "a,b,c").is_none());
    }
}
