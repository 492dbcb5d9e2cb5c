//! Finds the names of its scope that an expression or a template reads.
//!
//! minijinja can list undeclared variables itself, but it misses those that are sliced (`peers[1:]`), that arguments of
//! a filter block use, and that a `set` of the same name hides.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{CallArg, Expr, Stmt};

/// A name that is read: a root of the scope, and a field of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// `node` of `node.name`.
    pub root: Arc<str>,
    /// `name` of `node.name`; none where the root is read as a whole (`dial[setting.of]`).
    pub field: Option<Arc<str>>,
}

/// A name, and the bytes of the source where it is written.
pub(super) type Placed = (Name, Range<usize>);

/// The names that a template reads, in the order of its text.
pub(super) fn of_template(template: &Stmt<'_>) -> Vec<Placed> {
    let mut walk = Walk::default();
    walk.statement(template);
    walk.read
}

/// The names that an expression reads, in the order of its text.
pub(super) fn of_expression(expression: &Expr<'_>) -> Vec<Placed> {
    let mut walk = Walk::default();
    walk.expression(expression);
    walk.read
}

/// Each name once.
pub(super) fn distinct(placed: &[Placed]) -> Arc<[Name]> {
    let names: BTreeSet<&Name> = placed.iter().map(|(name, _)| name).collect();
    names.into_iter().cloned().collect()
}

#[derive(Default)]
struct Walk<'s> {
    /// Names that the template has given values itself, of the blocks that are open.
    locals: Vec<&'s str>,
    read: Vec<Placed>,
}

impl<'s> Walk<'s> {
    fn read(&mut self, root: &str, field: Option<&str>, span: Span) {
        if self.locals.contains(&root) {
            return;
        }
        let name = Name { root: root.into(), field: field.map(Into::into) };
        self.read.push((name, span.start_offset as usize..span.end_offset as usize));
    }

    fn statement(&mut self, statement: &Stmt<'s>) {
        match statement {
            Stmt::Template(template) => self.block(&template.children),
            Stmt::EmitExpr(emit) => self.expression(&emit.expr),
            Stmt::EmitRaw(_) => {}
            Stmt::ForLoop(each) => {
                self.expression(&each.iter);
                self.block(&each.else_body);
                self.within(|walk| {
                    walk.locals.push("loop");
                    walk.assign(&each.target);
                    walk.expressions(&each.filter_expr);
                    walk.block(&each.body);
                });
            }
            Stmt::IfCond(choice) => {
                self.expression(&choice.expr);
                self.block(&choice.true_body);
                self.block(&choice.false_body);
            }
            Stmt::WithBlock(with) => self.within(|walk| {
                for (target, value) in &with.assignments {
                    walk.expression(value);
                    walk.assign(target);
                }
                walk.block(&with.body);
            }),
            Stmt::Set(set) => {
                self.expression(&set.expr);
                self.assign(&set.target);
            }
            Stmt::SetBlock(set) => {
                self.expressions(&set.filter);
                self.block(&set.body);
                self.assign(&set.target);
            }
            Stmt::AutoEscape(escape) => {
                self.expression(&escape.enabled);
                self.block(&escape.body);
            }
            Stmt::FilterBlock(filter) => {
                self.expression(&filter.filter);
                self.block(&filter.body);
            }
            Stmt::Do(call) => self.arguments(&call.call.args),
        }
    }

    /// Statements of a block: what they set is not certain to be set behind it.
    fn block(&mut self, statements: &[Stmt<'s>]) {
        self.within(|walk| statements.iter().for_each(|statement| walk.statement(statement)));
    }

    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        let outside = self.locals.len();
        walk(self);
        self.locals.truncate(outside);
    }

    fn assign(&mut self, target: &Expr<'s>) {
        match target {
            Expr::Var(variable) => self.locals.push(variable.id),
            Expr::List(list) => list.items.iter().for_each(|item| self.assign(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.assign(item)),
            // An attribute of something else that is there.
            other => self.expression(other),
        }
    }

    fn expression(&mut self, expression: &Expr<'s>) {
        match expression {
            Expr::Var(variable) => self.read(variable.id, None, variable.span()),
            Expr::Const(_) => {}
            Expr::GetAttr(attribute) => match &attribute.expr {
                Expr::Var(variable) => self.read(variable.id, Some(attribute.name), attribute.span()),
                other => self.expression(other),
            },
            Expr::GetItem(item) => match (&item.expr, &item.subscript_expr) {
                (Expr::Var(variable), Expr::Const(field)) if field.value.as_str().is_some() => {
                    self.read(variable.id, field.value.as_str(), item.span());
                }
                (of, subscript) => self.expressions([of, subscript]),
            },
            Expr::Slice(slice) => {
                self.expression(&slice.expr);
                self.expressions([&slice.start, &slice.stop, &slice.step].into_iter().flatten());
            }
            Expr::UnaryOp(operation) => self.expression(&operation.expr),
            Expr::BinOp(operation) => self.expressions([&operation.left, &operation.right]),
            Expr::Compare(compare) => {
                self.expression(&compare.expr);
                self.expressions(compare.ops.iter().map(|operation| &operation.expr));
            }
            Expr::IfExpr(choice) => {
                self.expressions([&choice.true_expr, &choice.test_expr]);
                self.expressions(&choice.false_expr);
            }
            Expr::Filter(filter) => {
                self.expressions(&filter.expr);
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                self.expression(&test.expr);
                self.arguments(&test.args);
            }
            // What is called is a function, and none of the scope.
            Expr::Call(call) => self.arguments(&call.args),
            Expr::List(list) => self.expressions(&list.items),
            Expr::Tuple(tuple) => self.expressions(&tuple.items),
            Expr::Map(map) => self.expressions(map.keys.iter().chain(&map.values)),
        }
    }

    fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr<'s>>)
    where
        's: 'e,
    {
        expressions.into_iter().for_each(|expression| self.expression(expression));
    }

    fn arguments(&mut self, arguments: &[CallArg<'s>]) {
        for argument in arguments {
            let (CallArg::Pos(value)
            | CallArg::Kwarg(_, value)
            | CallArg::PosSplat(value)
            | CallArg::KwargSplat(value)) = argument;
            self.expression(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use minijinja::machinery::{parse, parse_expr};

    use super::*;

    fn written(placed: &[Placed]) -> Vec<String> {
        let text = |name: &Name| match &name.field {
            Some(field) => format!("{}.{field}", name.root),
            None => name.root.to_string(),
        };
        distinct(placed).iter().map(text).collect()
    }

    fn expression(source: &str) -> Vec<String> {
        written(&of_expression(&parse_expr(source).unwrap()))
    }

    fn template(source: &str) -> Vec<String> {
        written(&of_template(&parse(source, "test", minijinja::syntax::SyntaxConfig::default()).unwrap()))
    }

    #[test]
    fn fields_are_read_by_either_spelling_and_roots_as_a_whole() {
        assert_eq!(expression("keyring.a.tokens[0] ~ keyring['b']"), ["keyring.a", "keyring.b"]);
        assert_eq!(expression("dial[setting.of].urls"), ["dial", "setting.of"]);
        assert_eq!(expression("peers[1:setting.n] | join(node.name)"), ["node.name", "peers", "setting.n"]);
        assert_eq!(expression("1 if vips else 'keyring.nothing'"), ["vips"]);
    }

    #[test]
    fn what_a_template_sets_itself_hides_no_read_before_it_or_outside_its_block() {
        assert_eq!(template("{% set dial = dial.etcd %}{{ dial.urls }}"), ["dial.etcd"]);
        assert_eq!(template("{% if node.name %}{% set a = 1 %}{% endif %}{{ a.b }}"), ["a.b", "node.name"]);
        assert_eq!(
            template("{% for peer in peers if peer.x %}{{ peer.y ~ loop.index }}{% endfor %}"),
            ["peers"]
        );
        assert_eq!(template("{% with a = setting.a %}{{ a }}{% endwith %}{{ a }}"), ["a", "setting.a"]);
        assert_eq!(template("{% filter replace(node.name, 'x') %}{% endfilter %}"), ["node.name"]);
        assert_eq!(template("{# see keyring.nothing #} keyring.nothing"), [""; 0]);
    }
}
