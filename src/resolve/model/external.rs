//! Components that run outside the plan: clients connect to them, but nothing is made for them.

use super::authority::AuthorityIndex;
use std::sync::Arc;

use crate::source::Span;
use crate::values::HttpsUrl;

/// A component that stands on no node of the plan.
#[derive(Debug)]
pub struct External {
    /// The name of the component, as dials write it.
    pub component: Arc<str>,
    /// Where it is dialled.
    pub urls: Vec<HttpsUrl>,
    /// The authority that issues what its clients present; none: the one that serves the purpose.
    pub clients: Option<AuthorityIndex>,
    /// Its table.
    pub origin: Span,
}
