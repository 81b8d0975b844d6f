//! What a user lays over a mapping by single options: names, constants, and how times and amounts are written.

use super::columns::{NEEDED, Target};
use super::mapping::{EventMapping, From, MAPPED, Mapping, Source};
use super::path::Path;
use crate::decimal::DecimalSign;
use crate::timestamp::{Order, Unit, Zone};

impl Mapping {
    /// Adds that the part with this name is that field, `properties`, `properties.NAME`, `properties.NAME:text`,
    /// `properties.NAME:number`, or left out if it is `-` or empty. Of several names for one field the first that is
    /// there is taken. Returns whether there is such a field and `from` is a name.
    #[must_use]
    pub fn map(&mut self, from: &str, field: &str) -> bool {
        let (Some(path), Some(target)) = (Path::new(from.trim()), Target::mapped(field)) else { return false };
        for event in &mut self.events {
            event.map(&path, &target, &self.mapped);
        }
        self.mapped.push(path);
        self.note_used();
        true
    }

    /// Sets a field, or a property as `properties.NAME`, to a constant, which is the JSON text of a scalar. Returns
    /// whether there is such a field.
    #[must_use]
    pub fn set(&mut self, field: &str, json: &str) -> bool {
        let source = Source::new(From::Value(json.to_owned()));
        let target = Target::mapped(field);
        for event in &mut self.events {
            match &target {
                Some(Target::Field(number)) => event.fields[*number] = Some(source.clone()),
                Some(Target::Property(name, kind)) => event.add(name, Source { kind: *kind, ..source.clone() }),
                _ => return false,
            }
        }
        self.note_used();
        true
    }

    /// Sets how times are written. What is not given, or `auto`, stays as it is. A unit alone is for the rule of the
    /// field where events have their own names.
    pub fn set_time(&mut self, order: Option<Order>, unit: Option<Unit>, zone: Option<&Zone>) {
        let order = order.filter(|&order| order != Order::Auto);
        for event in &mut self.events {
            let time = &mut event.time;
            let unit = unit.filter(|_| order.is_some() || zone.is_some() || !event.own_names);
            time.declared |= order.is_some() || unit.is_some() || zone.is_some();
            time.order = order.unwrap_or(time.order);
            time.unit = unit.or(time.unit);
            time.zone = zone.cloned().or_else(|| time.zone.take());
        }
    }

    /// Sets what stands before the decimals of `value`.
    pub fn set_decimal(&mut self, decimal: DecimalSign) {
        for event in &mut self.events {
            event.decimal = Some(decimal);
        }
    }
}

impl Mapping {
    /// Returns the fields that every event needs and that have no source in any entry. Fields with their own names have
    /// one.
    pub fn needed(&self) -> Vec<&'static str> {
        let is_given =
            |number: usize| self.events.iter().any(|event| event.own_names || event.fields[number].is_some());
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
