//! The operators of the expression language, such as `+` and `<`.

use std::cmp::Ordering;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::failure::Failure;
use super::size::{Budget, UNIT};

/// What makes a value of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Divide,
    FloorDivide,
    /// `~`
    Join,
    Multiply,
    Power,
    Remainder,
    Subtract,
}

/// What is asked of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    AtLeast,
    AtMost,
    Equal,
    In,
    Less,
    More,
    NotEqual,
    NotIn,
}

enum Numbers {
    Floats(f64, f64),
    Integers(i64, i64),
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Divide => "/",
            Operator::FloorDivide => "//",
            Operator::Join => "~",
            Operator::Multiply => "*",
            Operator::Power => "**",
            Operator::Remainder => "%",
            Operator::Subtract => "-",
        }
    }

    pub(super) fn apply(self, left: &Value, right: &Value, budget: &mut Budget) -> Result<Value, Failure> {
        match self {
            Operator::Join => join(left, right, budget),
            Operator::Add if is_list(left) && is_list(right) => {
                let (left, right) = (items(left, budget)?, items(right, budget)?);
                budget.list(left.into_iter().chain(right).collect())
            }
            Operator::Add if left.as_str().is_some() && right.as_str().is_some() => join(left, right, budget),
            Operator::Multiply if is_repeated(left) => self.repeat(left, right, budget),
            Operator::Multiply if is_repeated(right) => self.repeat(right, left, budget),
            _ => match numbers(left, right) {
                Some(numbers) => self.calculate(&numbers).ok_or_else(|| {
                    Failure::new(format!("{left} {} {right} has no valid result", self.sign()))
                }),
                None => Err(self.unfit(left, right)),
            },
        }
    }

    /// A text or a list several times.
    fn repeat(self, of: &Value, times: &Value, budget: &mut Budget) -> Result<Value, Failure> {
        let Some(count) = times.as_usize() else { return Err(self.unfit(of, times)) };
        if let Some(text) = of.as_str() {
            budget.take_each(count, bytes(text))?;
            return Ok(Value::from(text.repeat(count)));
        }
        let items = items(of, budget)?;
        budget.take_each(items.len().saturating_mul(count), UNIT)?;
        budget.list(std::iter::repeat_n(items, count).flatten().collect())
    }

    fn calculate(self, numbers: &Numbers) -> Option<Value> {
        match *numbers {
            Numbers::Integers(a, b) => self.integer(a, b).map(Value::from).or_else(|| self.fraction(a, b)),
            Numbers::Floats(a, b) => self.float(a, b).map(Value::from),
        }
    }

    fn integer(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Operator::Add => a.checked_add(b),
            Operator::Subtract => a.checked_sub(b),
            Operator::Multiply => a.checked_mul(b),
            Operator::FloorDivide => {
                let quotient = a.checked_div(b)?;
                quotient.checked_sub(i64::from(a.checked_rem(b)? != 0 && (a < 0) != (b < 0)))
            }
            // The sign is that of the divisor, as in Python.
            Operator::Remainder => {
                let remainder = a.checked_rem(b)?;
                if remainder != 0 && (remainder < 0) != (b < 0) {
                    remainder.checked_add(b)
                } else {
                    Some(remainder)
                }
            }
            Operator::Power => a.checked_pow(u32::try_from(b).ok()?),
            Operator::Divide | Operator::Join => None,
        }
    }

    /// What of two integers is none.
    fn fraction(self, a: i64, b: i64) -> Option<Value> {
        let fractional = self == Operator::Divide || self == Operator::Power && b < 0;
        fractional.then(|| self.float(float(a), float(b)))?.map(Value::from)
    }

    fn float(self, a: f64, b: f64) -> Option<f64> {
        let value = match self {
            Operator::Add => a + b,
            Operator::Subtract => a - b,
            Operator::Multiply => a * b,
            Operator::Divide => a / b,
            Operator::FloorDivide => (a / b).floor(),
            Operator::Remainder => a - b * (a / b).floor(),
            Operator::Power => a.powf(b),
            Operator::Join => return None,
        };
        value.is_finite().then_some(value)
    }

    fn unfit(self, left: &Value, right: &Value) -> Failure {
        let (left, right) = (left.kind(), right.kind());
        Failure::new(format!("`{}` cannot combine a {left} with a {right}", self.sign()))
    }
}

impl Comparison {
    pub(super) fn holds(self, left: &Value, right: &Value, budget: &mut Budget) -> Result<bool, Failure> {
        budget.look_at(left)?;
        budget.look_at(right)?;
        Ok(match self {
            Comparison::AtLeast => left.cmp(right) != Ordering::Less,
            Comparison::AtMost => left.cmp(right) != Ordering::Greater,
            Comparison::Equal => left == right,
            Comparison::Less => left.cmp(right) == Ordering::Less,
            Comparison::More => left.cmp(right) == Ordering::Greater,
            Comparison::NotEqual => left != right,
            Comparison::In => is_in(left, right)?,
            Comparison::NotIn => !is_in(left, right)?,
        })
    }
}

/// `-a`
pub(super) fn negative(value: &Value) -> Result<Value, Failure> {
    if value.is_number() && !value.is_integer() {
        return f64::try_from(value.clone()).map(|float| Value::from(-float)).map_err(Failure::from);
    }
    let number = if value.is_number() { value.as_i64().and_then(i64::checked_neg) } else { None };
    number.map(Value::from).ok_or_else(|| Failure::new(format!("`-` takes no {}", value.kind())))
}

/// Both as a text, one behind the other.
fn join(left: &Value, right: &Value, budget: &mut Budget) -> Result<Value, Failure> {
    budget.look_at(left)?;
    budget.look_at(right)?;
    Ok(Value::from(format!("{left}{right}")))
}

fn is_in(item: &Value, container: &Value) -> Result<bool, Failure> {
    if let Some(text) = container.as_str() {
        return Ok(item
            .as_str()
            .map_or_else(|| text.contains(&item.to_string()), |item| text.contains(item)));
    }
    match container.kind() {
        ValueKind::Map => Ok(container.try_iter()?.any(|key| key == *item)),
        ValueKind::Seq | ValueKind::Iterable => Ok(container.try_iter()?.any(|one| one == *item)),
        kind => Err(Failure::new(format!("nothing can be in a {kind}"))),
    }
}

fn numbers(left: &Value, right: &Value) -> Option<Numbers> {
    if !left.is_number() || !right.is_number() {
        return None;
    }
    if left.is_integer() && right.is_integer() {
        return Some(Numbers::Integers(left.as_i64()?, right.as_i64()?));
    }
    Some(Numbers::Floats(f64::try_from(left.clone()).ok()?, f64::try_from(right.clone()).ok()?))
}

#[allow(clippy::cast_precision_loss, reason = "a quotient is not an integer")]
fn float(integer: i64) -> f64 {
    integer as f64
}

fn is_list(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
}

fn is_repeated(value: &Value) -> bool {
    value.as_str().is_some() || is_list(value)
}

/// The items of a list.
pub(super) fn items(list: &Value, budget: &mut Budget) -> Result<Vec<Value>, Failure> {
    budget.take_each(list.len().unwrap_or_default(), UNIT)?;
    Ok(list.try_iter()?.collect())
}

fn bytes(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}
