//! Compiles and evaluates expressions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

use super::evaluate::Evaluation;
use super::failure::{Failure, FailureKind};
use super::names::{self, Name, Placed};
use super::parse::{self, Parsed};
use super::program::{Expression, Kind, Statement};
use super::{Schema, filters};

/// What all evaluations together may take, in the units of one.
const ALL: u64 = 64 << 20;
/// What they may take besides for each host.
const HOST: u64 = 64 << 10;

/// The rules under which all expressions run, and what they may still take.
pub struct Engine {
    environment: Environment<'static>,
    syntax: SyntaxConfig,
    left: AtomicU64,
}

/// A string of the catalog, ready to be evaluated, and the names of the scope that it reads.
#[derive(Debug, Clone)]
pub struct Compiled {
    source: Arc<str>,
    form: Form,
    reads: Arc<[Name]>,
}

#[derive(Debug, Clone)]
enum Form {
    /// One expression, whose value keeps its type.
    Expression(Arc<Expression>),
    /// No braces: the text itself.
    Literal(Value),
    /// `{{ node.name }}`: a field, which needs no evaluation.
    Path(Arc<[Arc<str>]>),
    /// A template, whose value is a text.
    Text(Arc<[Statement]>),
}

impl Engine {
    /// An engine that has not evaluated anything.
    #[must_use]
    pub fn new() -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        filters::install(&mut environment);
        let syntax = SyntaxConfig::builder()
            .keep_trailing_newline(true)
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .unwrap_or_default();
        Self { environment, syntax, left: AtomicU64::new(ALL) }
    }

    /// Compiles a value or text, checking every name in it.
    ///
    /// # Errors
    /// When it does not parse, is too long or too deep, or names something that `schema` does not have.
    pub fn compile(&self, source: &str, schema: &Schema) -> Result<Compiled, Failure> {
        if !source.contains("{{") && !source.contains("{%") {
            let form = Form::Literal(Value::from(source));
            return Ok(Compiled { source: source.into(), form, reads: Arc::default() });
        }
        let Parsed { mut program, read } = parse::template(source, &self.syntax)?;
        let form = match program.pop() {
            Some(Statement::Emit(expression)) if program.is_empty() => Form::of(expression),
            last => {
                program.extend(last);
                Form::Text(program.into())
            }
        };
        checked(source, form, &read, schema)
    }

    /// Compiles an expression without braces.
    ///
    /// # Errors
    /// As [`Engine::compile`].
    pub fn condition(&self, source: &str, schema: &Schema) -> Result<Compiled, Failure> {
        let Parsed { program, read } = parse::expression(source)?;
        checked(source, Form::of(program), &read, schema)
    }

    /// Compiles a template, whose value is a text whatever is in it.
    ///
    /// # Errors
    /// As [`Engine::compile`].
    pub fn template(&self, source: &str, schema: &Schema) -> Result<Compiled, Failure> {
        let Parsed { program, read } = parse::template(source, &self.syntax)?;
        checked(source, Form::Text(program.into()), &read, schema)
    }

    /// The value in `scope`.
    ///
    /// # Errors
    /// When something is undefined, of a wrong kind, or too much work.
    pub fn evaluate(&self, compiled: &Compiled, scope: &Value) -> Result<Value, Failure> {
        match &compiled.form {
            Form::Literal(value) => Ok(value.clone()),
            Form::Path(parts) => path(parts, scope),
            Form::Expression(expression) => self.run(compiled, scope, |evaluation| {
                let value = evaluation.value(expression)?;
                evaluation.budget.look_at(&value)?;
                Ok(value)
            }),
            Form::Text(statements) => {
                self.run(compiled, scope, |evaluation| evaluation.text(statements).map(Value::from))
            }
        }
    }

    /// Lets evaluations begin anew with what a plan of as many hosts may take.
    pub fn allow_for(&self, hosts: usize) {
        let hosts = u64::try_from(hosts).unwrap_or(u64::MAX);
        self.left.store(ALL.saturating_add(hosts.saturating_mul(HOST)), Ordering::Relaxed);
    }

    /// Evaluates as long as all evaluations together have not taken too much.
    fn run(
        &self,
        compiled: &Compiled,
        scope: &Value,
        run: impl FnOnce(&mut Evaluation<'_>) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        if self.left.load(Ordering::Relaxed) == 0 {
            return Err(all_taken());
        }
        let mut evaluation = Evaluation::new(&self.environment, &compiled.source, scope);
        let value = run(&mut evaluation);
        let used = evaluation.budget.used();
        let less = |left: u64| Some(left.saturating_sub(used));
        _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        value
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

impl Form {
    fn of(expression: Expression) -> Self {
        let mut parts = Vec::new();
        let mut at = &expression;
        loop {
            match &at.kind {
                Kind::Attribute(of, name) => {
                    parts.push(name.clone());
                    at = of;
                }
                Kind::Variable(name) => {
                    parts.push(name.clone());
                    parts.reverse();
                    return Form::Path(parts.into());
                }
                _ => return Form::Expression(Arc::new(expression)),
            }
        }
    }
}

/// A field of the scope.
fn path(parts: &[Arc<str>], scope: &Value) -> Result<Value, Failure> {
    let mut value = scope.clone();
    for part in parts {
        value = value.get_attr(part)?;
        if value.is_undefined() {
            return Err(Failure::new(format!("`{}` is undefined here", parts.join("."))));
        }
    }
    Ok(value)
}

/// With the names that it reads, all of which the scope has.
fn checked(source: &str, form: Form, read: &[Placed], schema: &Schema) -> Result<Compiled, Failure> {
    for (name, range) in read {
        if let Err((mut message, help)) = schema.check(&name.root, name.field.as_deref()) {
            if source[range.end..].starts_with('-') {
                message.push_str("; names in expressions are written with `_`");
            }
            return Err(Failure { help, ..Failure::new(message).within(range) });
        }
    }
    Ok(Compiled { source: source.into(), form, reads: names::distinct(read) })
}

fn all_taken() -> Failure {
    let message = format!(
        "the expressions of this plan produce too much in total: more than {} MiB, and {} KiB for each host",
        ALL >> 20,
        HOST >> 10
    );
    let failure = Failure::too_much(message, "repeat less for each host in templates");
    Failure { kind: FailureKind::AllTooMuch, ..failure }
}
