//! A compiled text as a syntax tree, each part with its location.

use std::ops::Range;
use std::sync::Arc;

use minijinja::Value;

use super::filters::Filter;
use super::operators::{Comparison, Operator};

/// A part of a text that has a value.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// `a and b`
    And(Box<[Expression; 2]>),
    /// `node.name`
    Attribute(Box<Expression>, Arc<str>),
    /// `a + b`
    Binary(Operator, Box<[Expression; 2]>),
    /// `a if b else c`
    Choice { when: Box<Expression>, then: Box<Expression>, otherwise: Option<Box<Expression>> },
    /// `a < b <= c`
    Compare(Box<Expression>, Vec<(Comparison, Expression)>),
    /// `"a"`
    Constant(Value),
    /// `a | join(",")`
    Filter(&'static Filter, Box<Expression>, Arguments),
    /// `a[b]`
    Item(Box<[Expression; 2]>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{"a": b}`
    Map(Vec<[Expression; 2]>),
    /// `-a`
    Negate(Box<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// `a or b`
    Or(Box<[Expression; 2]>),
    /// `range(1, 3)`
    Range(Vec<Expression>),
    /// `a[1:3:2]`
    Slice(Box<Expression>, [Option<Box<Expression>>; 3]),
    /// `a is since("1.27")`
    Test(Test, Box<Expression>),
    /// `node`
    Variable(Arc<str>),
}

/// What stands in the brackets behind a filter's name.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Expression>,
    pub(super) named: Vec<(Arc<str>, Expression)>,
}

/// What a value may be asked.
#[derive(Debug)]
pub(super) enum Test {
    /// Whether there is one.
    Defined,
    /// Whether it is `none`.
    None,
    /// Whether it is that version or a later one.
    Since(Box<Expression>),
}

/// A part of a template.
#[derive(Debug)]
pub(super) enum Statement {
    /// `{% set a %}...{% endset %}`
    Capture(Target, Vec<Statement>),
    /// `{{ a }}`
    Emit(Expression),
    /// `{% for a in b if c %}...{% else %}...{% endfor %}`
    For(Box<For>),
    /// `{% if a %}...{% else %}...{% endif %}`
    If { when: Expression, then: Vec<Statement>, otherwise: Vec<Statement> },
    /// `{% set a = b %}`
    Set(Target, Expression),
    /// What is written as it is.
    Text(Box<str>),
    /// `{% with a = b %}...{% endwith %}`
    With(Vec<(Target, Expression)>, Vec<Statement>),
}

/// A loop.
#[derive(Debug)]
pub(super) struct For {
    pub(super) target: Target,
    pub(super) over: Expression,
    pub(super) filter: Option<Expression>,
    pub(super) body: Vec<Statement>,
    pub(super) otherwise: Vec<Statement>,
}

/// What a value is given to.
#[derive(Debug)]
pub(super) enum Target {
    /// Each item of a list to one of these.
    Each(Vec<Target>),
    Name(Arc<str>),
}
