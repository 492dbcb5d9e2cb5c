//! Parses CSV (RFC 4180) with a header line.

use std::ops::Range;
use std::sync::Arc;

use super::row::{Broken, Cell, ENOUGH, MOST_ROWS, Piece, Row, Value};

/// Columns at most.
const MOST: usize = 256;

/// The names of all columns, and the rows below them. Lines without a character are passed over.
pub(super) fn read(text: &str) -> Result<(Vec<Piece>, Vec<Row>), Vec<Broken>> {
    let mut reader = Reader { text, at: 0 };
    let Some(header) = reader.record().map_err(|broken| vec![broken])? else {
        return Err(vec![Broken::at(0..0, "it is empty")]);
    };
    let mut broken = named(&header);
    let names: Vec<Arc<str>> = header.iter().map(|piece| piece.text.as_str().into()).collect();
    let mut rows = Vec::new();
    while broken.len() < ENOUGH {
        let record = match reader.record() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => {
                broken.push(error);
                break;
            }
        };
        if record.len() != header.len() {
            let (has, wants) = (record.len(), header.len());
            let line = record[0].bytes.start..record[has - 1].bytes.end;
            broken.push(Broken::at(line, format!("this line has {has} fields, but the header has {wants}")));
            continue;
        }
        let bytes = record[0].bytes.clone();
        if rows.len() == MOST_ROWS {
            broken.push(Broken::rows(bytes));
            break;
        }
        let filled = names.iter().zip(&header).zip(record).filter(|(_, piece)| !piece.text.is_empty());
        let cell = |((column, named), piece): ((&Arc<str>, &Piece), Piece)| {
            let column = Arc::clone(column);
            Arc::new(Cell { column, named: named.bytes.clone(), value: Value::Text(piece) })
        };
        rows.push(Row { bytes, cells: filled.map(cell).collect(), groups: Vec::new() });
    }
    if broken.is_empty() { Ok((header, rows)) } else { Err(broken) }
}

/// Every column has a name of its own.
fn named(header: &[Piece]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (at, piece) in header.iter().enumerate() {
        if header[..at].iter().any(|earlier| earlier.text == piece.text) {
            broken.push(Broken::at(piece.bytes.clone(), "two columns have this name"));
        }
    }
    broken
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    /// The next line that is not empty; a field in quotes may have several.
    fn record(&mut self) -> Result<Option<Vec<Piece>>, Broken> {
        while let Some(end) = self.line_end(self.at) {
            self.at = end;
        }
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        loop {
            let field = self.field()?;
            if fields.len() == MOST {
                return Err(Broken::at(field.bytes, format!("there are more than {MOST} columns")));
            }
            fields.push(field);
            if self.text[self.at..].starts_with(',') {
                self.at += 1;
                continue;
            }
            self.at = self.line_end(self.at).unwrap_or(self.text.len());
            return Ok(Some(fields));
        }
    }

    /// Where the line goes on behind its end, if it ends here.
    fn line_end(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        let end = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        (end > 0).then_some(at + end)
    }

    fn field(&mut self) -> Result<Piece, Broken> {
        let start = self.at;
        let rest = &self.text[start..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest[blank..].starts_with('"') {
            return self.quoted(start + blank);
        }
        let end = start + rest.find([',', '\n']).unwrap_or(rest.len());
        self.at = end - usize::from(self.text[..end].ends_with('\r') && self.line_end(end - 1).is_some());
        let raw = &self.text[start..self.at];
        if let Some(quote) = raw.find('"') {
            let at = start + quote;
            return Err(Broken::at(at..at + 1, "this field has a quote, but does not begin with one"));
        }
        let bytes = trimmed(raw, start);
        Ok(Piece { text: self.text[bytes.clone()].to_owned(), bytes })
    }

    fn quoted(&mut self, start: usize) -> Result<Piece, Broken> {
        let mut text = String::new();
        let mut at = start + 1;
        loop {
            let Some(quote) = self.text[at..].find('"').map(|offset| at + offset) else {
                return Err(Broken::at(start..start + 1, "this quote is not closed"));
            };
            text.push_str(&self.text[at..quote]);
            at = quote + 1;
            if !self.text[at..].starts_with('"') {
                break;
            }
            text.push('"');
            at += 1;
        }
        let bytes = start..at;
        let rest = &self.text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let ends = at == self.text.len() || self.text[at..].starts_with(',') || self.line_end(at).is_some();
        if !ends {
            return Err(Broken::at(
                bytes.end - 1..bytes.end,
                "something follows this quote within the field",
            ));
        }
        self.at = at;
        Ok(Piece { text, bytes })
    }
}

/// The bytes of a text without blanks around it.
fn trimmed(raw: &str, start: usize) -> Range<usize> {
    let begin = start + raw.len() - raw.trim_start().len();
    begin..begin + raw.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let (_, rows) = read(text).unwrap();
        let cell = |cell: &Arc<Cell>| match &cell.value {
            Value::Text(piece) => format!("{}={}@{:?}", cell.column, piece.text, piece.bytes),
            _ => unreachable!(),
        };
        rows.iter().map(|row| row.cells.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn fields_have_their_places() {
        assert_eq!(told("a,b\n1, 2 \n"), ["a=1@4..5 b=2@7..8"]);
        assert_eq!(
            told("   a,b\r\n1,\"2,\"\"3\"\"\"\r\n\r\n,4"),
            ["a=1@8..9 b=2,\"3\"@10..19", "b=4@24..25"]
        );
        assert_eq!(told("a\n\"x\ny\"\n"), ["a=x\ny@2..7"]);
        assert_eq!(told("a,b"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_csv_is_reported_at_its_place() {
        let places =
            |text: &str| read(text).unwrap_err().into_iter().map(|one| one.bytes).collect::<Vec<_>>();
        let wrong = |text: &str| format!("{:?}", places(text));
        assert_eq!(wrong(""), "[0..0]");
        assert_eq!(wrong("a,b\n1\n1,2,3\n"), "[4..5, 6..11]");
        assert_eq!(wrong("a,a\n"), "[2..3]");
        assert_eq!(wrong("a\n\"x\n"), "[2..3]");
        assert_eq!(wrong("a\nx\"y\"\n"), "[3..4]");
        assert_eq!(wrong("a\n\"x\"y\n"), "[4..5]");
    }
}
