// A hand-held scanner that types: a code is a quick run of keys that ends with Enter, wherever the focus is.

/** Milliseconds between two keys of a scanner at most; nobody types that fast for long. */
const QUICK = 60;
/** The same within what begins as one of our codes: a device that is busy hands keys on late. */
const LATE = 500;
const SHORTEST = 6;
const LONGEST = 4_096;
/** How the texts begin that are taken even out of a field. */
const OURS = /^CM[1NG]/;

/** Hand every text that a scanner types to `take`. Gives the function that ends it. */
export function listenToScanner(take: (text: string) => void): () => void {
  let typed = "";
  let last = 0;
  function key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.timeStamp - last > (OURS.test(typed) ? LATE : QUICK)) typed = "";
    last = event.timeStamp;
    if (event.key === "Enter") {
      const text = typed;
      typed = "";
      if (text.length < SHORTEST || (isField(event.target) && !OURS.test(text))) return;
      swallow(event);
      clear(event.target, text);
      take(text);
    } else if (event.key.length === 1 && typed.length < LONGEST) {
      typed += event.key;
      if (typed.length > 1 && !isField(event.target)) swallow(event); // a blank in a code must press no button
    }
  }
  addEventListener("keydown", key, { capture: true });
  return () => removeEventListener("keydown", key, { capture: true });
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function isField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Take a scanned text out of the field it was typed into. */
function clear(target: EventTarget | null, text: string): void {
  if (!isField(target) || !target.value.endsWith(text)) return;
  target.value = target.value.slice(0, -text.length);
  target.dispatchEvent(new Event("input", { bubbles: true }));
}
