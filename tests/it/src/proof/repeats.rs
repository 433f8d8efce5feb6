//! Hard kills in a sweep: what is done again is one batch at most.

use std::collections::BTreeMap;

use serde_json::json;
use simulator::Options;

use crate::world::{Kill, World};

use super::stories::{audits, sweeps};
use super::{Bound, Figure, Told, tell};

/// Three batches.
const ACCOUNTS: usize = 250;
/// Accounts of a batch, each with one contact and one link.
const BATCH: u64 = 100;
/// The writes that were on their way are unknown, and read again for some rounds until they settle.
const UNSETTLED: u64 = 10 * 8;
/// One in so many accounts has a link, which changes: some in each batch.
const LINKED: usize = 25;

const POLICY: &str = "
version: 1
organization:
  contacts:
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: '1'}
";

/// A kind of sweep.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    name: &'static str,
    kind: &'static str,
    read: &'static str,
    /// How often an account is read in peace.
    times: usize,
    /// Whether it writes contacts.
    writes: bool,
}

/// Both kinds.
pub const KINDS: [Kind; 2] = [
    Kind {
        name: "contact sweep",
        kind: "contacts",
        read: "GetAlternateContact",
        // To plan, and to apply.
        times: 2,
        writes: true,
    },
    Kind {
        name: "GovCloud audit",
        kind: "govcloud",
        read: "GetGovCloudAccountInformation",
        times: 1,
        writes: false,
    },
];

/// Calls to Account Management that a sweep made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Contacts or links read.
    pub reads: usize,
    /// Accounts read more often than in peace.
    pub again: usize,
    /// Contacts written.
    pub writes: usize,
}

/// A sweep in peace, and then one for each of so many kills, spread over all of its calls.
#[must_use]
pub fn kills(kind: Kind, many: usize) -> (Work, Told<Work>) {
    let sweep = |kill| sweep(kind, kill);
    let peace = tell(&[None], sweep);
    let (peace, calls) = peace.ends[0];
    let way = |it| [Kill::After, Kill::Answered][it % 2];
    let cases = (0..many).map(|it| Some((calls * it / many, way(it))));
    let cases: Vec<_> = cases.collect();
    let told = tell(&cases, sweep);
    let ends = told.ends.into_iter().map(|(work, _)| work).collect();
    let broken = told.broken;
    (peace, Told { ends, broken })
}

/// What Account Management was asked for, and how many calls of all kinds there were.
async fn sweep(kind: Kind, kill: Option<(usize, Kill)>) -> (Work, usize) {
    let world = World::new(Options {
        accounts: ACCOUNTS,
        ..Options::default()
    });
    world.parameters.put("policy", POLICY);
    let linked = if kind.writes {
        0
    } else {
        let linked = audits::change_links(&world, LINKED).await;
        world.forget_calls();
        linked
    };
    if let Some((at, kill)) = kill {
        world.kill(at, kill);
    }
    sweeps::sweep(&world, "s", json!({"kind": kind.kind}), &[], "complete").await;
    let calls = world.calls();
    let of = |operation: &'static str| calls.iter().filter(move |it| it.operation == operation);
    let mut reads: BTreeMap<&str, usize> = BTreeMap::new();
    for read in of(kind.read) {
        *reads.entry(&read.body).or_default() += 1;
    }
    let work = Work {
        reads: reads.values().sum(),
        again: reads.values().filter(|times| kind.times < **times).count(),
        writes: of("PutAlternateContact").count(),
    };
    world.spare();
    let told = audits::links_told(&world).await;
    assert_eq!(told, linked, "links whose change was announced");
    (work, calls.len())
}

/// The figures of so many kills: the most that one brought about.
#[must_use]
pub fn figures(kind: Kind, kills: u64, peace: Work, told: &Told<Work>) -> Vec<Figure> {
    let most = |work: fn(&Work) -> usize| {
        let most = told.ends.iter().map(work).max().unwrap_or_default();
        most.saturating_sub(work(&peace))
    };
    let figure = |what: &str, value, unit, bound| {
        let name = format!("hard kills in a {}: {what}", kind.name);
        Figure::new(name, value, unit, bound)
    };
    let unsettled = if kind.writes { UNSETTLED } else { 0 };
    let mut figures = vec![
        figure("kills", told.stories(), "kills", Bound::Exactly(kills)),
        figure(
            "incomplete sweeps",
            told.broken.len(),
            "sweeps",
            Bound::Exactly(0),
        ),
        figure(
            "accounts read again in peace",
            peace.again,
            "accounts",
            Bound::Exactly(0),
        ),
        figure(
            "accounts read again, at most",
            most(|it| it.again),
            "accounts",
            Bound::AtMost(BATCH),
        ),
        figure(
            "reads beyond those in peace, at most",
            most(|it| it.reads),
            "reads",
            Bound::AtMost(BATCH + unsettled),
        ),
    ];
    if kind.writes {
        figures.push(figure(
            "contacts written again, at most",
            most(|it| it.writes),
            "contacts",
            Bound::AtMost(1),
        ));
    }
    figures
}
