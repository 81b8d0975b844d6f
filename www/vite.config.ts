import { defineConfig } from "vite";
import { offline } from "./offline.js";

export default defineConfig({
  // The built page may lie in any folder of any server.
  base: "./",
  // The dev server's optimizer would take the package away from the module that lies beside it.
  optimizeDeps: { exclude: ["split-events"] },
  build: { target: "es2022", modulePreload: { polyfill: false } },
  worker: { format: "es" },
  plugins: [offline()],
});
