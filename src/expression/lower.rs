//! Translates minijinja's syntax tree into this module's own program, which can be stored and evaluated within limits.

use std::ops::Range;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{self, BinOpKind, CallArg, CompareOpKind, Expr, Stmt, UnaryOpKind};

use super::failure::Failure;
use super::filters;
use super::operators::{Comparison, Operator};
use super::program::{Arguments, Expression, For, Kind, Statement, Target, Test};
use crate::diagnostics::did_you_mean;

/// How deep the parts of a text may be nested in one another.
const DEEPEST: usize = 100;
/// The one function that there is.
pub(super) const FUNCTION: &str = "range";
const TESTS: [&str; 3] = ["defined", "none", "since"];

/// The statements of a template.
///
/// # Errors
/// What this language does not have, or where it is nested too deep.
pub(super) fn template(template: &Stmt<'_>) -> Result<Vec<Statement>, Failure> {
    match template {
        Stmt::Template(template) => Lower { depth: 0 }.block(&template.children),
        one => Ok(vec![Lower { depth: 0 }.statement(one)?]),
    }
}

/// One expression.
///
/// # Errors
/// As [`template`].
pub(super) fn expression(expression: &Expr<'_>) -> Result<Expression, Failure> {
    Lower { depth: 0 }.expression(expression)
}

struct Lower {
    depth: usize,
}

impl Lower {
    /// Goes one level down.
    fn below<T>(
        &mut self,
        range: &Range<usize>,
        lower: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.depth == DEEPEST {
            let message = format!("this is nested more than {DEEPEST} levels deep");
            let help = "name a part of it with `{% set %}`";
            return Err(Failure::too_much(message, help).within(range));
        }
        self.depth += 1;
        let lowered = lower(self);
        self.depth -= 1;
        lowered
    }

    fn block(&mut self, statements: &[Stmt<'_>]) -> Result<Vec<Statement>, Failure> {
        statements.iter().map(|statement| self.statement(statement)).collect()
    }

    fn statement(&mut self, statement: &Stmt<'_>) -> Result<Statement, Failure> {
        Ok(match statement {
            Stmt::Template(template) => return Err(unknown("a template in a template", template.span())),
            Stmt::EmitExpr(emit) => Statement::Emit(self.expression(&emit.expr)?),
            Stmt::EmitRaw(text) => Statement::Text(text.raw.into()),
            Stmt::ForLoop(each) => {
                let range = bytes(each.span());
                self.below(&range, |lower| lower.for_loop(each, &range))?
            }
            Stmt::IfCond(choice) => self.below(&bytes(choice.span()), |lower| {
                Ok(Statement::If {
                    when: lower.expression(&choice.expr)?,
                    then: lower.block(&choice.true_body)?,
                    otherwise: lower.block(&choice.false_body)?,
                })
            })?,
            Stmt::WithBlock(with) => self.below(&bytes(with.span()), |lower| {
                let assignments = with.assignments.iter();
                let assignments = assignments
                    .map(|(target, value)| Ok((target_of(target)?, lower.expression(value)?)))
                    .collect::<Result<_, Failure>>()?;
                Ok(Statement::With(assignments, lower.block(&with.body)?))
            })?,
            Stmt::Set(set) => Statement::Set(target_of(&set.target)?, self.expression(&set.expr)?),
            Stmt::SetBlock(set) if set.filter.is_none() => self.below(&bytes(set.span()), |lower| {
                Ok(Statement::Capture(target_of(&set.target)?, lower.block(&set.body)?))
            })?,
            Stmt::SetBlock(set) => return Err(unknown("a filter of a block", set.span())),
            Stmt::AutoEscape(escape) => return Err(unknown("`autoescape`", escape.span())),
            Stmt::FilterBlock(filter) => return Err(unknown("`filter`", filter.span())),
            Stmt::Do(call) => return Err(unknown("`do`", call.span())),
        })
    }

    fn for_loop(&mut self, each: &ast::ForLoop<'_>, range: &Range<usize>) -> Result<Statement, Failure> {
        if each.recursive {
            return Err(Failure::new("a loop cannot be recursive here").within(range));
        }
        Ok(Statement::For(Box::new(For {
            target: target_of(&each.target)?,
            over: self.expression(&each.iter)?,
            filter: self.maybe(&each.filter_expr)?,
            body: self.block(&each.body)?,
            otherwise: self.block(&each.else_body)?,
        })))
    }

    fn expression(&mut self, expression: &Expr<'_>) -> Result<Expression, Failure> {
        let mut range = bytes(expression.span());
        let kind = self.below(&range, |lower| lower.kind(expression, &range))?;
        // minijinja lets what follows a `.` or `[` begin there.
        if let Kind::Attribute(of, _) | Kind::Slice(of, _) = &kind {
            range.start = of.range.start;
        } else if let Kind::Item(sides) = &kind {
            range.start = sides[0].range.start;
        }
        Ok(Expression { kind, range })
    }

    fn kind(&mut self, expression: &Expr<'_>, range: &Range<usize>) -> Result<Kind, Failure> {
        Ok(match expression {
            Expr::Var(variable) => Kind::Variable(variable.id.into()),
            Expr::Const(constant) => Kind::Constant(constant.value.clone()),
            Expr::Slice(slice) => {
                let of = self.boxed(&slice.expr)?;
                let mut end = |end| Ok::<_, Failure>(self.maybe(end)?.map(Box::new));
                Kind::Slice(of, [end(&slice.start)?, end(&slice.stop)?, end(&slice.step)?])
            }
            Expr::UnaryOp(operation) => match operation.op {
                UnaryOpKind::Not => Kind::Not(self.boxed(&operation.expr)?),
                UnaryOpKind::Neg => Kind::Negate(self.boxed(&operation.expr)?),
            },
            Expr::BinOp(operation) => self.binary(operation)?,
            Expr::Compare(compare) => self.compare(compare)?,
            Expr::IfExpr(choice) => Kind::Choice {
                when: self.boxed(&choice.test_expr)?,
                then: self.boxed(&choice.true_expr)?,
                otherwise: self.maybe(&choice.false_expr)?.map(Box::new),
            },
            Expr::Filter(filter) => self.filter(filter, range)?,
            Expr::Test(test) => Kind::Test(self.test(test, range)?, self.boxed(&test.expr)?),
            Expr::GetAttr(attribute) => Kind::Attribute(self.boxed(&attribute.expr)?, attribute.name.into()),
            Expr::GetItem(item) => Kind::Item(self.pair(&item.expr, &item.subscript_expr)?),
            Expr::Call(call) => self.call(call, range)?,
            Expr::List(list) => Kind::List(self.all(&list.items)?),
            Expr::Tuple(tuple) => Kind::List(self.all(&tuple.items)?),
            Expr::Map(map) => {
                let entries = map.keys.iter().zip(&map.values);
                let entries = entries.map(|(key, value)| self.pair(key, value).map(|entry| *entry));
                Kind::Map(entries.collect::<Result<_, _>>()?)
            }
        })
    }

    fn binary(&mut self, operation: &ast::BinOp<'_>) -> Result<Kind, Failure> {
        let sides = self.pair(&operation.left, &operation.right)?;
        Ok(match operation.op {
            BinOpKind::ScAnd => Kind::And(sides),
            BinOpKind::ScOr => Kind::Or(sides),
            BinOpKind::Add => Kind::Binary(Operator::Add, sides),
            BinOpKind::Sub => Kind::Binary(Operator::Subtract, sides),
            BinOpKind::Mul => Kind::Binary(Operator::Multiply, sides),
            BinOpKind::Div => Kind::Binary(Operator::Divide, sides),
            BinOpKind::FloorDiv => Kind::Binary(Operator::FloorDivide, sides),
            BinOpKind::Rem => Kind::Binary(Operator::Remainder, sides),
            BinOpKind::Pow => Kind::Binary(Operator::Power, sides),
            BinOpKind::Concat => Kind::Binary(Operator::Join, sides),
            BinOpKind::Eq => compared(CompareOpKind::Eq, *sides),
            BinOpKind::Ne => compared(CompareOpKind::Ne, *sides),
            BinOpKind::Lt => compared(CompareOpKind::Lt, *sides),
            BinOpKind::Lte => compared(CompareOpKind::Lte, *sides),
            BinOpKind::Gt => compared(CompareOpKind::Gt, *sides),
            BinOpKind::Gte => compared(CompareOpKind::Gte, *sides),
            BinOpKind::In => compared(CompareOpKind::In, *sides),
        })
    }

    fn compare(&mut self, compare: &ast::Compare<'_>) -> Result<Kind, Failure> {
        let others = compare.ops.iter();
        let others = others.map(|next| Ok((comparison(next.op), self.expression(&next.expr)?)));
        let others = others.collect::<Result<_, Failure>>()?;
        Ok(Kind::Compare(self.boxed(&compare.expr)?, others))
    }

    fn filter(&mut self, filter: &ast::Filter<'_>, range: &Range<usize>) -> Result<Kind, Failure> {
        let known = filters::find(filter.name).ok_or_else(|| {
            let help = did_you_mean(filter.name, filters::names());
            Failure { help, ..Failure::new(format!("there is no filter `{}`", filter.name)).within(range) }
        })?;
        let Some(of) = &filter.expr else {
            return Err(Failure::new("a filter of a block is not supported here").within(range));
        };
        Ok(Kind::Filter(known, self.boxed(of)?, self.arguments(&filter.args, range)?))
    }

    fn test(&mut self, test: &ast::Test<'_>, range: &Range<usize>) -> Result<Test, Failure> {
        let arguments = self.arguments(&test.args, range)?;
        let mut arguments =
            (arguments.named.is_empty()).then_some(arguments.positional).into_iter().flatten();
        let lowered = match (test.name, arguments.next()) {
            ("defined", None) => Test::Defined,
            ("none", None) => Test::None,
            ("since", Some(version)) => Test::Since(Box::new(version)),
            (name, _) if TESTS.contains(&name) => {
                return Err(Failure::new(format!("the test `{name}` takes other arguments")).within(range));
            }
            (name, _) => {
                let help = did_you_mean(name, TESTS);
                return Err(Failure {
                    help,
                    ..Failure::new(format!("there is no test `{name}`")).within(range)
                });
            }
        };
        match arguments.next() {
            None => Ok(lowered),
            Some(_) => {
                Err(Failure::new(format!("the test `{}` takes fewer arguments", test.name)).within(range))
            }
        }
    }

    /// The one function that there is.
    fn call(&mut self, call: &ast::Call<'_>, range: &Range<usize>) -> Result<Kind, Failure> {
        let arguments = self.arguments(&call.args, range)?;
        match &call.expr {
            Expr::Var(name) if name.id == FUNCTION && arguments.named.is_empty() => {
                Ok(Kind::Range(arguments.positional))
            }
            Expr::Var(name) => {
                let failure = Failure::new(format!("there is no function `{}`", name.id)).within(range);
                Err(Failure { help: did_you_mean(name.id, [FUNCTION]), ..failure })
            }
            _ => Err(Failure::new("a value is not a function").within(range)),
        }
    }

    fn arguments(&mut self, written: &[CallArg<'_>], range: &Range<usize>) -> Result<Arguments, Failure> {
        let mut arguments = Arguments::default();
        for argument in written {
            match argument {
                CallArg::Pos(value) => arguments.positional.push(self.expression(value)?),
                CallArg::Kwarg(name, value) => {
                    arguments.named.push(((*name).into(), self.expression(value)?));
                }
                CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                    return Err(Failure::new("arguments must be written one by one here").within(range));
                }
            }
        }
        Ok(arguments)
    }

    fn all(&mut self, expressions: &[Expr<'_>]) -> Result<Vec<Expression>, Failure> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn boxed(&mut self, expression: &Expr<'_>) -> Result<Box<Expression>, Failure> {
        self.expression(expression).map(Box::new)
    }

    fn maybe(&mut self, expression: &Option<Expr<'_>>) -> Result<Option<Expression>, Failure> {
        expression.as_ref().map(|expression| self.expression(expression)).transpose()
    }

    fn pair(&mut self, one: &Expr<'_>, other: &Expr<'_>) -> Result<Box<[Expression; 2]>, Failure> {
        Ok(Box::new([self.expression(one)?, self.expression(other)?]))
    }
}

fn compared(operator: CompareOpKind, [left, right]: [Expression; 2]) -> Kind {
    Kind::Compare(Box::new(left), vec![(comparison(operator), right)])
}

fn comparison(operator: CompareOpKind) -> Comparison {
    match operator {
        CompareOpKind::Eq => Comparison::Equal,
        CompareOpKind::Ne => Comparison::NotEqual,
        CompareOpKind::Lt => Comparison::Less,
        CompareOpKind::Lte => Comparison::AtMost,
        CompareOpKind::Gt => Comparison::More,
        CompareOpKind::Gte => Comparison::AtLeast,
        CompareOpKind::In => Comparison::In,
        CompareOpKind::NotIn => Comparison::NotIn,
    }
}

fn target_of(target: &Expr<'_>) -> Result<Target, Failure> {
    match target {
        Expr::Var(variable) => Ok(Target::Name(variable.id.into())),
        Expr::List(list) => list.items.iter().map(target_of).collect::<Result<_, _>>().map(Target::Each),
        Expr::Tuple(tuple) => tuple.items.iter().map(target_of).collect::<Result<_, _>>().map(Target::Each),
        other => Err(Failure::new("only names can be set").within(&bytes(other.span()))),
    }
}

fn unknown(what: &str, span: Span) -> Failure {
    Failure::new(format!("{what} is not supported here")).within(&bytes(span))
}

/// The bytes that a part of the syntax tree stands on.
pub(super) fn bytes(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}
