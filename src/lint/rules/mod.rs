//! The rules, one file for each subject.

mod authorities;
mod cfssl;
mod chains;
mod documents;
mod encryption;
mod forms;
mod hosts;
mod identities;
mod keys;
mod kubeconfigs;
mod names;
mod openssl_files;
mod pairs;
mod set;
mod token_files;
mod usages;

use crate::lint::content::{Content, Read};
use crate::lint::facts::Facts;
use crate::lint::knowledge::Knowledge;
use crate::lint::report::Report;
use set::Set;

/// Every rule over all files.
pub(super) fn all(files: &[Read<'_>], knowledge: &Knowledge, report: &mut Report) {
    for file in files {
        match &file.content {
            Content::Pieces(pieces) => keys::of_file(file, pieces, report),
            Content::Kubeconfig(config) => kubeconfigs::check(file, config, report),
            Content::Documents(documents) => {
                for document in documents {
                    documents::check(file, document, knowledge, report);
                    encryption::check(file, &document.root, report);
                    token_files::secret(file, &document.root, report);
                    for facts in cfssl::check(file, &document.root, knowledge, report) {
                        of_facts(&facts, report);
                    }
                }
            }
            Content::Openssl(configuration) => {
                for facts in openssl_files::check(file, configuration, knowledge, report) {
                    of_facts(&facts, report);
                }
            }
            Content::Tokens(rows) => token_files::static_tokens(file, rows, report),
            Content::Unknown => {}
        }
        if matches!(file.content, Content::Documents(_) | Content::Unknown) {
            keys::within(file, report);
        }
    }
    let set = Set::of(files, knowledge, report);
    for item in &set.certificates {
        forms::check(item, report);
        of_facts(&item.facts(), report);
    }
    for facts in &set.requests {
        of_facts(facts, report);
    }
    authorities::check(&set, knowledge, report);
    chains::check(&set, report);
    pairs::check(&set, report);
    hosts::check(files, &set, report);
    token_files::together(files, report);
}

/// What is the same for certificates and for what they are made from.
fn of_facts(facts: &Facts<'_>, report: &mut Report) {
    names::check(facts, report);
    identities::check(facts, report);
    usages::check(facts, report);
}
