import { useEffect, useMemo, useState } from "preact/hooks";
import type { KeptMapping, Look, Reading } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { Downloads, jsonFile } from "../../ui/downloads.js";
import { Field, Select } from "../../ui/field.js";
import { Foreign } from "../../ui/foreign.js";
import { useFlow } from "../../ui/stage.js";

const text = messages.columns;

interface KeepMappingProps {
  reading: Reading;
  look: Look;
  files: readonly File[];
}

/** Saves the mapping as the file of the command or in the browser, and takes one that was saved. */
export function KeepMapping({ reading, look, files }: KeepMappingProps) {
  const flow = useFlow();
  const [said, setSaid] = useState("");
  const [uses, setUses] = useState(0);
  const saved = useMemo(() => jsonFile(look.mapping), [look]);
  const say = (words: string) => {
    setSaid(words);
    flow.say(words);
  };
  const take = (mapping: KeptMapping["mapping"], words: string) => {
    const { map: _, set: __, preset: ___, ...others } = reading;
    flow.read({ ...others, mapping });
    say(words);
  };
  const load = async (file: File) => {
    try {
      take(JSON.parse(await file.text()), text.loaded(file.name));
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
      <InBrowser look={look} onTake={take} onSaid={say} />
      {said !== "" && <p class="small">{said}</p>}
    </section>
  );
}

interface InBrowserProps {
  look: Look;
  onTake: (mapping: KeptMapping["mapping"], said: string) => void;
  onSaid: (said: string) => void;
}

/** Keeps mappings in the browser, under names. */
function InBrowser({ look, onTake, onSaid }: InBrowserProps) {
  const flow = useFlow();
  const [kept, setKept] = useState<readonly KeptMapping[]>([]);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState("");
  const list = async () => setKept(await flow.mappings());
  useEffect(() => void list(), []);
  const keep = async () => {
    const isKept = await flow.keepMapping(name.trim(), look.mapping);
    onSaid(text.keepDone(name.trim(), isKept));
    await list();
  };
  const choose = (id: string) => {
    setChosen(id);
    const found = kept.find((one) => one.id === id);
    if (found) onTake(found.mapping, text.keptUsed(id));
  };
  const forget = async () => {
    await flow.keepMapping(chosen, undefined);
    setChosen("");
    await list();
  };
  return (
    <div class="choice-grid">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") void keep();
        }}
      >
        <Field id="mapping-name" label={text.keepLabel} value={name} onType={setName} />
        <Button look="quiet" submit>
          {text.keep}
        </Button>
      </form>
      {kept.length > 0 && (
        <div>
          <Select
            id="kept-mappings"
            label={text.keptLabel}
            value={chosen}
            choices={[{ value: "", label: text.keptNone }, ...kept.map(({ id }) => ({ value: id, label: id }))]}
            onChoose={choose}
          />
          {chosen !== "" && (
            <Button look="link" onPress={() => void forget()}>
              {text.keepForget(chosen)}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
