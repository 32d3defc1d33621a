// The one exception of the core: bytes or text that are not what they should be, or not signed by whom they must be.

export type ErrorCode = "format" | "unreadable-text" | "unreadable-statement" | "statement-refused" | "bundle-refused";

/** `code` is the one of docs/errors.md; `found` names what an unreadable text looks like. */
export class CoreError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly found: string | null = null,
  ) {
    super(message);
    this.name = "CoreError";
  }
}

/** Refuse what is read as bytes. */
export function malformed(message: string): never {
  throw new CoreError("format", message);
}

/** Refuse what can be read but is not vouched for. */
export function refused(message: string): never {
  throw new CoreError("statement-refused", message);
}
