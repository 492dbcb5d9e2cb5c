//! Trees that exist only in memory: a proof reads them instead of trees on disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::stopped::{Stopped, Unmade};
use super::unit::{Job, files, jobs, render};
use crate::fill::Credentials;
use crate::host::{Files, Hosts, Memory, Others};
use crate::values::UnitId;
use crate::write::UnitName;

/// Units whose files nobody writes. Those of a host are made when it is read, and are gone afterwards: all hosts at
/// once would be several times what is known of them.
pub struct Unwritten<'c> {
    credentials: &'c Credentials<'c>,
    /// Hosts by name, with the position of their job.
    hosts: BTreeMap<Arc<str>, (usize, Job)>,
    others: Others,
    /// Why units are not there, by the position of their job.
    unmade: Mutex<BTreeMap<usize, Unmade>>,
}

impl<'c> Unwritten<'c> {
    /// All units of credentials; what lies on no host is made here.
    #[must_use]
    pub fn new(credentials: &'c Credentials<'c>) -> Self {
        let (mut hosts, mut rest) = (BTreeMap::new(), Vec::new());
        for (at, job) in jobs(credentials.blueprint()).into_iter().enumerate() {
            match job {
                Job::Host(node) => {
                    let name = credentials.blueprint().model.nodes[node].name.shared();
                    hosts.insert(name, (at, job));
                }
                Job::User(_) | Job::Cluster => rest.push((at, job)),
            }
        }
        let mut all = Self { credentials, hosts, others: Others::default(), unmade: Mutex::default() };
        let made: Vec<_> = rest.into_par_iter().filter_map(|(at, job)| all.make(at, job)).collect();
        for (name, files) in made {
            match name.as_str().parse::<UnitId>() {
                Ok(UnitId::User(name)) => all.others.people.push((name, Box::new(files))),
                Ok(UnitId::Cluster) => all.others.apply(&files),
                Ok(UnitId::Host(_)) | Err(_) => {}
            }
        }
        all
    }

    /// What lies on no host.
    #[must_use]
    pub fn others(&self) -> &Others {
        &self.others
    }

    /// The names of units that lack a secret and were left out, once all hosts were read.
    ///
    /// # Errors
    /// What stopped one of them.
    pub fn end(self) -> Result<Vec<String>, Stopped> {
        let unmade = self.unmade.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (mut lacking, mut failures) = (Vec::new(), Vec::new());
        for why in unmade.into_values() {
            match why {
                Unmade::Lacks(name, _) => lacking.push(name.as_str().to_owned()),
                Unmade::Stopped(Stopped::Diagnostics(more)) => failures.extend(more),
                Unmade::Stopped(stopped) => return Err(stopped),
            }
        }
        if failures.is_empty() { Ok(lacking) } else { Err(Stopped::Diagnostics(failures)) }
    }

    fn make(&self, at: usize, job: Job) -> Option<(UnitName, Memory)> {
        let rendered = render(self.credentials.blueprint(), job).and_then(|rendered| match rendered {
            Some(rendered) => files(self.credentials, rendered).map(Some),
            None => Ok(None),
        });
        rendered.unwrap_or_else(|why| {
            self.unmade.lock().unwrap_or_else(PoisonError::into_inner).insert(at, why);
            None
        })
    }
}

impl Hosts for Unwritten<'_> {
    fn open(&self, host: &Arc<str>, reader: &mut dyn FnMut(&dyn Files)) {
        let made = self.hosts.get(host).and_then(|(at, job)| self.make(*at, *job));
        if let Some((_, files)) = made {
            reader(&files);
        }
    }
}
