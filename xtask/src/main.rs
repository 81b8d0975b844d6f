//! `cargo run -p xtask -- bindgen INPUT.wasm FOLDER` writes the JavaScript glue, its types and the module that fits them.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [command, input, folder] = arguments.as_slice() else {
        return usage();
    };
    if command != "bindgen" {
        return usage();
    }
    match Bindgen::new()
        .input_path(input)
        .web(true)
        .and_then(|bindgen| bindgen.omit_default_module_path(true).typescript(true).generate(folder))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask bindgen {input}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: cargo run -p xtask -- bindgen INPUT.wasm FOLDER");
    ExitCode::from(2)
}
