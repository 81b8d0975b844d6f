import { unstable_startWorker } from "wrangler";

// A Worker that can be killed: `node serve.mjs OPTIONS` says where it is.
const started = await unstable_startWorker(JSON.parse(process.argv[2]));
console.log(`ready ${(await started.url).href}`);
