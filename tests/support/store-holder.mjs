import { directoryStore } from "split-events/stores/directory";

/**
 * Opens the store of a folder, as user `nobody` if asked to, prints how that went, and keeps it until it is killed.
 *
 *     node store-holder.mjs FOLDER [nobody]
 */
const [folder = "", user] = process.argv.slice(2);
if (user === "nobody" && process.getuid?.() === 0) process.setuid?.(65534);
try {
  await directoryStore(folder);
  console.log("open");
  setInterval(() => {}, 1000);
} catch (error) {
  const { name, code, message } = /** @type {Error & { code: string }} */ (error);
  console.log(`${name} ${code} ${message}`);
}
