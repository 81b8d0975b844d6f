//! The mappings that come with the package, for the exports of other systems.

use crate::mapping::Mapping;

/// A mapping for the records of one system.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// The name by which it is chosen.
    pub name: &'static str,
    /// The system.
    pub title: &'static str,
    /// Which of the system's records it reads.
    pub reads: &'static str,
    /// The mapping file.
    pub json: &'static str,
}

/// Makes the list of presets of lines with name, title, and what is read.
macro_rules! presets {
    ($(($name:literal, $title:literal, $reads:literal),)*) => {
        /// All presets. Of two that fit a source equally well the first is taken.
        pub static PRESETS: &[Preset] = &[$(Preset {
            name: $name,
            title: $title,
            reads: $reads,
            json: include_str!(concat!("presets/", $name, ".json")),
        },)*];
    };
}

presets! {
    ("segment", "Segment", "messages, as storage destinations write them and pages post them"),
    ("segment-batch", "Segment", "bodies of SDKs"),
    ("segment-warehouse", "Segment", "tables of a warehouse: tracks, or the events of one name"),
    ("rudderstack", "RudderStack", "messages, as storage destinations write them"),
    ("rudderstack-batch", "RudderStack", "bodies of SDKs"),
    ("amplitude", "Amplitude", "the Export API, and the table of events of a warehouse"),
    ("amplitude-http", "Amplitude", "bodies of the HTTP API and of SDKs"),
    ("mixpanel", "Mixpanel", "the raw event export, and events as they are tracked and imported"),
    ("mixpanel-csv", "Mixpanel", "CSV as mixpanel-utils writes it"),
    ("ga4", "Google Analytics 4", "the export to BigQuery, as JSON"),
    ("posthog", "PostHog", "batch exports"),
    ("posthog-batch", "PostHog", "bodies of SDKs"),
    ("mparticle", "mParticle", "batches of events"),
    ("snowplow", "Snowplow", "bodies of trackers"),
    ("snowplow-enriched", "Snowplow", "enriched events as a table with a header row"),
    ("launchdarkly", "LaunchDarkly", "events of SDKs, and Data Export"),
    ("statsig", "Statsig", "bodies of SDKs and of the HTTP API"),
    ("cloudevents", "CloudEvents", "events as JSON: structured, or a batch"),
    ("openfeature", "OpenFeature", "the arguments of track, one call a line"),
    ("rum-agent", "Split's RUM agent", "beacons"),
    ("split-s3", "Split's S3 integration", "files for it, as Parquet or NDJSON"),
    ("refused", "this package (refused events)", "files that --refused wrote"),
    ("unknown", "this package (unknown events, which count twice if they arrived)", "files that --unknown wrote"),
    ("unsent", "this package (unsent events)", "files that --unsent wrote"),
}

impl Preset {
    /// Returns the preset with this name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Reads its mapping file. Returns `None` if that is wrong, which a test rules out.
    pub fn mapping(&self) -> Option<Mapping> {
        let mapping = Mapping::parse(self.json).ok()?;
        Some(Mapping { name: Some(self.name.to_owned()), ..mapping })
    }
}
