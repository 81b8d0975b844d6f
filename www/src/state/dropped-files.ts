/** Dropped files, and the names of the folders among them. */
export interface Dropped {
  files: File[];
  folders: string[];
}

/** Takes files that are dropped anywhere on the page; without this the browser would leave the page and open them. */
export function onDrop(take: (dropped: Dropped) => void, onNear: () => void): void {
  // a child is entered before its parent is left
  let inside = 0;
  const on = (name: "dragenter" | "dragleave" | "dragover" | "drop", react: (data: DataTransfer) => void) =>
    addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      react(event.dataTransfer);
      document.documentElement.classList.toggle("dragging", inside > 0);
    });
  on("dragenter", () => {
    inside++;
    onNear();
  });
  on("dragleave", () => inside--);
  on("dragover", () => {});
  on("drop", (data) => {
    inside = 0;
    take(droppedIn(data));
  });
}

function droppedIn({ items }: DataTransfer): Dropped {
  const dropped: Dropped = { files: [], folders: [] };
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) dropped.folders.push(entry.name);
    else if (file) dropped.files.push(file);
  }
  return dropped;
}
