//! Lets the module be started anew after a trap. The glue becomes a function that makes the JavaScript of one instance,
//! and the names that it exports belong to the instance of now.
//!
//! Whatever is thrown out of an export has unwound the module's own frames, and left locks and half-made changes behind.
//! So nothing calls that instance again: its exports throw, the callbacks that it gave away do nothing, its timers are
//! cleared, its listeners removed and its requests cut. What frees an object of it does nothing.

use anyhow::{Context, Result, ensure};
use walrus::{ExportItem, Module};

/// Returns the names of the functions that the module exports, and the number of their parameters.
pub fn functions(module: &Module) -> Vec<(String, usize)> {
    let function = |export: &walrus::Export| match export.item {
        ExportItem::Function(id) => Some((export.name.clone(), module.types.params(module.funcs.get(id).ty()).len())),
        _ => None,
    };
    module.exports.iter().filter_map(function).collect()
}

/// Puts the glue into a function that is called for each instance. Fails if wasm-bindgen writes it in another way.
pub fn make_anew(glue: &str, functions: &[(String, usize)]) -> Result<String> {
    let (types, glue) = glue.split_once('\n').context("the glue must begin with the place of its types")?;
    let end = "export { initSync, __wbg_init as default };";
    let mut names: Vec<&str> = vec!["initSync"];
    let named = |line: &'_ str| {
        let rest = line.strip_prefix("export class ").or_else(|| line.strip_prefix("export function "))?;
        rest.find([' ', '(']).map(|end| line.len() - rest.len()..line.len() - rest.len() + end)
    };
    names.extend(glue.lines().filter_map(|line| named(line).map(|at| &line[at])));
    let views: String = glue
        .lines()
        .filter(|line| line.starts_with("    cached") && line.ends_with("Memory0 = null;"))
        .map(|line| [line, "\n"].concat())
        .collect();
    ensure!(!views.is_empty(), "the glue must reset its views of the memory");

    let mut body = glue.to_owned();
    for (from, to) in REPLACED {
        // a module imports and exports only what it uses
        ensure!(body.matches(from).count() <= 1, "the glue must have {:?} once", from.trim());
        body = body.replace(from, to);
    }
    ensure!(body.matches(end).count() == 1, "the glue must have {end:?} once");
    let body =
        body.replace(end, "").replace("\nexport class ", "\nclass ").replace("\nexport function ", "\nfunction ");
    ensure!(!body.contains("\nexport "), "the glue must export classes and functions alone");

    let exports: String = functions.iter().map(|(name, parameters)| guarded(name, *parameters)).collect();
    let own = OWN.replace("/* exports */", &exports).replace("/* views */", &views);
    let names = names.join(", ");
    Ok([
        types,
        "\n\nfunction makeInstance(failed) {\n",
        &own,
        &body,
        "\n    return { ",
        &names,
        ", start: __wbg_init };\n}\n\nlet whenFailed = (cause) => cause;\n\n",
        "/** Calls this once an instance has failed, with the cause and the compiled module. Throws what it returns. */\n",
        "export function onFailure(call) {\n    whenFailed = call;\n}\n\nlet start;\nexport let ",
        &names,
        ";\n\n",
        "/** Makes the JavaScript of another instance. Start it next. */\n",
        "export function renew() {\n    ({ ",
        &names,
        ", start } = makeInstance((cause, module) => whenFailed(cause, module)));\n}\n\nrenew();\n\nexport { start as default };\n",
    ]
    .concat())
}

/// Adds the types of what [`make_anew`] adds.
pub fn declare(types: &str) -> String {
    [types, DECLARED].concat()
}

const DECLARED: &str = "
/** Calls this once an instance has failed, with the cause and the compiled module. Throws what it returns. */
export function onFailure(call: (cause: unknown, module: WebAssembly.Module) => unknown): void;

/** Makes the JavaScript of another instance. Start it next. */
export function renew(): void;
";

/// Returns an export that ends its instance if it throws. A stack that is full leaves no room for a call there.
fn guarded(name: &str, parameters: usize) -> String {
    let arguments: Vec<String> = (0..parameters).map(|number| format!("a{number}")).collect();
    let arguments = arguments.join(", ");
    format!(
        "        {name}: ({arguments}) => {{ try {{ return exports.{name}({arguments}); }} catch (e) {{ if (e !== thrown) {{ wasm = ended; cause ??= e; }} throw fail(e); }} }},\n"
    )
}

/// What is found once in the glue, and what stands there instead.
const REPLACED: [(&str, &str); 7] = [
    ("    wasm = instance.exports;\n", "    wasm = guarded(instance.exports);\n"),
    // a call that the module refuses before it begins, and no failure
    ("throw new Error(getStringFromWasm0(arg0, arg1));", "throw thrown = new Error(getStringFromWasm0(arg0, arg1));"),
    (
        "        return f.apply(this, args);\n    } catch (e) {\n",
        "        const ret = f.apply(this, args);\n        if (failure) throw unheard(ret);\n        return ret;\n    } catch (e) {\n        if (failure) throw failure;\n",
    ),
    (
        "            arg0.addEventListener(getStringFromWasm0(arg1, arg2), arg3);\n",
        "            listen(arg0, getStringFromWasm0(arg1, arg2), arg3);\n",
    ),
    (
        "            arg0.removeEventListener(getStringFromWasm0(arg1, arg2), arg3);\n",
        "            unlisten(arg0, getStringFromWasm0(arg1, arg2), arg3);\n",
    ),
    ("    const real = (...args) => {\n", "    const real = (...args) => {\n        if (wasm === ended) return;\n"),
    (
        "            return f(a, state.b, ...args);\n        } finally {\n",
        "            return f(a, state.b, ...args);\n        } catch (e) {\n            if (wasm !== ended) throw e;\n        } finally {\n",
    ),
];

/// What an instance has besides the glue.
const OWN: &str = "
    /** What the module threw by itself. */
    let thrown;
    /** What ended the instance. */
    let cause;
    /** The error that every later call throws. */
    let failure;
    const timers = new Set();
    const requests = new Set();
    const listeners = new Set();

    const ended = new Proxy({}, {
        get: (_, name) => {
            if (/_free$|_destroy_closure$/.test(name)) return () => {};
            throw fail(cause);
        },
    });

    function guarded(exports) {
        return {
            memory: exports.memory,
            __wbindgen_externrefs: exports.__wbindgen_externrefs,
/* exports */        };
    }

    function fail(e) {
        if (wasm !== ended) return e;
        if (failure) return failure;
        const module = wasmModule;
        failure = failed(cause, module);
        wasmInstance = undefined;
/* views */        for (const timer of timers) globalThis.clearTimeout(timer);
        queueMicrotask(() => {
            for (const request of requests) request.abort();
            for (const { target, type, call } of listeners) target.removeEventListener(type, call);
        });
        return failure;
    }

    /** Returns the failure. Nobody waits for what was returned to the instance. */
    function unheard(ret) {
        if (ret instanceof Promise) ret.catch(() => {});
        return failure;
    }

    function listen(target, type, call) {
        target.addEventListener(type, call);
        listeners.add({ target, type, call });
    }

    function unlisten(target, type, call) {
        target.removeEventListener(type, call);
        for (const listener of listeners) {
            if (listener.type === type && listener.call === call) listeners.delete(listener);
        }
    }

    function setTimeout(call, ms) {
        const timer = globalThis.setTimeout(call, ms);
        timers.add(timer);
        return timer;
    }

    function clearTimeout(timer) {
        timers.delete(timer);
        globalThis.clearTimeout(timer);
    }

    /** Keeps the controller of a request until it has ended. */
    function hold(controller) {
        requests.add(controller);
    }

    function letGo(controller) {
        requests.delete(controller);
    }
";
