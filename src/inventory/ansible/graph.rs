//! The graph of Ansible's groups, and the variables that hosts inherit from them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::inventory::row::{Broken, Cell, MOST_ROWS, Piece, Row, Value};

/// The groups that a set of groups lies in, itself among them, and what they say.
type Inherited = (Vec<Arc<str>>, Variables);

/// The variable that holds a host's name.
pub(in crate::inventory) const NAME: &str = "inventory_hostname";
/// The group of all hosts, and the one of those that are in no other.
const ALL: &str = "all";
const UNGROUPED: &str = "ungrouped";
/// What says which of two groups of one depth wins.
const PRIORITY: &str = "ansible_group_priority";

/// How often hosts are named, ranges counted as what they stand for.
const MOST_NAMED: usize = 1_000_000;
/// Groups that hosts are in, over all hosts.
const MOST_MEMBERS: usize = 4_000_000;
/// Bytes of one value that is taken; a range or a group gives it to many hosts.
const LARGEST_VALUE: usize = 1 << 10;
/// Bytes of all values that hosts have.
const MOST_VALUES: usize = 64 << 20;

/// Variables by their names.
type Variables = BTreeMap<Arc<str>, Arc<Cell>>;

/// An inventory.
pub(in crate::inventory) struct Graph<'w> {
    /// The variables that are wanted.
    wanted: &'w BTreeSet<&'w str>,
    groups: BTreeMap<Arc<str>, Group>,
    hosts: Vec<Host>,
    by_name: BTreeMap<Arc<str>, usize>,
    /// How often hosts were named.
    named: usize,
    /// Names of groups, where they stand.
    pub(in crate::inventory) names: Vec<Range<usize>>,
}

#[derive(Default)]
struct Group {
    children: BTreeSet<Arc<str>>,
    variables: Variables,
    priority: i64,
}

struct Host {
    name: Piece,
    groups: BTreeSet<Arc<str>>,
    variables: Variables,
}

impl<'w> Graph<'w> {
    pub(in crate::inventory) fn new(wanted: &'w BTreeSet<&'w str>) -> Self {
        Self {
            wanted,
            groups: BTreeMap::new(),
            hosts: Vec::new(),
            by_name: BTreeMap::new(),
            named: 0,
            names: Vec::new(),
        }
    }

    /// Every group that there is.
    pub(in crate::inventory) fn groups(&self) -> impl Iterator<Item = &str> {
        [ALL, UNGROUPED].into_iter().chain(self.groups.keys().map(|name| &**name))
    }

    pub(super) fn add_group(&mut self, name: &str) {
        if !self.groups.contains_key(name) {
            self.groups.insert(name.into(), Group { priority: 1, ..Group::default() });
        }
    }

    pub(super) fn add_child(&mut self, parent: &str, child: &str) {
        self.add_group(parent);
        self.add_group(child);
        if let Some(group) = self.groups.get_mut(parent) {
            group.children.insert(child.into());
        }
    }

    pub(super) fn set_of_group(&mut self, group: &str, cell: Cell) -> Result<(), Broken> {
        self.add_group(group);
        let taken = self.taken([cell.clone()])?;
        let Some(group) = self.groups.get_mut(group) else { return Ok(()) };
        if *cell.column == *PRIORITY
            && let Value::Text(piece) = &cell.value
        {
            group.priority = piece.text.parse().unwrap_or(group.priority);
        }
        group.variables.extend(taken);
        Ok(())
    }

    /// The variables that are wanted; of two of one name the last one.
    fn taken(&self, cells: impl IntoIterator<Item = Cell>) -> Result<Variables, Broken> {
        let mut taken = Variables::new();
        for cell in cells.into_iter().filter(|cell| self.wanted.contains(&*cell.column)) {
            if cell.value.size() > LARGEST_VALUE {
                return Err(Broken::at(cell.value.bytes(), "this value has more than 1 KiB"));
            }
            taken.insert(Arc::clone(&cell.column), Arc::new(cell));
        }
        Ok(taken)
    }

    /// Adds hosts to a group, with variables of theirs; one that is known keeps those that it has besides.
    pub(super) fn add_hosts(
        &mut self,
        group: &str,
        names: Vec<Piece>,
        cells: Vec<Cell>,
    ) -> Result<(), Broken> {
        self.add_group(group);
        let taken = self.taken(cells)?;
        self.named += names.len();
        for name in names {
            if self.named > MOST_NAMED {
                let why = format!("up to here, the file names hosts more than {MOST_NAMED} times");
                return Err(Broken::at(name.bytes, why));
            }
            let key: Arc<str> = name.text.as_str().into();
            if self.hosts.len() == MOST_ROWS && !self.by_name.contains_key(&key) {
                return Err(Broken::rows(name.bytes));
            }
            let at = *self.by_name.entry(key).or_insert_with(|| {
                self.hosts.push(Host { name, groups: BTreeSet::new(), variables: Variables::new() });
                self.hosts.len() - 1
            });
            let host = &mut self.hosts[at];
            host.groups.insert(group.into());
            host.variables.extend(taken.iter().map(|(name, cell)| (Arc::clone(name), Arc::clone(cell))));
        }
        Ok(())
    }

    /// Every host with its groups and variables, in the order in which they were first named.
    pub(in crate::inventory) fn rows(&self) -> Result<Vec<Row>, Vec<Broken>> {
        let depths = self.depths().map_err(|broken| vec![broken])?;
        let above = self.above();
        let mut sets: BTreeMap<&BTreeSet<Arc<str>>, Inherited> = BTreeMap::new();
        let (mut members, mut bytes) = (0, 0);
        let mut rows = Vec::with_capacity(self.hosts.len());
        for host in &self.hosts {
            let (groups, variables) =
                sets.entry(&host.groups).or_insert_with(|| self.inherited(&host.groups, &above, &depths));
            members += groups.len();
            if members > MOST_MEMBERS {
                return Err(vec![Broken::at(host.name.bytes.clone(), "there are too many groups")]);
            }
            let name = Arc::new(Cell {
                column: NAME.into(),
                named: host.name.bytes.clone(),
                value: Value::Text(host.name.clone()),
            });
            let mut all = variables.clone();
            all.extend(host.variables.iter().map(|(name, cell)| (Arc::clone(name), Arc::clone(cell))));
            bytes += all.values().map(|cell| cell.value.size()).sum::<usize>();
            if bytes > MOST_VALUES {
                let why =
                    format!("the values of all hosts up to here have more than {} MiB", MOST_VALUES >> 20);
                return Err(vec![Broken::at(host.name.bytes.clone(), why)]);
            }
            rows.push(Row {
                bytes: host.name.bytes.clone(),
                cells: std::iter::once(name).chain(all.into_values()).collect(),
                groups: groups.clone(),
            });
        }
        Ok(rows)
    }

    /// All groups of a host that is in some, and what it has from them.
    fn inherited(
        &self,
        own: &BTreeSet<Arc<str>>,
        above: &BTreeMap<&str, Vec<&Arc<str>>>,
        depths: &BTreeMap<&str, usize>,
    ) -> (Vec<Arc<str>>, Variables) {
        let mut groups: BTreeSet<Arc<str>> = own.clone();
        // One that is in no other group than that of all hosts is said to be in none.
        let is_in_one = groups.iter().any(|name| !matches!(&**name, ALL | UNGROUPED));
        if is_in_one {
            groups.remove(UNGROUPED);
        } else {
            groups.insert(UNGROUPED.into());
        }
        let mut open: Vec<Arc<str>> = groups.iter().cloned().collect();
        while let Some(name) = open.pop() {
            for parent in above.get(&*name).into_iter().flatten() {
                if groups.insert(Arc::clone(parent)) {
                    open.push(Arc::clone(parent));
                }
            }
        }
        groups.insert(ALL.into());
        let place = |name: &Arc<str>| {
            let depth = if **name == *ALL { 0 } else { depths.get(&**name).copied().unwrap_or(0) + 1 };
            (depth, self.groups.get(name).map_or(1, |group| group.priority), Arc::clone(name))
        };
        let mut sorted: Vec<&Arc<str>> = groups.iter().collect();
        sorted.sort_by_cached_key(|name| place(name));
        let mut variables = Variables::new();
        for group in sorted.into_iter().filter_map(|name| self.groups.get(name)) {
            variables.extend(group.variables.iter().map(|(name, cell)| (Arc::clone(name), Arc::clone(cell))));
        }
        (groups.into_iter().collect(), variables)
    }

    fn above(&self) -> BTreeMap<&str, Vec<&Arc<str>>> {
        let mut above: BTreeMap<&str, Vec<&Arc<str>>> = BTreeMap::new();
        for (name, group) in &self.groups {
            for child in &group.children {
                above.entry(child).or_default().push(name);
            }
        }
        above
    }

    /// The longest way from the top to each group.
    fn depths(&self) -> Result<BTreeMap<&str, usize>, Broken> {
        let mut waiting: BTreeMap<&str, usize> = self.groups.keys().map(|name| (&**name, 0)).collect();
        for child in self.groups.values().flat_map(|group| &group.children) {
            *waiting.entry(child).or_default() += 1;
        }
        let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
        let mut ready: Vec<&str> =
            waiting.iter().filter(|(_, parents)| **parents == 0).map(|(name, _)| *name).collect();
        let mut done = 0;
        while let Some(name) = ready.pop() {
            done += 1;
            let depth = depths.get(name).copied().unwrap_or(0);
            for child in self.groups.get(name).into_iter().flat_map(|group| &group.children) {
                let known = depths.entry(child).or_insert(0);
                *known = (*known).max(depth + 1);
                let Some(parents) = waiting.get_mut(&**child) else { continue };
                *parents -= 1;
                if *parents == 0 {
                    ready.push(child);
                }
            }
        }
        if done < waiting.len() {
            let at = self.names.first().cloned().unwrap_or(0..0);
            return Err(Broken::at(at, "groups are children of one another in a circle"));
        }
        Ok(depths)
    }
}
