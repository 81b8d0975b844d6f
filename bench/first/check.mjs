// Prints the CPU time of an import and a first check, in milliseconds. Run in a process of its own.
const [, , entry, kind] = process.argv;
const { user, system } = process.cpuUsage();
const { check } = await import(/** @type {string} */ (entry));
const events = [
  { eventTypeId: "page_load", trafficTypeName: "user", key: "Ava", timestamp: 1_700_000_000_000 },
  { eventTypeId: "page_load", trafficTypeName: "user", key: "Bo", timestamp: "1700000000" },
];
const report = await check(kind === "text" ? JSON.stringify(events) : events);
const used = process.cpuUsage({ user, system });
if (report.events !== 2 || report.repaired !== 1) throw new Error(`the report is wrong: ${JSON.stringify(report)}`);
console.log((used.user + used.system) / 1000);
