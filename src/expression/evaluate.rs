//! Evaluates an expression within the limits of one evaluation.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use minijinja::value::Kwargs;
use minijinja::{Environment, Value};

use super::failure::Failure;
use super::filters::{self, Cost, Filter};
use super::operators::{self, negative};
use super::program::{Arguments, Expression, Kind, Test};
use super::size::{Budget, UNIT};

/// One evaluation of a text.
pub(super) struct Evaluation<'a> {
    pub(super) environment: &'a Environment<'static>,
    /// The text, for messages.
    pub(super) source: &'a str,
    pub(super) scope: &'a Value,
    /// What the text has given values itself, the innermost last.
    pub(super) locals: Vec<(Arc<str>, Value)>,
    /// Where the names of the innermost block begin among them.
    pub(super) block: usize,
    pub(super) budget: Budget,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(environment: &'a Environment<'static>, source: &'a str, scope: &'a Value) -> Self {
        Self { environment, source, scope, locals: Vec::new(), block: 0, budget: Budget::new() }
    }

    /// The value of an expression; nothing undefined.
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, Failure> {
        let value = self.perhaps(expression)?;
        if value.is_undefined() {
            return Err(self.undefined(&expression.range));
        }
        Ok(value)
    }

    pub(super) fn holds(&mut self, expression: &Expression) -> Result<bool, Failure> {
        self.value(expression).map(|value| value.is_true())
    }

    /// The items of a list, the keys of a table, the characters of a text.
    pub(super) fn items(&mut self, expression: &Expression) -> Result<Vec<Value>, Failure> {
        let value = self.value(expression)?;
        if value.is_none() {
            return Err(Failure::new("`none` has no items").within(&expression.range));
        }
        operators::items(&value, &mut self.budget).map_err(|failure| failure.within(&expression.range))
    }

    /// The value of an expression, which may be undefined.
    fn perhaps(&mut self, expression: &Expression) -> Result<Value, Failure> {
        let value = self.budget.take(UNIT).and_then(|()| self.kind(&expression.kind));
        value.map_err(|failure| failure.within(&expression.range))
    }

    fn kind(&mut self, kind: &Kind) -> Result<Value, Failure> {
        match kind {
            Kind::And(sides) => {
                let left = self.value(&sides[0])?;
                if left.is_true() { self.value(&sides[1]) } else { Ok(left) }
            }
            Kind::Or(sides) => {
                let left = self.value(&sides[0])?;
                if left.is_true() { Ok(left) } else { self.value(&sides[1]) }
            }
            Kind::Attribute(of, name) => Ok(self.value(of)?.get_attr(name)?),
            Kind::Binary(operator, sides) => {
                let (left, right) = (self.value(&sides[0])?, self.value(&sides[1])?);
                operator.apply(&left, &right, &mut self.budget)
            }
            Kind::Choice { when, then, otherwise } => match (self.holds(when)?, otherwise) {
                (true, _) => self.perhaps(then),
                (false, Some(otherwise)) => self.perhaps(otherwise),
                (false, None) => Ok(Value::UNDEFINED),
            },
            Kind::Compare(first, others) => self.compare(first, others),
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Filter(filter, of, arguments) => self.filter(filter, of, arguments),
            Kind::Item(sides) => {
                let (of, at) = (self.value(&sides[0])?, self.value(&sides[1])?);
                Ok(of.get_item(&at)?)
            }
            Kind::List(items) => {
                let items = self.values(items)?;
                self.budget.list(items)
            }
            Kind::Map(entries) => {
                let mut map = BTreeMap::new();
                for [key, value] in entries {
                    let (key, value) = (self.value(key)?, self.value(value)?);
                    self.budget.look_at(&key)?;
                    map.insert(key, value);
                }
                self.budget.table(map)
            }
            Kind::Negate(of) => negative(&self.value(of)?),
            Kind::Not(of) => Ok(Value::from(!self.holds(of)?)),
            Kind::Range(arguments) => self.range(arguments),
            Kind::Slice(of, ends) => self.slice(of, ends),
            Kind::Test(test, of) => self.test(test, of).map(Value::from),
            Kind::Variable(name) => Ok(self.variable(name)),
        }
    }

    fn variable(&self, name: &str) -> Value {
        let local = self.locals.iter().rev().find(|(known, _)| **known == *name);
        local.map_or_else(|| self.scope.get_attr(name).unwrap_or_default(), |(_, value)| value.clone())
    }

    fn compare(
        &mut self,
        first: &Expression,
        others: &[(operators::Comparison, Expression)],
    ) -> Result<Value, Failure> {
        let mut left = self.value(first)?;
        for (comparison, other) in others {
            let right = self.value(other)?;
            if !comparison.holds(&left, &right, &mut self.budget)? {
                return Ok(Value::from(false));
            }
            left = right;
        }
        Ok(Value::from(true))
    }

    fn filter(&mut self, filter: &Filter, of: &Expression, arguments: &Arguments) -> Result<Value, Failure> {
        let of = if filter.takes_undefined() { self.perhaps(of)? } else { self.value(of)? };
        let mut values = vec![of];
        values.extend(self.values(&arguments.positional)?);
        self.pay(filter, &values)?;
        if !arguments.named.is_empty() {
            let named =
                arguments.named.iter().map(|(name, value)| Ok((name.to_string(), self.value(value)?)));
            values.push(Value::from(named.collect::<Result<Kwargs, Failure>>()?));
        }
        let value = self.environment.empty_state().apply_filter(filter.name, &values)?;
        if filters::is_plain_list(&value) {
            let items = operators::items(&value, &mut self.budget)?;
            return self.budget.list(items);
        }
        Ok(value)
    }

    /// Takes what a filter will, before it begins.
    fn pay(&mut self, filter: &Filter, values: &[Value]) -> Result<(), Failure> {
        let length = |value: &Value| value.as_str().map_or(0, str::len);
        let whole = |budget: &mut Budget| values.iter().try_for_each(|value| budget.look_at(value));
        match (filter.cost, values) {
            (Cost::End, [of, ..]) => self.budget.take_each(length(of), 1),
            (Cost::Join, [of, between, ..]) => {
                whole(&mut self.budget)?;
                let between = u64::try_from(length(between)).unwrap_or(u64::MAX);
                self.budget.take_each(of.len().unwrap_or_default(), between)
            }
            (Cost::Replace, [of, from, to, ..]) => {
                whole(&mut self.budget)?;
                let (Some(text), Some(from)) = (of.as_str(), from.as_str()) else { return Ok(()) };
                let to = u64::try_from(length(to)).unwrap_or(u64::MAX);
                self.budget.take_each(text.matches(from).count(), to)
            }
            (Cost::Sort, _) => (0..SORTED).try_for_each(|_| whole(&mut self.budget)),
            _ => whole(&mut self.budget),
        }
    }

    fn values(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, Failure> {
        expressions.iter().map(|expression| self.value(expression)).collect()
    }

    fn test(&mut self, test: &Test, of: &Expression) -> Result<bool, Failure> {
        match test {
            Test::Defined => Ok(!self.perhaps(of)?.is_undefined()),
            Test::None => Ok(self.value(of)?.is_none()),
            Test::Since(first) => {
                let (version, first) = (self.value(of)?, self.value(first)?);
                self.budget.look_at(&version)?;
                self.budget.look_at(&first)?;
                filters::since(&version, &first)
            }
        }
    }

    fn range(&mut self, arguments: &[Expression]) -> Result<Value, Failure> {
        let mut numbers = Vec::new();
        for argument in arguments {
            let value = self.value(argument)?;
            let number = if value.is_number() { value.as_i64() } else { None };
            numbers.push(number.ok_or_else(|| {
                Failure::new(format!("`range` takes integers, not {}", value.kind())).within(&argument.range)
            })?);
        }
        let (start, end, step) = match numbers[..] {
            [end] => (0, end, 1),
            [start, end] => (start, end, 1),
            [start, end, step] if step != 0 => (start, end, step),
            _ => {
                return Err(Failure::new(
                    "`range` takes an end, or a start, an end and a step that is not 0",
                ));
            }
        };
        let mut items = Vec::new();
        let mut at = Some(start);
        while let Some(number) = at.filter(|at| if step > 0 { *at < end } else { *at > end }) {
            self.budget.take(UNIT)?;
            items.push(Value::from(number));
            at = number.checked_add(step);
        }
        self.budget.list(items)
    }

    /// As in Python: what lies beyond an end is cut, and negative numbers count from the end.
    fn slice(&mut self, of: &Expression, ends: &[Option<Box<Expression>>; 3]) -> Result<Value, Failure> {
        let of = self.value(of)?;
        let mut numbers = [None; 3];
        for (number, end) in numbers.iter_mut().zip(ends) {
            let Some(end) = end else { continue };
            let value = self.value(end)?;
            *number = if value.is_none() { None } else { Some(integer(&value, &end.range)?) };
        }
        let step = numbers[2].unwrap_or(1);
        if step == 0 {
            return Err(Failure::new("a slice cannot have the step 0"));
        }
        let items = match of.as_str() {
            Some(text) => {
                self.budget.take_each(text.len(), UNIT)?;
                text.chars().map(|c| Value::from(c.to_string())).collect()
            }
            None => operators::items(&of, &mut self.budget)?,
        };
        let taken: Vec<Value> = sliced(items.len(), numbers[0], numbers[1], step)
            .filter_map(|at| items.get(at).cloned())
            .collect();
        match of.as_str() {
            Some(_) => Ok(Value::from(taken.iter().filter_map(Value::as_str).collect::<String>())),
            None => self.budget.list(taken),
        }
    }

    fn undefined(&self, range: &Range<usize>) -> Failure {
        Failure::new(format!("`{}` is undefined here", self.written(range))).within(range)
    }

    pub(super) fn no_text(&self, range: &Range<usize>) -> Failure {
        Failure::new(format!("`{}` is `none` here, which cannot be printed", self.written(range)))
            .within(range)
    }

    fn written(&self, range: &Range<usize>) -> &str {
        self.source.get(range.clone()).map_or("this", str::trim)
    }
}

/// How many times all of a list is looked at where it is sorted.
const SORTED: usize = 16;

fn integer(value: &Value, range: &Range<usize>) -> Result<i64, Failure> {
    let number = if value.is_number() { value.as_i64() } else { None };
    number.ok_or_else(|| Failure::new(format!("a slice takes integers, not {}", value.kind())).within(range))
}

/// The places that a slice takes of `length` ones.
fn sliced(length: usize, start: Option<i64>, end: Option<i64>, step: i64) -> impl Iterator<Item = usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    // Backwards a slice begins before the first place at the earliest.
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let place = |at: i64| if at < 0 { at.saturating_add(length) } else { at }.clamp(lowest, highest);
    let start = start.map_or(if step > 0 { lowest } else { highest }, place);
    let end = end.map_or(if step > 0 { highest } else { lowest }, place);
    let next = move |at: &i64| at.checked_add(step);
    std::iter::successors(Some(start), next)
        .take_while(move |at| if step > 0 { *at < end } else { *at > end })
        .filter_map(|at| usize::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_those_of_python() {
        let taken = |start, end, step| sliced(5, start, end, step).collect::<Vec<_>>();
        assert_eq!(taken(None, None, 1), [0, 1, 2, 3, 4]);
        assert_eq!(taken(Some(1), Some(-1), 2), [1, 3]);
        assert_eq!(taken(Some(-9), Some(9), 3), [0, 3]);
        assert_eq!(taken(None, None, -2), [4, 2, 0]);
        assert_eq!(taken(Some(3), Some(0), -1), [3, 2, 1]);
        assert_eq!(taken(Some(i64::MAX), Some(i64::MIN), i64::MIN), [4]);
        assert_eq!(taken(Some(4), Some(2), 1), [0; 0]);
    }
}
