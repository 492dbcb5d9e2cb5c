//! Compiling and evaluating.

use std::ops::Range;
use std::sync::Arc;

use minijinja::machinery::{parse, parse_expr};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use super::names::{self, Name, Placed};
use super::{Schema, filters};

/// Steps that one evaluation may take.
const FUEL: u64 = 200_000;
/// Bytes that one text may have.
const SIZE: usize = 4 << 20;
/// An expression is kept as a template that puts its value under a name: templates alone are compiled once.
const BEFORE: &str = "{% set value = ";
const AFTER: &str = " %}";

/// Compiled templates and the rules under which all expressions run.
pub struct Engine {
    environment: Environment<'static>,
    syntax: SyntaxConfig,
    texts: usize,
}

/// A string of the catalog, ready to be evaluated, and the names of the scope that it reads.
#[derive(Debug, Clone)]
pub struct Compiled {
    form: Form,
    reads: Arc<[Name]>,
}

#[derive(Debug, Clone)]
enum Form {
    /// No braces: the text itself.
    Literal(Value),
    /// `{{ node.name }}`: a field, read without the interpreter.
    Path(Arc<[Arc<str>]>),
    /// One expression, whose value keeps its type, by the name under which the engine holds it.
    Expression(Arc<str>),
    /// A template by the name under which the engine holds it.
    Text(Arc<str>),
}

/// Why a string does not compile or has no value.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The bytes of the string that are meant, where known.
    pub range: Option<Range<usize>>,
}

impl Engine {
    /// An engine without templates.
    #[must_use]
    pub fn new() -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(|out, _, value| {
            if value.is_undefined() || value.is_none() {
                return Err(minijinja::ErrorKind::UndefinedError.into());
            }
            out.write_str(&super::to_text(value)).map_err(minijinja::Error::from)
        });
        environment.set_debug(true);
        let syntax = SyntaxConfig::builder()
            .keep_trailing_newline(true)
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .unwrap_or_default();
        environment.set_syntax(syntax.clone());
        filters::install(&mut environment);
        Self { environment, syntax, texts: 0 }
    }

    /// Compiles a value or text, checking every name in it.
    ///
    /// # Errors
    /// When it does not parse or names something that `schema` does not have.
    pub fn compile(&mut self, source: &str, schema: &Schema) -> Result<Compiled, Failure> {
        if !source.contains("{{") && !source.contains("{%") {
            return Ok(Compiled { form: Form::Literal(Value::from(source)), reads: Arc::default() });
        }
        match only_expression(source) {
            Some(range) => self.condition_at(source, range, schema),
            None => {
                self.texts += 1;
                let name = format!("text {}", self.texts);
                self.template(&name, source, schema)
            }
        }
    }

    /// Compiles an expression without braces.
    ///
    /// # Errors
    /// As [`Engine::compile`].
    pub fn condition(&mut self, source: &str, schema: &Schema) -> Result<Compiled, Failure> {
        self.condition_at(source, 0..source.len(), schema)
    }

    fn condition_at(
        &mut self,
        whole: &str,
        range: Range<usize>,
        schema: &Schema,
    ) -> Result<Compiled, Failure> {
        let source = whole[range.clone()].trim();
        let offset = range.start + whole[range.clone()].find(source).unwrap_or(0);
        let shifted = |failure: Failure| Failure {
            range: failure
                .range
                .map(|r| r.start + offset..r.end + offset)
                .or(Some(offset..offset + source.len())),
            ..failure
        };
        let tree = parse_expr(source).map_err(|e| shifted(Failure::from(&e)))?;
        let read = names::of_expression(&tree);
        check(&read, source, schema).map_err(shifted)?;
        let reads = names::distinct(&read);
        let plain = source
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        let reserved = ["true", "false", "none"].contains(&source);
        if plain && !reserved {
            let form = Form::Path(source.split('.').map(Arc::from).collect());
            return Ok(Compiled { form, reads });
        }
        self.texts += 1;
        let name = format!("expression {}", self.texts);
        self.environment
            .add_template_owned(name.clone(), [BEFORE, source, AFTER].concat())
            .map_err(|e| shifted(Failure::from(&e)))?;
        Ok(Compiled { form: Form::Expression(name.into()), reads })
    }

    /// Compiles a template under a name of its own.
    ///
    /// # Errors
    /// As [`Engine::compile`].
    pub fn template(&mut self, name: &str, source: &str, schema: &Schema) -> Result<Compiled, Failure> {
        let tree = parse(source, name, self.syntax.clone()).map_err(|e| Failure::from(&e))?;
        let read = names::of_template(&tree);
        check(&read, source, schema)?;
        self.environment
            .add_template_owned(name.to_owned(), source.to_owned())
            .map_err(|e| Failure::from(&e))?;
        Ok(Compiled { form: Form::Text(name.into()), reads: names::distinct(&read) })
    }

    /// The value in `scope`.
    ///
    /// # Errors
    /// When something is undefined, of a wrong kind, or too much work.
    pub fn evaluate(&self, compiled: &Compiled, scope: &Value) -> Result<Value, Failure> {
        let value = match &compiled.form {
            Form::Literal(value) => return Ok(value.clone()),
            Form::Path(parts) => {
                let mut value = scope.clone();
                for part in parts.iter() {
                    value = value.get_attr(part).map_err(|e| Failure::from(&e))?;
                    if value.is_undefined() {
                        return Err(Failure::new(format!("`{}` is undefined here", parts.join("."))));
                    }
                }
                value
            }
            Form::Expression(name) => {
                let template = self.environment.get_template(name).map_err(|e| Failure::from(&e))?;
                let captured = template.render_captured(scope.clone()).map_err(|e| within(&e))?;
                captured.state().lookup("value").unwrap_or_default()
            }
            Form::Text(name) => {
                let template = self.environment.get_template(name).map_err(|e| Failure::from(&e))?;
                let text = template.render(scope.clone()).map_err(|e| Failure::from(&e))?;
                if text.len() > SIZE {
                    return Err(Failure::new(format!("the text is longer than {SIZE} bytes")));
                }
                Value::from(text)
            }
        };
        if value.is_undefined() {
            return Err(Failure::new("the value is undefined here".to_owned()));
        }
        Ok(value)
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Compiled {
    /// Whether it is the same in every scope.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        matches!(self.form, Form::Literal(_))
    }

    /// The names that it reads, each once, whether or not a condition lets it come to them.
    #[must_use]
    pub fn reads(&self) -> &[Name] {
        &self.reads
    }
}

impl Failure {
    fn new(message: String) -> Self {
        Self { message, help: None, range: None }
    }
}

impl From<&minijinja::Error> for Failure {
    fn from(error: &minijinja::Error) -> Self {
        let kind = error.kind().to_string();
        let message = match error.detail() {
            Some(detail) if detail.starts_with(&kind) => detail.to_owned(),
            Some(detail) => format!("{kind}: {detail}"),
            None => kind,
        };
        Failure { message, help: None, range: error.range() }
    }
}

/// A failure of an expression, its range counted from the expression's own beginning.
fn within(error: &minijinja::Error) -> Failure {
    let failure = Failure::from(error);
    let own = |range: Range<usize>| {
        let start = range.start.checked_sub(BEFORE.len())?;
        Some(start..range.end.checked_sub(BEFORE.len())?)
    };
    Failure { range: failure.range.clone().and_then(own), ..failure }
}

/// The inside of the braces if `source` is one `{{ ... }}` and nothing else.
fn only_expression(source: &str) -> Option<Range<usize>> {
    let inside = source.strip_prefix("{{")?.strip_suffix("}}")?;
    let alone = !inside.contains("{{") && !inside.contains("}}") && !inside.contains("{%");
    alone.then(|| 2..source.len() - 2)
}

/// The first name that the scope does not have.
fn check(read: &[Placed], source: &str, schema: &Schema) -> Result<(), Failure> {
    for (name, range) in read {
        if let Err((mut message, help)) = schema.check(&name.root, name.field.as_deref()) {
            if source[range.end..].starts_with('-') {
                message.push_str("; names in expressions are written with `_`");
            }
            return Err(Failure { message, help, range: Some(range.clone()) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::{Record, items, texts, to_text};

    fn schema() -> Schema {
        Schema::default().with("node", ["name", "addresses"])
    }

    fn scope() -> Value {
        let node = Record::new().with("name", "m1").with("addresses", texts(["10.0.0.1", "fd00::1"])).build();
        Record::new().with("node", node).build()
    }

    #[test]
    fn values_keep_their_type_and_texts_are_texts() {
        let mut engine = Engine::new();
        let list = engine.compile("{{ node.addresses }}", &schema()).unwrap();
        assert_eq!(items(&engine.evaluate(&list, &scope()).unwrap()).len(), 2);
        let sum = engine.compile("{{ [node.name] + node.addresses }}", &schema()).unwrap();
        assert_eq!(to_text(&engine.evaluate(&sum, &scope()).unwrap()), "m1,10.0.0.1,fd00::1");
        let text = engine.compile("system:node:{{ node.name }}", &schema()).unwrap();
        assert_eq!(to_text(&engine.evaluate(&text, &scope()).unwrap()), "system:node:m1");
    }

    #[test]
    fn misspelt_names_are_found_before_evaluation() {
        let mut engine = Engine::new();
        let failure = engine.compile("{{ node.nmae }}", &schema()).unwrap_err();
        assert_eq!(failure.message, "`node` has no field `nmae`");
        assert_eq!(failure.help.as_deref(), Some("did you mean `name`?"));
        assert_eq!(failure.range, Some(3..12));
        assert!(engine.compile("{{ node.name", &schema()).is_err());
        assert!(engine.condition("nodes.name == 'x'", &schema()).is_err());
    }

    #[test]
    fn undefined_results_are_errors() {
        let mut engine = Engine::new();
        let beyond = engine.compile("{{ node.addresses[7] }}", &schema()).unwrap();
        assert!(engine.evaluate(&beyond, &scope()).is_err());
    }
}
