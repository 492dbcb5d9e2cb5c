//! Evaluates a template to a string.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use super::evaluate::Evaluation;
use super::failure::Failure;
use super::operators;
use super::program::{Expression, For, Statement, Target};
use super::size::UNIT;
use super::to_text;

impl Evaluation<'_> {
    /// What the statements write.
    pub(super) fn text(&mut self, statements: &[Statement]) -> Result<String, Failure> {
        let mut out = String::new();
        self.block(statements, &mut out)?;
        Ok(out)
    }

    fn block(&mut self, statements: &[Statement], out: &mut String) -> Result<(), Failure> {
        statements.iter().try_for_each(|statement| self.statement(statement, out))
    }

    fn statement(&mut self, statement: &Statement, out: &mut String) -> Result<(), Failure> {
        self.budget.take(UNIT)?;
        match statement {
            Statement::Capture(target, body) => {
                let text = self.text(body)?;
                self.set(target, Value::from(text))
            }
            Statement::Emit(expression) => self.emit(expression, out),
            Statement::For(each) => self.for_each(each, out),
            Statement::If { when, then, otherwise } => {
                let holds = self.holds(when)?;
                self.block(if holds { then } else { otherwise }, out)
            }
            Statement::Set(target, expression) => self.give(target, expression),
            Statement::Text(text) => {
                self.budget.take_each(text.len(), 1)?;
                out.push_str(text);
                Ok(())
            }
            Statement::With(assignments, body) => self.within(|this| {
                assignments.iter().try_for_each(|(target, value)| this.give(target, value))?;
                this.block(body, out)
            }),
        }
    }

    fn emit(&mut self, expression: &Expression, out: &mut String) -> Result<(), Failure> {
        let value = self.value(expression)?;
        if value.is_none() {
            return Err(self.no_text(&expression.range));
        }
        self.budget.look_at(&value).map_err(|failure| failure.within(&expression.range))?;
        out.push_str(&to_text(&value));
        Ok(())
    }

    fn for_each(&mut self, each: &For, out: &mut String) -> Result<(), Failure> {
        let mut items = self.items(&each.over)?;
        if let Some(filter) = &each.filter {
            items = self.within(|this| this.filtered(items, each, filter))?;
        }
        if items.is_empty() {
            return self.within(|this| this.block(&each.otherwise, out));
        }
        self.within(|this| {
            let length = items.len();
            for (index, item) in items.iter().enumerate() {
                this.budget.take(UNIT)?;
                let (before, after) = (index.checked_sub(1), index + 1);
                let neighbour = |at: Option<usize>| at.and_then(|at| items.get(at)).cloned();
                let (previous, next) = (neighbour(before), neighbour(Some(after)));
                let state = Loop { index, length, previous, next };
                this.set_name(&"loop".into(), Value::from_object(state));
                this.set(&each.target, item.clone()).map_err(|failure| failure.within(&each.over.range))?;
                this.block(&each.body, out)?;
            }
            Ok(())
        })
    }

    fn filtered(
        &mut self,
        items: Vec<Value>,
        each: &For,
        filter: &Expression,
    ) -> Result<Vec<Value>, Failure> {
        let mut kept = Vec::new();
        for item in items {
            self.set(&each.target, item.clone()).map_err(|failure| failure.within(&each.over.range))?;
            if self.holds(filter)? {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    fn give(&mut self, target: &Target, expression: &Expression) -> Result<(), Failure> {
        let value = self.value(expression)?;
        self.set(target, value).map_err(|failure| failure.within(&expression.range))
    }

    fn set(&mut self, target: &Target, value: Value) -> Result<(), Failure> {
        match target {
            Target::Name(name) => {
                self.set_name(name, value);
                Ok(())
            }
            Target::Each(targets) => {
                let items = operators::items(&value, &mut self.budget)?;
                if items.len() != targets.len() {
                    let (items, targets) = (items.len(), targets.len());
                    return Err(Failure::new(format!("these are {items} values for {targets} names")));
                }
                targets.iter().zip(items).try_for_each(|(target, item)| self.set(target, item))
            }
        }
    }

    fn set_name(&mut self, name: &Arc<str>, value: Value) {
        match self.locals[self.block..].iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.locals.push((name.clone(), value)),
        }
    }

    /// Runs a block with names of its own.
    fn within<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let outside = std::mem::replace(&mut self.block, self.locals.len());
        let done = run(self);
        self.locals.truncate(self.block);
        self.block = outside;
        done
    }
}

/// What a loop says of itself, as `loop`.
#[derive(Debug)]
struct Loop {
    index: usize,
    length: usize,
    previous: Option<Value>,
    next: Option<Value>,
}

impl Object for Loop {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(match key {
            "first" => Value::from(self.index == 0),
            "index" => Value::from(self.index + 1),
            "index0" => Value::from(self.index),
            "last" => Value::from(self.index + 1 == self.length),
            "length" => Value::from(self.length),
            "nextitem" => self.next.clone()?,
            "previtem" => self.previous.clone()?,
            "revindex" => Value::from(self.length - self.index),
            "revindex0" => Value::from(self.length - self.index - 1),
            _ => return None,
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["first", "index", "index0", "last", "length", "revindex", "revindex0"])
    }
}
