import { useMemo, useState } from "preact/hooks";
import type { Look, Reading } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { Downloads, jsonFile } from "../../ui/downloads.js";
import { Foreign } from "../../ui/foreign.js";
import { useFlow } from "../../ui/stage.js";

const text = messages.columns;

interface KeepMappingProps {
  reading: Reading;
  look: Look;
  files: readonly File[];
}

/** Saves the mapping as the file of the command, and takes such a file. */
export function KeepMapping({ reading, look, files }: KeepMappingProps) {
  const flow = useFlow();
  const [said, setSaid] = useState("");
  const [uses, setUses] = useState(0);
  const saved = useMemo(() => jsonFile(look.mapping), [look]);
  const say = (words: string) => {
    setSaid(words);
    flow.say(words);
  };
  const load = async (file: File) => {
    try {
      const mapping = JSON.parse(await file.text()) as Reading["mapping"] & object;
      const { map: _, set: __, preset: ___, ...others } = reading;
      flow.read({ ...others, mapping });
      say(text.loaded(file.name));
    } catch (error) {
      say(text.notLoaded(file.name, error instanceof Error ? error.message : String(error)));
    }
  };
  return (
    <section class="keep-mapping" aria-labelledby="keep-mapping">
      <h2 id="keep-mapping">{text.mappingHeading}</h2>
      <p class="small">
        {text.mappingLead}
        <code>
          npx split-events check --mapping mapping.json <Foreign text={files[0]?.name ?? ""} />
        </code>
      </p>
      <Downloads list={[{ label: text.save, name: "mapping.json", content: saved }]} />
      <div class="actions">
        <input
          // the same file can be chosen again
          key={uses}
          type="file"
          id="mapping-file"
          class="unseen"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void load(file).then(() => setUses(uses + 1));
          }}
        />
        <label for="mapping-file" class="button quiet">
          {text.load}
        </label>
        <Button look="link" onPress={() => flow.read({})}>
          {text.reset}
        </Button>
      </div>
      {said !== "" && <p class="small">{said}</p>}
    </section>
  );
}
