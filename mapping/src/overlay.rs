//! What a user lays over a mapping by single options: names, constants, and how times and amounts are written.

use crate::columns::{NEEDED, Target};
use crate::mapping::{EventMapping, From, MAPPED, Mapping, Source};
use crate::path::Path;
use split_events_base::decimal::DecimalSign;
use split_events_base::time::{Order, Unit, Zone};

/// What single options say beside a mapping: it lies over each entry.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    mapped: Vec<(Path, Target)>,
    set: Vec<(Target, Source)>,
    order: Option<Order>,
    unit: Option<Unit>,
    zone: Option<Zone>,
    decimal: Option<DecimalSign>,
}

impl Overlay {
    /// Adds that the part with this name is that field, `properties`, `properties.NAME`, `properties.NAME:text`,
    /// `properties.NAME:number`, or left out if it is `-` or empty. Of several names for one field the first that is
    /// there is taken. Returns whether there is such a field and `from` is a name.
    #[must_use]
    pub fn map(&mut self, from: &str, field: &str) -> bool {
        let both = Path::new(from.trim()).zip(Target::mapped(field));
        let is_known = both.is_some();
        self.mapped.extend(both);
        is_known
    }

    /// Adds that a field, or a property as `properties.NAME`, is a constant: the JSON text of a scalar. Returns whether
    /// there is such a field.
    #[must_use]
    pub fn set(&mut self, field: &str, json: &str) -> bool {
        let (target, kind) = match Target::mapped(field) {
            Some(target @ Target::Field(_)) => (target, None),
            Some(Target::Property(name, kind)) => (Target::Property(name, kind), kind),
            _ => return false,
        };
        self.set.push((target, Source { kind, ..Source::new(From::Value(json.to_owned())) }));
        true
    }

    /// Sets how times are written. What is not given, or `auto`, stays as the mapping says. A unit alone is for the rule
    /// of the field where events have their own names.
    pub fn set_time(&mut self, order: Option<Order>, unit: Option<Unit>, zone: Option<Zone>) {
        (self.order, self.unit, self.zone) = (order.filter(|&order| order != Order::Auto), unit, zone);
    }

    /// Sets what stands before the decimals of `value`.
    pub fn set_decimal(&mut self, decimal: Option<DecimalSign>) {
        self.decimal = decimal;
    }

    /// Lays it over a mapping.
    pub fn apply(&self, mapping: &mut Mapping) {
        let lies_over_fields = self.order.is_some() || self.zone.is_some() || self.decimal.is_some();
        if lies_over_fields || !self.mapped.is_empty() || !self.set.is_empty() {
            mapping.events.iter_mut().for_each(EventMapping::part);
        }
        for (path, target) in &self.mapped {
            for event in &mut mapping.events {
                event.map(path, target, &mapping.mapped);
            }
            mapping.mapped.push(path.clone());
        }
        for event in &mut mapping.events {
            for (target, source) in &self.set {
                match target {
                    Target::Field(number) => event.fields[*number] = Some(source.clone()),
                    Target::Property(name, _) => event.add(name, source.clone()),
                    Target::Properties | Target::LeftOut => {}
                }
            }
            let time = &mut event.time;
            let unit = self.unit.filter(|_| self.order.is_some() || self.zone.is_some() || !event.own_names);
            time.declared |= self.order.is_some() || unit.is_some() || self.zone.is_some();
            time.order = self.order.unwrap_or(time.order);
            time.unit = unit.or(time.unit);
            time.zone = self.zone.clone().or_else(|| time.zone.take());
            event.decimal = self.decimal.or(event.decimal);
        }
        mapping.note_used();
    }
}

impl Mapping {
    /// Lays a single name over the mapping: see [`Overlay::map`].
    #[must_use]
    pub fn map(&mut self, from: &str, field: &str) -> bool {
        let mut overlay = Overlay::default();
        let is_known = overlay.map(from, field);
        overlay.apply(self);
        is_known
    }

    /// Lays a constant over the mapping: see [`Overlay::set`].
    #[must_use]
    pub fn set(&mut self, field: &str, json: &str) -> bool {
        let mut overlay = Overlay::default();
        let is_known = overlay.set(field, json);
        overlay.apply(self);
        is_known
    }

    /// Lays over the mapping how times are written: see [`Overlay::set_time`].
    pub fn set_time(&mut self, order: Option<Order>, unit: Option<Unit>, zone: Option<&Zone>) {
        let mut overlay = Overlay::default();
        overlay.set_time(order, unit, zone.cloned());
        overlay.apply(self);
    }

    /// Sets what stands before the decimals of `value`.
    pub fn set_decimal(&mut self, decimal: DecimalSign) {
        Overlay { decimal: Some(decimal), ..Overlay::default() }.apply(self);
    }

    /// Returns the fields that every event needs and that have no source in any entry. Fields with their own names have
    /// one.
    pub fn needed(&self) -> Vec<&'static str> {
        let is_given = |number: usize| {
            self.events.iter().any(|event| event.own_names || !event.whole.is_empty() || event.fields[number].is_some())
        };
        (0..NEEDED).filter(|&number| !is_given(number)).map(|number| MAPPED[number]).collect()
    }
}

impl EventMapping {
    fn map(&mut self, path: &Path, target: &Target, mapped: &[Path]) {
        match target {
            Target::Field(number) => {
                let source = self.fields[*number].get_or_insert_with(|| Source::new(From::Paths(Vec::new())));
                match &mut source.from {
                    From::Paths(paths) if paths.iter().all(|path| mapped.contains(path)) => paths.push(path.clone()),
                    from => *from = From::Paths(vec![path.clone()]),
                }
                source.default = None;
            }
            Target::Property(name, kind) => {
                let source = Source { kind: *kind, ..Source::new(From::Paths(vec![path.clone()])) };
                self.add(name, source);
            }
            Target::Properties => self.properties.from.push(path.clone()),
            Target::LeftOut => self.properties.drop.extend(path.segments.last().cloned()),
        }
    }

    /// Adds a property, in the place of one of that name.
    fn add(&mut self, name: &str, source: Source) {
        let added = &mut self.properties.add;
        match added.iter_mut().find(|(added, _)| added == name) {
            Some((_, before)) => *before = source,
            None => added.push((name.to_owned(), source)),
        }
    }
}
