// Tells the parent process the largest resident set of this one, in bytes, when it ends.
process.channel?.unref();
process.on("exit", () => process.send?.(process.resourceUsage().maxRSS * 1024));
