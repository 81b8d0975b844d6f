import { startProcess } from "../faults/places/process.ts";
import { certain, certainOfNames, usePlace } from "../faults/suite.ts";

const node = { name: "node", program: process.execPath } as const;

certain(usePlace(() => startProcess(node)));
certainOfNames(usePlace(() => startProcess({ ...node, trusting: true })));
