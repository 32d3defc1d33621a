// Gives the person a file that the node made, to keep where they like.

const FETCHED_BY_MS = 60_000;

/** Let the browser save a file under a name. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), FETCHED_BY_MS);
}
