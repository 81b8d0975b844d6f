//! Reading a mapping file: what each member becomes, and what its errors say.

use split_events::map::{Condition, From, Kind, MAPPED, Mapping, Pairs, Path, Piece, Scalar, Source, Test};
use split_events::{DecimalSign, Order, Unit, Zone};

const WHOLE: &str = r#"{
    "records": "/batch/*",
    "recognize": [{"paths": ["/type"], "columns": ["event"], "in": {"/type": ["track", 1]},
        "when": [{"path": "/sentAt", "exists": false}]}],
    "events": [{
        "each": "/items/*",
        "when": [{"path": "/type", "in": ["track"]}, {"path": "event", "notBeginsWith": ["$"], "exists": true}],
        "optional": true,
        "eventTypeId": {"from": ["/event"], "clean": true, "prefix": "app.", "table": {"Signed Up": "signup"}},
        "trafficTypeName": {"value": "user"},
        "key": {"from": ["/userId", "/anonymousId"], "default": "nobody"},
        "timestamp": {"from": "/timestamp", "format": "dmy", "unit": "auto", "zone": "Europe/Berlin"},
        "value": {"from": "/properties/revenue", "decimal": "comma"},
        "environmentName": {"template": "{/a}-{{{b}"},
        "properties": {"from": "/properties", "drop": ["revenue"], "rename": {"plan_name": "plan"}, "flatten": true,
            "keep": ["plan_name"], "rest": true, "types": {"version": "text"},
            "pairs": {"from": "/params/*", "name": "/key", "value": ["/text", {"from": "/number", "type": "number"}]},
            "add": {"plan": {"value": 1, "type": "number"}}}
    }]
}"#;

fn path(text: &str) -> Path {
    Path::new(text).unwrap()
}

#[test]
fn reads_every_member() {
    let Mapping { name, records, recognize, events, .. } = Mapping::parse(WHOLE).unwrap();
    assert_eq!((name, records), (None, Some(path("/batch/*"))));
    let one = Scalar { text: "1".into(), is_string: false };
    let track = Scalar { text: "track".into(), is_string: true };
    assert_eq!(recognize[0].paths, [path("/type")]);
    assert_eq!(recognize[0].columns, ["event"]);
    let is_track = Condition { path: path("/type"), test: Test::In(vec![track.clone(), one]) };
    assert_eq!(recognize[0].when, [is_track, Condition { path: path("/sentAt"), test: Test::Exists(false) }]);
    let event = &events[0];
    assert_eq!(event.each, Some(path("/items/*")));
    assert_eq!(event.when[0].test, Test::In(vec![track]));
    assert_eq!(event.when[1].test, Test::Exists(true));
    assert_eq!(event.when[2].test, Test::NotBeginsWith(vec!["$".into()]));
    assert!(event.optional && !event.own_names);
    let field = |name: &str| {
        let number = MAPPED.iter().position(|field| *field == name).unwrap();
        event.fields[number].clone().unwrap()
    };
    let name = field("eventTypeId");
    assert_eq!((name.clean, &*name.prefix, name.table.len()), (true, "app.", 1));
    assert_eq!(field("trafficTypeName"), Source::new(From::Value("\"user\"".into())));
    assert_eq!(field("key").from, From::Paths(vec![path("/userId"), path("/anonymousId")]));
    assert_eq!(field("key").default.as_deref(), Some("\"nobody\""));
    let pieces = [Piece::Value(path("/a")), Piece::Text("-{".into()), Piece::Value(path("b"))];
    assert_eq!(field("environmentName").from, From::Template(pieces.into()));
    assert_eq!((event.time.order, event.time.unit, event.time.declared), (Order::Dmy, None, true));
    assert_eq!(event.time.zone, Zone::parse("Europe/Berlin"));
    assert_eq!(event.decimal, Some(DecimalSign::Comma));
    let properties = &event.properties;
    assert_eq!(properties.from, [path("/properties")]);
    assert_eq!(properties.keep, Some(vec!["plan_name".into()]));
    assert_eq!(properties.drop, ["revenue"]);
    assert_eq!(properties.rename, [("plan_name".into(), "plan".into())]);
    assert_eq!(properties.types, [("version".into(), Kind::Text)]);
    assert!(properties.flatten && properties.rest);
    let values = vec![(path("/text"), None), (path("/number"), Some(Kind::Number))];
    assert_eq!(properties.pairs, [Pairs { from: path("/params/*"), name: path("/key"), values }]);
    let (name, plan) = &properties.add[0];
    assert_eq!((&**name, &plan.from, plan.kind), ("plan", &From::Value("1".into()), Some(Kind::Number)));
}

#[test]
fn without_entries_events_are_in_their_own_shape() {
    for text in ["{}", r#"{"events": [{"ownNames": true}]}"#] {
        assert!(Mapping::parse(text).unwrap().events[0].is_identity(), "{text}");
    }
    assert!(!Mapping::parse(r#"{"events": [{}]}"#).unwrap().events[0].is_identity());
}

#[test]
fn a_timestamp_without_a_form_is_not_declared() {
    let time = |text: &str| {
        let text = [r#"{"events": [{"timestamp": {"from": "t""#, text, "}}]}"].concat();
        Mapping::parse(&text).unwrap().events.remove(0).time
    };
    assert!(!time("").declared);
    assert_eq!((time(r#","unit":"s""#).declared, time(r#","unit":"s""#).unit), (true, Some(Unit::Seconds)));
    for (zone, offset) in [("UTC", "+00:00"), ("Z", "+00"), ("+02:00", "+0200"), ("-0530", "-05:30"), ("+14", "+14:00")]
    {
        let written = Zone::parse(offset);
        assert!(written.is_some() && time(&format!(r#","zone":"{zone}""#)).zone == written, "{zone}");
    }
}

#[test]
fn an_error_tells_the_path_in_the_file_and_what_was_expected() {
    let whole = |entry: &str| format!(r#"{{"events":[{{{entry}}}]}}"#);
    let field = |member: &str| whole(&format!(r#""key":{{"from":"k",{member}}}"#));
    let cases = [
        (String::new(), "is not valid JSON at byte 0, on line 1"),
        ("{\n\"events\": [}".to_owned(), "is not valid JSON at byte 13, on line 2"),
        ("[1]".to_owned(), "must be an object, but is a list"),
        (r#"{"event":[]}"#.to_owned(), "/event: \"event\" is none of $schema, name, records, recognize, events"),
        (r#"{"events":[]}"#.to_owned(), "/events: must be a list with at least one entry, but is an empty list"),
        (r#"{"events":[7]}"#.to_owned(), "/events/0: must be an object, but is 7"),
        (r#"{"records":"batch"}"#.to_owned(), "/records: must be a JSON Pointer such as /batch/*, but is \"batch\""),
        (whole(r#""key":{}"#), "/events/0/key: needs exactly one of from, value and template"),
        (whole(r#""key":{"from":"a","value":1}"#), "/events/0/key: needs exactly one of from, value and template"),
        (
            whole(r#""key":{"from":"/a~2"}"#),
            "/events/0/key/from: must be the name of a column or member, or a JSON Pointer such as /context/userId, but is \"/a~2\"",
        ),
        (
            whole(r#""key":{"from":["a",5]}"#),
            "/events/0/key/from/1: must be the name of a column or member, or a JSON Pointer such as /context/userId, but is 5",
        ),
        (
            whole(r#""key":{"value":{}}"#),
            "/events/0/key/value: must be a text, a number, true, false or null, but is an object",
        ),
        (
            whole(r#""key":{"template":"{a"}"#),
            "/events/0/key/template: must be a text with paths in braces, such as {/type}.{/name}; two braces stand for one, but is \"{a\"",
        ),
        (field(r#""clean":1"#), "/events/0/key/clean: must be true or false, but is 1"),
        (field(r#""type":"int""#), "/events/0/key/type: \"int\" is none of text, number"),
        (field(r#""table":{"a":1}"#), "/events/0/key/table/a: must be a text, but is 1"),
        (field(r#""prefix":"a","prefix":"b""#), "/events/0/key/prefix: is given twice"),
        (
            field(r#""format":"iso""#),
            "/events/0/key/format: \"format\" is none of from, value, template, default, type, table, clean, prefix, suffix",
        ),
        (
            whole(r#""timestamp":{"from":"t","format":"us"}"#),
            "/events/0/timestamp/format: \"us\" is none of auto, iso, dmy, mdy, ymd, serial",
        ),
        (
            whole(r#""timestamp":{"from":"t","zone":"+2"}"#),
            "/events/0/timestamp/zone: must be UTC, a difference such as +02:00, or a name such as Europe/Berlin, but is \"+2\"",
        ),
        (whole(r#""when":[{"in":["a"]}]"#), "/events/0/when/0: needs a path"),
        (
            whole(r#""when":[{"path":"/a"}]"#),
            "/events/0/when/0: needs one of in, notIn, exists, beginsWith, notBeginsWith",
        ),
        (
            whole(r#""properties":{"add":{"a.b":{"from":7}}}"#),
            "/events/0/properties/add/a.b/from: must be the name of a column or member, or a JSON Pointer such as /context/userId, but is 7",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(Mapping::parse(&text).unwrap_err().text(), expected, "{text}");
    }
}
