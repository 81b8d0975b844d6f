#!/usr/bin/env node
import module from "node:module";

module.enableCompileCache?.(); // Node 20 has none
await import("../dist/cli/main.js");
