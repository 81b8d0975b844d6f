//! Removes from the module what only a panic needs: its message, and its place in the source.
//!
//! A panic ends in a trap here. Its message goes to a standard error that this target does not have, which the compiler
//! cannot know.

use walrus::ir::Value;
use walrus::{ConstExpr, DataId, DataKind, FunctionBuilder, FunctionId, FunctionKind, Module};

/// The functions that never return, and those that only write messages of panics.
const NAMES: [&str; 14] = [
    "core::panicking::",
    "std::panicking::",
    "std::sys::backtrace::",
    "std::alloc::rust_oom",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "::slice_error_fail",
    "::slice_index_fail",
    "::unwrap_failed",
    "::expect_failed",
    "__rust_start_panic",
    "rust_panic",
    "core::fmt::Debug>::fmt",
];

/// Replaces the body of those functions by a trap.
pub fn trap(module: &mut Module) {
    let named = |id: FunctionId| module.funcs.get(id).name.as_deref().is_some_and(is_of_panics);
    let found: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).filter(|&id| named(id)).collect();
    for id in found {
        let (params, results) = module.types.params_results(module.funcs.get(id).ty());
        let (params, results) = (params.to_vec(), results.to_vec());
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        builder.func_body().unreachable();
        if let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind {
            *function = builder.local_func(std::mem::take(&mut function.args));
        }
    }
}

/// Returns true if a name is one of [`NAMES`], perhaps with the hash of its crate, such as
/// `core[a3cbfa293ceb1b3f]::panicking::panic_fmt`.
fn is_of_panics(name: &str) -> bool {
    let without_hash = |part: &str| part.split_once("]::").map_or(part.to_owned(), |(_, rest)| ["::", rest].concat());
    let name: String = name.split('[').map(without_hash).collect();
    NAMES.iter().any(|of| name.contains(of))
}

/// Overwrites with zeros the places in the source that panics report, and the names of its files.
pub fn forget_places(module: &mut Module) {
    let mut segments: Vec<(DataId, usize, Vec<u8>)> = Vec::new();
    for data in module.data.iter() {
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind {
            segments.push((data.id(), start as usize, data.value.clone()));
        }
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (_, start, bytes) in &segments {
        let aligned = start.next_multiple_of(4) - start;
        for (number, place) in bytes.get(aligned..).unwrap_or_default().windows(PLACE).enumerate().step_by(4) {
            let [file, length, line, column] =
                [0, 4, 8, 12].map(|at| place[at..].first_chunk().map_or(0, |word| u32::from_le_bytes(*word) as usize));
            if line > 0 && column > 0 && is_file(&segments, file, length) {
                found.extend([(start + aligned + number, PLACE), (file, length)]);
            }
        }
    }
    for (id, start, bytes) in &segments {
        for &(at, length) in &found {
            if let Some(bytes) = at.checked_sub(*start).filter(|from| from + length <= bytes.len()) {
                module.data.get_mut(*id).value[bytes..bytes + length].fill(0);
            }
        }
    }
}

/// The bytes of a place as Rust lays it out: the name of a file and its length, a line and a column.
const PLACE: usize = 16;

fn is_file(segments: &[(DataId, usize, Vec<u8>)], at: usize, length: usize) -> bool {
    let text = |(_, start, bytes): &(DataId, usize, Vec<u8>)| {
        let from = at.checked_sub(*start)?;
        bytes
            .get(from..from.checked_add(length)?)
            .map(|text| text.ends_with(b".rs") && text.iter().all(u8::is_ascii_graphic))
    };
    segments.iter().find_map(text).unwrap_or(false)
}
