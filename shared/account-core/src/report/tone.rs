//! How a word of a report is to be taken: that gives it its color, which never says anything that the word does not.

use serde::Serialize;

/// A class of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    Good,
    Notice,
    Bad,
    Quiet,
    Unknown,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Notice => "notice",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
            Self::Unknown => "unknown",
        }
    }
}

/// In the order in which counts and bars show them. A word that is not here is not known.
pub(super) const TONES: &[(&str, Tone)] = &[
    ("accounts", Tone::Quiet),
    ("covered", Tone::Quiet),
    ("uncovered", Tone::Unknown),
    ("unfinished", Tone::Unknown),
    ("skipped", Tone::Quiet),
    ("contacts", Tone::Quiet),
    ("findings", Tone::Bad),
    ("ACTIVE", Tone::Good),
    ("complete", Tone::Good),
    ("match", Tone::Good),
    ("written", Tone::Good),
    ("linked", Tone::Good),
    ("PENDING_ACTIVATION", Tone::Notice),
    ("missing", Tone::Notice),
    ("planned", Tone::Notice),
    ("unsettled", Tone::Notice),
    ("surprised", Tone::Notice),
    ("superseded", Tone::Notice),
    ("incomplete", Tone::Notice),
    ("dryRun", Tone::Notice),
    ("drift", Tone::Bad),
    ("contested", Tone::Bad),
    ("failed", Tone::Bad),
    ("gateClosed", Tone::Bad),
    ("otherThanReported", Tone::Bad),
    ("pairNotLinked", Tone::Bad),
    ("pendingTooLong", Tone::Bad),
    ("outlivesStandard", Tone::Bad),
    ("endedBeforeStandard", Tone::Bad),
    ("vanished", Tone::Bad),
    ("shared", Tone::Bad),
    ("SUSPENDED", Tone::Quiet),
    ("PENDING_CLOSURE", Tone::Quiet),
    ("CLOSED", Tone::Quiet),
    ("notLinked", Tone::Quiet),
    ("noStandard", Tone::Quiet),
    ("nothing", Tone::Quiet),
    ("unknown", Tone::Unknown),
];

pub(super) fn tone(word: &str) -> Tone {
    TONES
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(Tone::Unknown, |(_, tone)| *tone)
}

/// Where a word stands among others.
pub(super) fn rank(word: &str) -> usize {
    let at = TONES.iter().position(|(known, _)| *known == word);
    at.unwrap_or(TONES.len())
}
