//! Edits of a plan that mend what a proof has found.
//!
//! Candidates follow from findings: the name that is missing, the authority that a bundle lacks, what the plan says otherwise
//! than its catalog. Which of them is right, no rule decides: each is applied in memory, and the plan is made and proven
//! again, smallest edit first. One is taken if the finding is gone and nothing new has come.

mod candidates;
mod edit;
mod facts;
mod patch;
mod search;

pub use search::mend;
