//! Removes the hashes from the names of the module's imports, which are a hundredth of the module, and puts the version
//! among them: the JavaScript of another version cannot start the module.

use std::collections::HashSet;

use anyhow::{Result, ensure};
use walrus::Module;

/// The import object's key for the glue, as wasm-bindgen writes it, and its new name.
const GLUE: [&str; 2] = ["./split_events_bg.js", concat!("split-events ", env!("CARGO_PKG_VERSION"))];

/// The old and the new name of an import.
pub struct Renamed([String; 2]);

/// Renames each import of the module to a short name of its own.
pub fn shorten(module: &mut Module) -> Vec<Renamed> {
    let mut taken = HashSet::new();
    let mut renamed = Vec::new();
    for import in module.imports.iter_mut().filter(|import| import.module == GLUE[0]) {
        let short = short(&import.name);
        let new = (1..)
            .map(|number| if number == 1 { short.to_owned() } else { format!("{short}{number}") })
            .find(|name| taken.insert(name.clone()))
            .unwrap_or_default();
        renamed.push(Renamed([std::mem::replace(&mut import.name, new.clone()), new]));
        import.module = GLUE[1].to_owned();
    }
    renamed
}

/// Renames the imports in the glue. Fails unless each name is there once: wasm-bindgen may write it in another way.
pub fn rename(mut glue: String, renamed: &[Renamed]) -> Result<String> {
    let keys = renamed.iter().map(|Renamed([from, to])| (format!("        {from}: "), format!("        {to}: ")));
    let module = GLUE.map(|name| format!("\"{name}\": import0"));
    for (from, to) in keys.chain([module.into()]) {
        ensure!(glue.matches(&from).count() == 1, "the glue must have {:?} once", from.trim());
        glue = glue.replace(&from, &to);
    }
    Ok(glue)
}

/// Returns the part of a name without prefix and hash: `abort` of `__wbg_abort_f8d1589eb0c65ee2`.
fn short(name: &str) -> &str {
    let name = name.trim_start_matches("__wbg_").trim_start_matches("__wbindgen_");
    match name.rsplit_once('_') {
        Some((before, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => before,
        _ => name,
    }
}
