import { startProcess } from "../faults/places/process.ts";
import { matrix, usePlace } from "../faults/suite.ts";

matrix(usePlace(() => startProcess({ name: "node", program: process.execPath })));
