import { presetMapping, presetText } from "../../check/presets.js";
import { missingFields } from "../../mapping/targets.js";
import { init, type Preset, presets } from "../../node.js";
import { exit } from "../exit.js";
import { colorsFor, grid } from "../output/grid.js";
import { drawing, printJson, printText } from "../output/output.js";

/** Runs `split-events presets`: lists the presets, or prints the mapping of one. */
export async function presetsCommand(name: string | undefined, { json }: { json?: boolean }): Promise<number> {
  await init();
  if (name !== undefined) {
    if (json) printJson(presetMapping(name));
    else printText(`${presetText(name).trim()}\n`);
    return exit.ok;
  }
  const all = presets().map((preset) => ({ ...preset, needs: missingFields(presetMapping(preset.name)) }));
  if (json) printJson(all);
  else printText(`${listed(all)}\n`);
  return exit.ok;
}

function listed(all: readonly (Preset & { needs: string[] })[]): string {
  const { color, columns = 100 } = drawing();
  const colors = colorsFor(color);
  const rows = all.map(({ name, title, reads, needs }) => ({
    cells: [name, `${title}: ${reads}`],
    below: needs.map((field) => ({
      text: colors.dim(`needs --set ${field}=${field === "trafficTypeName" ? "user" : "..."}`),
    })),
  }));
  return grid(["preset", "reads"], rows, columns, colors);
}
