//! `cargo run -p xtask -- bindgen INPUT.wasm FOLDER` writes the JavaScript glue, its types and the module that fits
//! them.

mod instances;
mod names;
mod panics;

use std::path::Path;
use std::{env, fs, process::ExitCode};

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

/// The name of the files.
const MODULE: &str = "split_events";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [command, input, folder] = arguments.as_slice() else {
        return usage();
    };
    if command != "bindgen" {
        return usage();
    }
    match bindgen(input, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask bindgen {input}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bindgen(input: &str, folder: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.out_name(MODULE).input_path(input).web(true)?.omit_default_module_path(true).typescript(true);
    let mut output = bindgen.generate_output()?;
    let module = output.wasm_mut();
    panics::trap(module);
    panics::forget_places(module);
    let renamed = names::shorten(module);
    let functions = instances::functions(module);
    output.emit(folder)?;
    let [glue, types] = ["js", "d.ts"].map(|extension| Path::new(folder).join(MODULE).with_extension(extension));
    let renamed = names::rename(fs::read_to_string(&glue)?, &renamed)?;
    fs::write(&glue, instances::make_anew(&renamed, &functions)?)?;
    fs::write(&types, instances::declare(&fs::read_to_string(&types)?))?;
    Ok(())
}

fn usage() -> ExitCode {
    eprintln!("usage: cargo run -p xtask -- bindgen INPUT.wasm FOLDER");
    ExitCode::from(2)
}
