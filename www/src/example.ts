import text from "../../tests/data/sending-event-data.json?raw";

const NAME = "example-from-the-documentation.json";

/** Makes a file of the two events in the service's documentation, as they are there. */
export function exampleFile(): File {
  return new File([text], NAME, { type: "application/json", lastModified: 0 });
}

export function isExample(files: readonly File[]): boolean {
  return files.length === 1 && files[0]?.name === NAME && files[0].lastModified === 0;
}
