//! Parses a text into a program, with limits that minijinja's parser does not have.

use minijinja::machinery::{Token, parse, parse_expr, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::failure::Failure;
use super::lower::{self, bytes};
use super::names::{self, Placed};
use super::program::{Expression, Statement};

/// Words and signs between two braces: the parser calls itself for some of them.
const LONGEST: usize = 1000;
/// `elif` of all `if` that are open, for which the parser calls itself, too.
const ELIFS: usize = 100;

/// A text that has been parsed, with the names that it reads.
pub(super) struct Parsed<T> {
    pub(super) program: T,
    pub(super) read: Vec<Placed>,
}

/// A text with `{{ ... }}` and `{% ... %}` in it.
///
/// # Errors
/// Where it is not one, or is too long or too deep.
pub(super) fn template(source: &str, syntax: &SyntaxConfig) -> Result<Parsed<Vec<Statement>>, Failure> {
    check(source, false, syntax)?;
    let tree = parse(source, "template", syntax.clone())?;
    let program = lower::template(&tree)?;
    Ok(Parsed { program, read: names::of_template(&tree) })
}

/// An expression without braces.
///
/// # Errors
/// As [`template`].
pub(super) fn expression(source: &str) -> Result<Parsed<Expression>, Failure> {
    check(source, true, &SyntaxConfig::default())?;
    let tree = parse_expr(source)?;
    let program = lower::expression(&tree)?;
    Ok(Parsed { program, read: names::of_expression(&tree) })
}

/// Finds what would make the parser call itself too often.
fn check(source: &str, in_expression: bool, syntax: &SyntaxConfig) -> Result<(), Failure> {
    let mut length = 0;
    let mut chains: Vec<usize> = Vec::new();
    let mut begins = false;
    // What is no token is reported by the parser.
    for (token, span) in tokenize(source, in_expression, syntax.clone()).map_while(Result::ok) {
        match token {
            Token::VariableStart | Token::BlockStart => length = 0,
            Token::Ident("if") if begins => chains.push(0),
            Token::Ident("elif") if begins => {
                chains.iter_mut().next_back().into_iter().for_each(|last| *last += 1)
            }
            Token::Ident("endif") if begins => _ = chains.pop(),
            _ => {}
        }
        begins = matches!(token, Token::BlockStart);
        length += 1;
        if length > LONGEST {
            let message = format!("an expression has more than {LONGEST} words and signs");
            let help = "name parts of it with `{% set %}`";
            return Err(Failure::too_much(message, help).within(&bytes(span)));
        }
        if chains.iter().sum::<usize>() > ELIFS {
            let message = format!("there are more than {ELIFS} `elif` in one `if`");
            let help = "look the value up in a table instead";
            return Err(Failure::too_much(message, help).within(&bytes(span)));
        }
    }
    Ok(())
}
