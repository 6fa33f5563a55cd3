//! What a person is told about checkpoints that went to a remote or came from one.

use std::fmt::Write;

use anstyle::Style;

use crate::model::causes::with_causes;
use crate::ops::fetch::{Change, FetchOutcome, News};
use crate::ops::push::{Arrival, Delivered, PushOutcome, PushPlan};
use crate::ops::remotes::{HealError, Healed, Healing, Part, Renamed, Traffic};
use crate::ops::sync::SyncOutcome;
use crate::ui::sanitize::one_line;
use crate::ui::units::{bytes, plural};

const NAME: Style = Style::new().bold();

/// What was sent, by destination.
pub fn pushed(outcome: &PushOutcome) -> String {
    let mut text = renamed(outcome.renamed.as_ref());
    let Some(writer) = &outcome.writer else { return nothing_saved() };
    if outcome.deliveries.iter().all(|delivery| delivery.refs.is_empty()) {
        return nothing_saved();
    }
    for delivery in &outcome.deliveries {
        let remote = one_line(&delivery.remote.shown(), usize::MAX);
        let moved = |delivered: &&Delivered| !matches!(delivered.what, Arrival::UpToDate);
        let moved: Vec<String> = delivery.refs.iter().filter(moved).map(delivered_words).collect();
        let verb = if outcome.dry_run { "would send" } else { "sent" };
        let _ = match moved.is_empty() {
            true => writeln!(text, "{NAME}{remote}{NAME:#} is up to date with {writer}"),
            false => writeln!(
                text,
                "{NAME}{remote}{NAME:#}: {verb} {} of {writer}{}",
                moved.join(", "),
                traffic_words(delivery.traffic)
            ),
        };
    }
    text
}

/// What came in, by writer.
pub fn fetched(outcome: &FetchOutcome) -> String {
    let mut text = renamed(outcome.renamed.as_ref());
    let remote = one_line(&outcome.remote.shown(), usize::MAX);
    if outcome.news.is_empty() {
        let writers = plural(outcome.writers as u64, "writer");
        let _ = writeln!(text, "nothing new at {NAME}{remote}{NAME:#} ({writers})");
        return text;
    }
    let traffic = traffic_words(outcome.traffic);
    let _ = writeln!(text, "from {NAME}{remote}{NAME:#}{traffic}");
    for news in &outcome.news {
        let _ = writeln!(text, "  {}: {}", news.writer, news_words(news));
    }
    text
}

pub fn synced(outcome: &SyncOutcome) -> String {
    fetched(&outcome.fetched) + &pushed(&outcome.pushed)
}

/// What was taken out again because no writer can have written it.
pub fn ignored(outcome: &FetchOutcome) -> Vec<String> {
    let words = |name: &String| {
        format!("`{}` cannot be a writer's ref and was left out", one_line(name, usize::MAX))
    };
    outcome.ignored.iter().map(words).collect()
}

/// What is said before anything is sent where others may read it.
pub fn exposure(plan: &PushPlan) -> String {
    let places: Vec<String> = plan.to_agree.iter().map(|(host, _)| (*host).to_owned()).collect();
    format!(
        "a repository on {} may be public: documents and transcripts become as readable as the code there",
        places.join(" and ")
    )
}

/// The same once more, before secrets are.
pub fn secrets_exposed(places: &[(&'static str, String)]) -> String {
    let hosts: Vec<&str> = places.iter().map(|(host, _)| *host).collect();
    format!(
        "a repository on {} may be public: what it is sent is read by others within minutes, and taking it back later does not help",
        hosts.join(" and ")
    )
}

/// What is said of a ref that was put right.
pub fn healed(healed: &Healed) -> String {
    let how = match healed.how {
        Healing::Restored => "was removed by something else and is back",
        Healing::Advanced => "was put back to something older and is as it was",
        Healing::Merged => "was replaced by something else and holds both now",
        Healing::Lost => {
            return format!(
                "`{}` was rewritten or removed by something else, and what it held is not here any more; `git filter-repo` \
                 does that. What was pushed comes back with `git ckpt fetch`",
                healed.reference
            );
        }
    };
    format!(
        "`{}` {how}; a refspec such as `+refs/notes/*:refs/notes/*` does that",
        healed.reference
    )
}

/// What is said of refs that cannot be put right now.
pub fn not_healed(error: &HealError) -> String {
    format!("refs of this clone were moved by something else: {}", with_causes(error))
}

pub fn part_name(part: Part) -> &'static str {
    match part {
        Part::Documents => "documents",
        Part::Logs => "logs",
    }
}

fn nothing_saved() -> String {
    "nothing was saved in this clone yet, so there is nothing to send\n".to_owned()
}

fn renamed(renamed: Option<&Renamed>) -> String {
    renamed.map_or_else(String::new, |renamed| {
        format!(
            "another clone goes by {}, so this one is {} from now on\n",
            renamed.old, renamed.new
        )
    })
}

fn delivered_words(delivered: &Delivered) -> String {
    let part = part_name(delivered.part);
    match delivered.what {
        Arrival::Sent { saves } => format!("{part} of {}", plural(saves, "save")),
        Arrival::UpToDate => format!("no {part}"),
        Arrival::Ahead => format!("no {part} (it has more than this clone)"),
        Arrival::Taken => format!("{part} under a new name (another clone goes by this one)"),
    }
}

fn news_words(news: &News) -> String {
    let part = part_name(news.part);
    match news.what {
        Change::First { saves } => format!("{part} of {}, first seen", plural(saves, "save")),
        Change::More { saves } => format!("{part} of {} more", plural(saves, "save")),
        Change::Replaced => format!("{part}, replaced by their writer"),
        Change::Gone => format!("{part} are no longer there"),
    }
}

fn traffic_words(traffic: Traffic) -> String {
    let objects = plural(traffic.objects, "object");
    match (traffic.objects, traffic.bytes) {
        (0, _) => String::new(),
        (_, 0) => format!(" ({objects})"),
        (_, size) => format!(" ({objects}, {})", bytes(size)),
    }
}
