//! The table of codes: what each kind of trouble is called, what it does to an event, and what to do about it.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::limits::{
    AHEAD_DAYS, DEPTH_MAX, EVENT_SIZE_MAX, EVENT_TYPE_MAX, EVENT_TYPE_SURE, KEY_MAX, OLD_DAYS, PROPERTIES_MAX,
    PROPERTY_STRING_MAX, RECORD_BYTES_MAX,
};
use crate::text::replace;

/// What an issue does to its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The event is refused, or a part of the input is not read.
    Error,
    /// The event is sent, changed.
    Repair,
    /// The event is sent as it is.
    Warning,
    /// Counted for the whole input and shown once; the event is sent as it is.
    Note,
}

impl Severity {
    /// Every severity and its stable word.
    pub const WORDS: [(Severity, &str); 4] = [
        (Severity::Error, "error"),
        (Severity::Repair, "repair"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Self::WORDS[*self as usize].1)
    }
}

/// What the service does with an event that has such trouble and is sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfSent {
    /// It answers 202 and drops the event later, without a word.
    Dropped,
    /// It keeps the event, or no source says otherwise.
    Kept,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $severity:ident $if_sent:ident $message:literal $hint:literal)*) => {
        /// A stable name for one kind of trouble.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $message] $name,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// Every code and its stable text.
            pub const WORDS: &'static [(Code, &'static str)] = &[$((Code::$name, $text),)*];

            /// The stable text, the message and the hint of each, on a line each.
            const TEXTS: &'static [&'static str] = &[
                $(if Code::$name.is_of_tables() { $text } else { concat!($text, "\n", $message, "\n", $hint) },)*
            ];

            /// Returns what it does to its event.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// Returns what the service does with such an event if it is sent as it is.
            pub fn if_sent(self) -> IfSent {
                match self { $(Code::$name => IfSent::$if_sent,)* }
            }
        }
    };
}

/// The limits that messages name in braces.
const LIMITS: [(&str, usize); 10] = [
    ("{AHEAD_DAYS}", AHEAD_DAYS as usize),
    ("{DEPTH_MAX}", DEPTH_MAX),
    ("{EVENT_SIZE_MAX}", EVENT_SIZE_MAX),
    ("{EVENT_TYPE_MAX}", EVENT_TYPE_MAX),
    ("{EVENT_TYPE_SURE}", EVENT_TYPE_SURE),
    ("{KEY_MAX}", KEY_MAX),
    ("{OLD_DAYS}", OLD_DAYS as usize),
    ("{PROPERTIES_MAX}", PROPERTIES_MAX),
    ("{PROPERTY_STRING_MAX}", PROPERTY_STRING_MAX),
    ("{RECORD_BYTES_MAX}", RECORD_BYTES_MAX),
];

impl Code {
    /// Returns the stable, `snake_case` text of the code.
    pub fn as_str(self) -> &'static str {
        self.text(0)
    }

    /// Returns what is wrong, in one line.
    pub fn message(self) -> Cow<'static, str> {
        let mut message = Cow::Borrowed(self.text(1));
        if message.contains('{') {
            for (name, limit) in LIMITS {
                message = replace(&message, name, &limit.to_string()).into();
            }
        }
        message
    }

    /// Returns what to do about it.
    pub fn hint(self) -> &'static str {
        self.text(2)
    }

    /// Returns true if a module without tables never finds it, and so does not have its texts.
    const fn is_of_tables(self) -> bool {
        let [code, first, last] = [self as u8, Code::CsvSeparatorRecognised as u8, Code::MapNotNumber as u8];
        let [kind, other] = [Code::InputSeparator as u8, Code::InputBinary as u8];
        !cfg!(feature = "tables") && (code >= first && code <= last || code >= kind && code <= other)
    }

    fn text(self, line: usize) -> &'static str {
        Code::TEXTS[self as usize].split('\n').nth(line).unwrap_or_default()
    }
}

codes! {
    EmptyInput "empty_input" Error Kept
        "the input is empty" "give a JSON array of events, or one event per line"
    InputNotEvents "input_not_events" Error Kept
        "the input is neither JSON nor a table" "give a JSON array, NDJSON, or a table with a header row; if the first line of NDJSON is damaged, set `format` to ndjson"
    InputSeparator "input_separator" Error Kept
        "the cells of the table are not separated as expected" "leave out `separator` and `format`, or set `separator` to what stands between the cells"
    InputColumnsUnknown "input_columns_unknown" Error Kept
        "the columns of the table are no fields of events" "`npx split-events map FILE` shows which column could be which field; say so with `map`, `mapping` or `preset`"
    InputTableOfSums "input_table_of_sums" Error Kept
        "the table has sums over many events, and no event of its own" "export the events themselves, one per row with its time and user: of GA4 by its export to BigQuery"
    InputUtf16 "input_utf16" Error Kept
        "the input is UTF-16 without a byte order mark, or UTF-32" "set `encoding` to utf-16le or utf-16be, or save it as UTF-8"
    EncodingRecognised "encoding_recognised" Note Kept
        "the byte order mark tells the encoding of the input" "nothing needs to be done"
    InputZip "input_zip" Error Kept
        "the input is a zip archive or an Excel workbook" "unpack the archive; save the sheet of a workbook as CSV, in UTF-8"
    InputWorkbook "input_workbook" Error Kept
        "the input is an old Excel workbook (.xls) or another Office document" "save the sheet as CSV, in UTF-8"
    InputCompressed "input_compressed" Error Kept
        "the input is compressed" "unpack it first; only gzip is read as it is, and not gzip within gzip"
    InputDataFile "input_data_file" Error Kept
        "the input is a file of a kind that cannot be read" "export the events as JSON, NDJSON, CSV or TSV"
    InputMarkup "input_markup" Error Kept
        "the input is a page of HTML or XML" "open it: a server may have sent an error page instead of the file; give JSON, NDJSON, CSV or TSV"
    InputDocument "input_document" Error Kept
        "the input is a document or an image" "give the events as plain text: JSON, NDJSON, CSV or TSV"
    InputBinary "input_binary" Error Kept
        "the input is not text: it is compressed, or a file of another kind" "if it is compressed, as with brotli, decompress it; else export the events as JSON, NDJSON, CSV or TSV"
    ArrayNotClosed "array_not_closed" Error Kept
        "the input ends before the array is closed" "the file may be cut off: compare the number of events with the source"
    CommaMissing "comma_missing" Error Kept
        "a comma is missing between two events" "put a comma there; the events on both sides were read"
    CommaExtra "comma_extra" Error Kept
        "a comma stands where an event should" "remove it; the events on both sides were read"
    TextAfterArray "text_after_array" Error Kept
        "the text after the end of the array was not read" "give one array, or one event per line"
    ObjectsSideBySide "objects_side_by_side" Note Kept
        "two events share a line; both were read" "put each event on a line of its own"
    CommasWithoutArray "commas_without_array" Note Kept
        "there are commas between events that are in no array; the events were read" "put the events between [ and ], or leave out the commas"
    RecordSeparators "record_separators" Note Kept
        "a record separator (0x1E) before an event was skipped" "nothing needs to be done: JSON text sequences are read"
    ArraysSeveral "arrays_several" Note Kept
        "the input has several arrays, or events beside an array; all events were read" "give one array, or one event per line"

    CsvSeparatorRecognised "csv_separator_recognised" Note Kept
        "the cells of the table are separated by" "nothing needs to be done; if that is wrong, set `separator`"
    CsvLinesSkipped "csv_lines_skipped" Note Kept
        "lines above the header row were left out" "nothing needs to be done; if the header row is another line, set `skipRows`"
    CsvNamesAlike "csv_names_alike" Note Kept
        "the header row spells names of fields differently" "nothing needs to be done; if a column is something else, say so with `map`"
    CsvColumnsMissing "csv_columns_missing" Error Kept
        "no row below was read, since the header row lacks columns that every event needs" "name the columns as the fields are named, or say with `map` which column is which field"
    CsvColumnTwice "csv_column_twice" Error Kept
        "no row below was read, since two columns are for the same field" "rename one of them, or leave it out with `map`"
    CsvNoRows "csv_no_rows" Error Kept
        "the table has a header row and no other row with text" "compare the file with the source: the export may have been empty or cut off"
    CsvMapUnused "csv_map_unused" Warning Kept
        "`map` names a column that this table does not have" "write the column's name as in the header row"
    MapUnusedJson "map_unused_json" Warning Kept
        "`map` names a member that no record has" "write the member's name as in the records, or a JSON Pointer such as /context/userId"
    MappingFieldMissing "mapping_field_missing" Error Kept
        "no event was made, since the mapping has no source for a field that every event needs" "say what the field is, as in `set` trafficTypeName=user, or where it is, as in `map` user_id=key"
    PresetRecognised "preset_recognised" Note Kept
        "the input was recognised and read by a preset" "give `preset` none if the events are to be read as they are"
    PresetNotNamed "preset_not_named" Error Kept
        "nothing was read, since the input looks like an export of another system and no preset was named" "name the preset with `preset`, or give `preset` none to read the events as they are"
    CsvHeaderAgain "csv_header_again" Note Kept
        "a header row appears again; it was left out, and the rows below were read by it" "nothing needs to be done: several tables were probably joined into one file"
    CsvHeaderInRow "csv_header_in_row" Error Kept
        "a header row begins inside this row, so no row below was read" "put a line end between the tables that were joined here"
    CsvColumnNameless "csv_column_nameless" Note Kept
        "a column without a name has text, which was left out" "name the column in the header row if its text is to be sent"
    CsvRowEmpty "csv_row_empty" Note Kept
        "a row without any text was left out" "nothing needs to be done"
    CsvExtraCellsEmpty "csv_extra_cells_empty" Note Kept
        "rows have more cells than the header; they are empty and were left out" "nothing needs to be done, unless a column was meant to be there"
    CsvColumnMixed "csv_column_mixed" Note Kept
        "some cells became numbers and others stayed text (words, or numbers that would change, such as 1.10 and long ids), in the column" "if the column is of one kind, say so with `map`: properties.NAME:text or properties.NAME:number"
    CsvBooleans "csv_booleans" Note Kept
        "TRUE and FALSE, as spreadsheets write them, became true and false" "if they are meant as text, say so with `map`: properties.NAME:text"
    LastLineNotEnded "last_line_not_ended" Note Kept
        "the last line of the table has no line end, so it may be cut off" "compare the last row with the source"
    CsvTooManyCells "csv_too_many_cells" Error Dropped
        "the row has more cells than the header" "put cells that contain the separator in quotes; if another sign separates the cells, set `separator`"
    CsvTooFewCells "csv_too_few_cells" Warning Kept
        "the row has fewer cells than the header, so its last fields are missing" "compare the row with the source: it may be cut off; if another sign separates its cells, set `separator`"
    CsvQuoteNotDoubled "csv_quote_not_doubled" Error Dropped
        "a cell begins with a quote and has another quote inside that is not written twice" "write each quote inside a quoted cell twice; the next line was read as a row of its own"
    CsvQuoteNotClosed "csv_quote_not_closed" Error Dropped
        "a quoted cell is not closed within {RECORD_BYTES_MAX} bytes" "close the quote; the next line was read as a row of its own"
    CsvCellSpansRows "csv_cell_spans_rows" Warning Kept
        "a quoted cell has several lines, and one of them looks like a row" "make sure that these lines belong to the cell: a stray quote may have taken rows into it"
    CsvCellTrimmed "csv_cell_trimmed" Repair Dropped
        "white space around a cell was removed" "remove it at the source"
    CsvCellNotNumber "csv_cell_not_number" Error Kept
        "the cell is not a number, and `map` says that its column has numbers" "correct the cell, or leave :number out of `map`"
    MapNotNumber "map_not_number" Error Kept
        "the value is not a number, and the mapping says that it is one" "correct the value, or leave the type out of the mapping"

    NotJson "not_json" Error Dropped
        "this is not valid JSON" "correct the text at this byte"
    RecordCutOff "record_cut_off" Error Dropped
        "the event breaks off before its end" "compare it with the source, and export or download it again"
    NotUtf8 "not_utf8" Error Dropped
        "these bytes are not UTF-8" "save the input as UTF-8, or set `encoding`, as to windows-1252"
    LoneSurrogate "lone_surrogate" Error Dropped
        "half of a UTF-16 surrogate pair has no other half" "write the whole character, or remove the half"
    TooDeep "too_deep" Error Dropped
        "objects and arrays are nested deeper than {DEPTH_MAX} levels" "nest less deeply"
    NotObject "not_object" Error Dropped
        "an event must be an object" "give an object with eventTypeId, trafficTypeName, key and timestamp"
    NotSerializable "not_serializable" Error Dropped
        "the object cannot be written as JSON" "remove cycles, getters that throw, and every BigInt but the key"
    RecordTooLarge "record_too_large" Error Dropped
        "the event has more than {RECORD_BYTES_MAX} bytes" "send less in one event"
    RecordManyEvents "record_many_events" Error Dropped
        "the mapping makes more events of this record than its size allows" "give the items of its list as records of their own, with `records`"
    RecordsRunTogether "records_run_together" Error Dropped
        "more than {RECORD_BYTES_MAX} bytes look like one event, but hold several" "look at where they begin: a quote or a bracket is probably not closed there"
    EventsWrapped "events_wrapped" Error Dropped
        "this is no event: it holds a list of events" "give only that list, or say with `mapping` where it is: {\"records\":\"/events/*\"}"
    WrapperRecognised "wrapper_recognised" Note Kept
        "the events of a list in an object were read, and what stands beside it was left out" "nothing needs to be done"
    RecordsNotFound "records_not_found" Error Dropped
        "`records` of the mapping matches no part of this value" "correct the path in the mapping, or leave the value out"
    EventOverMaxBytes "event_over_max_bytes" Error Kept
        "the event alone is larger than a batch may be" "raise `maxBytes`, or send less in one event"
    DuplicateField "duplicate_field" Error Dropped
        "the same field is given twice" "give it once: nobody knows which of the two would count"
    UnknownField "unknown_field" Repair Kept
        "the service has no such field; it was removed" "put it into properties"

    EventTypeIdMissing "event_type_id_missing" Error Dropped
        "eventTypeId is missing" "name the event, as in page_load"
    EventTypeIdNotString "event_type_id_not_string" Error Dropped
        "eventTypeId must be a string" "name the event, as in page_load"
    EventTypeIdInvalid "event_type_id_invalid" Error Dropped
        "eventTypeId must begin with a letter or digit and have only letters, digits and - _ . : (at most {EVENT_TYPE_MAX} characters)" "rename the event; `normalizeNames` turns other characters into _"
    EventTypeIdNormalized "event_type_id_normalized" Repair Dropped
        "characters that eventTypeId may not have became _" "rename the event at its source"
    EventTypeIdLong "event_type_id_long" Note Kept
        "eventTypeId has more than {EVENT_TYPE_SURE} characters, which some pages of the service's documentation call too long" "send one such event and look for it in the Data hub, or shorten the name"
    EventTypeIdColon "event_type_id_colon" Note Kept
        "eventTypeId has a colon, which some pages of the service's documentation do not allow" "send one such event and look for it in the Data hub, or write a dot"

    TrafficTypeNameMissing "traffic_type_name_missing" Error Dropped
        "trafficTypeName is missing" "give the traffic type of the key, as in user"
    TrafficTypeNameNotString "traffic_type_name_not_string" Error Dropped
        "trafficTypeName must be a string" "give the traffic type of the key, as in user"
    TrafficTypeNameEmpty "traffic_type_name_empty" Error Dropped
        "trafficTypeName is empty" "give the traffic type of the key, as in user"
    TrafficTypeNameUnknown "traffic_type_name_unknown" Error Dropped
        "trafficTypeName is not one of the given traffic types" "correct it, or create the traffic type first"
    TrafficTypeNameLowercased "traffic_type_name_lowercased" Repair Dropped
        "trafficTypeName was put in lower case" "use lower case at the source"
    TrafficTypeNameTrimmed "traffic_type_name_trimmed" Repair Dropped
        "white space or invisible characters around trafficTypeName were removed" "remove them at the source"
    TrafficTypeNameSpace "traffic_type_name_space" Warning Dropped
        "trafficTypeName has white space or an invisible character inside" "give the traffic type as the project names it"

    KeyMissing "key_missing" Error Dropped
        "key is missing" "give the key that getTreatment() was given"
    KeyNotString "key_not_string" Error Dropped
        "key must be a string or a finite number" "give the key that getTreatment() was given"
    KeyEmpty "key_empty" Error Dropped
        "key is empty" "give the key that getTreatment() was given"
    KeyTooLong "key_too_long" Error Dropped
        "key has more than {KEY_MAX} characters" "use a shorter key in getTreatment() and here"
    KeyNumber "key_number" Repair Kept
        "key was a number and became a string" "give it as a string"
    KeyTrimmed "key_trimmed" Repair Kept
        "white space around key was removed, as the SDK does" "remove it at the source"
    KeyIntegerLarge "key_integer_large" Warning Kept
        "key is a number of 2^53 or more, whose last digits JavaScript may change" "give it as a string from its source on: its digits may already be those of another key"
    KeyNoValue "key_no_value" Warning Kept
        "key is a text that programs write for a missing value, so it may stand for many users or for none" "leave such events out, or give the key that getTreatment() was given"
    KeyRewritten "key_rewritten" Warning Kept
        "key looks like a number that a spreadsheet or a data frame has rewritten" "export the column as text: digits may be lost"
    KeyTextMark "key_text_mark" Warning Kept
        "key begins with the mark that spreadsheets put before text" "remove the mark, unless getTreatment() was given it, too"
    KeyInvisible "key_invisible" Warning Kept
        "key has an invisible character inside" "remove it, unless getTreatment() was given it, too"
    KeyNotKnown "key_not_known" Warning Kept
        "key is not among the known keys, so no metric can count the event" "give the key that getTreatment() was given"

    TimestampMissing "timestamp_missing" Error Dropped
        "timestamp is missing" "give Unix time in milliseconds"
    TimestampUnreadable "timestamp_unreadable" Error Dropped
        "timestamp is neither a number nor a date" "give Unix time in milliseconds, or a date as in 2022-02-22T19:23:43Z or 2022-02-22 19:23:43+00"
    TimestampZoneMissing "timestamp_zone_missing" Error Dropped
        "timestamp is a date without a time zone" "say with `timestampZone` in which zone these dates are, as in UTC, +02:00 or Europe/Berlin"
    TimestampOrderUnknown "timestamp_order_unknown" Error Dropped
        "timestamp may have the day before the month, or the month before the day" "say with `timestampFormat` which it is: dmy as in 20/11/2026, or mdy as in 11/20/2026"
    TimestampOrderProven "timestamp_order_proven" Note Kept
        "dates among the first show which of day and month comes first, and all are read so" "if they are not, say with `timestampFormat` which order is right: dmy as in 20/11/2026, or mdy as in 11/20/2026"
    TimestampOrderOther "timestamp_order_other" Error Dropped
        "timestamp does not have the order of day, month and year that `timestampFormat` or the other rows have" "correct the date, or say with `timestampFormat` which order is right: dmy as in 20/11/2026, or mdy as in 11/20/2026"
    TimestampYearShort "timestamp_year_short" Error Dropped
        "timestamp is a date whose year has two digits" "export dates with years of four digits"
    TimestampLocalTwice "timestamp_local_twice" Error Dropped
        "timestamp is a time that the clocks of its zone show twice, as when summer time ends" "give the time with its difference from UTC, as in 2026-10-25T02:30:00+02:00"
    TimestampLocalNever "timestamp_local_never" Error Dropped
        "timestamp is a time that the clocks of its zone skip, as when summer time begins" "make sure that `timestampZone` is the zone of the source"
    TimestampNotPositive "timestamp_not_positive" Error Dropped
        "timestamp is zero or negative" "give Unix time in milliseconds"
    TimestampOutOfRange "timestamp_out_of_range" Error Dropped
        "timestamp is outside the years 1973 to 5138 in the unit of `timestampUnit`; with auto, in every unit" "give Unix time in milliseconds; if spreadsheets' serial dates are meant, set `timestampFormat` to serial"
    TimestampRounded "timestamp_rounded" Error Kept
        "timestamp is written with an exponent and too few digits, so it may be off by more than a second" "give Unix time with all its digits; a spreadsheet shows them in a number format without decimals"
    TimestampString "timestamp_string" Repair Kept
        "timestamp was a string and became a number" "give it as a number"
    TimestampSeconds "timestamp_seconds" Repair Dropped
        "timestamp was in seconds and became milliseconds" "multiply by 1,000 at the source"
    TimestampMicroseconds "timestamp_microseconds" Repair Dropped
        "timestamp was in microseconds and became milliseconds" "divide by 1,000 at the source"
    TimestampNanoseconds "timestamp_nanoseconds" Repair Dropped
        "timestamp was in nanoseconds and became milliseconds" "divide by 1,000,000 at the source"
    TimestampRfc3339 "timestamp_rfc3339" Repair Dropped
        "timestamp was a date and became Unix time in milliseconds" "give Unix time in milliseconds"
    TimestampNotInteger "timestamp_not_integer" Repair Kept
        "timestamp was not written in digits alone; fractions of a millisecond were cut off" "give whole milliseconds in digits, without a sign, a point or an exponent"
    TimestampOld "timestamp_old" Warning Kept
        "timestamp is more than {OLD_DAYS} days ago, and the service keeps events for {OLD_DAYS} days" "make sure that the time is right: perhaps no metric counts the event"
    TimestampAhead "timestamp_ahead" Warning Kept
        "timestamp is more than {AHEAD_DAYS} day ahead of the clock" "check the clock and the time zone of the source"

    ValueNotNumber "value_not_number" Error Dropped
        "value is not a number" "give a finite number, or leave value out"
    ValueNotFinite "value_not_finite" Error Dropped
        "value is not a finite number" "give a finite number, or leave value out"
    ValueString "value_string" Repair Kept
        "value was a string and became a number" "give it as a number"
    ValueMissing "value_missing" Note Kept
        "value is absent or null, which the service counts as zero" "give a value where a metric sums or averages it"

    PropertiesNotObject "properties_not_object" Error Dropped
        "properties must be an object" "give an object of strings, numbers and booleans"
    PropertyNotScalar "property_not_scalar" Repair Kept
        "a property that is an object or array became null, as in the SDK" "give strings, numbers or booleans; `flatten` turns objects into dotted names"
    PropertyFlattened "property_flattened" Repair Kept
        "a property that is an object became properties with dotted names" "give dotted names at the source"
    PropertyNotFinite "property_not_finite" Repair Kept
        "a property that is not a finite number became null, as in the SDK" "give a finite number"
    EventTooLarge "event_too_large" Error Dropped
        "the event has more than {EVENT_SIZE_MAX} bytes, as the SDK counts them" "send fewer or shorter properties"
    PropertiesTooMany "properties_too_many" Warning Kept
        "there are more than {PROPERTIES_MAX} properties; the service may drop some" "send fewer properties"
    PropertyStringLong "property_string_long" Warning Kept
        "a property has more than {PROPERTY_STRING_MAX} characters; the service may cut it" "send a shorter text"
    EnvironmentNameNotString "environment_name_not_string" Repair Kept
        "environmentName was not a string and was removed" "give it as a string"
    EnvironmentNameEmpty "environment_name_empty" Error Kept
        "environmentName is empty" "give the environment's name, or leave environmentName out"
    EnvironmentNameTrimmed "environment_name_trimmed" Repair Kept
        "white space or invisible characters around environmentName were removed" "remove them at the source"
    EnvironmentNameSpace "environment_name_space" Warning Kept
        "environmentName has white space or an invisible character inside" "make sure that this is the name of the environment"
}

/// A row of the table of codes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeInfo {
    code: &'static str,
    severity: Severity,
    message: Cow<'static, str>,
    hint: &'static str,
    dropped: bool,
}

/// Returns the table of codes.
pub fn table() -> Vec<CodeInfo> {
    Code::ALL
        .iter()
        .filter(|code| !code.is_of_tables())
        .map(|code| CodeInfo {
            code: code.as_str(),
            severity: code.severity(),
            message: code.message(),
            hint: code.hint(),
            dropped: code.if_sent() == IfSent::Dropped,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn messages_have_the_numbers_of_the_limits_that_they_name() {
        let unknown = Code::ALL.iter().filter(|code| code.message().contains(['{', '}']));
        assert_eq!(unknown.count(), 0);
        assert!(Code::TimestampOld.message().ends_with("keeps events for 90 days"));
    }
}
