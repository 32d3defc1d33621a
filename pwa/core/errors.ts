// The one exception of the core: not what it should be, or not signed by whom it must be. `code` is one of docs/errors.md.

export type ErrorCode = "format" | "unreadable-text" | "unreadable-statement" | "statement-refused" | "bundle-refused";

export class CoreError extends Error {
  /** `found` names what an unreadable text looks like. */
  constructor(readonly code: ErrorCode, message: string, readonly found: string | null = null) {
    super(message);
  }
}

/** Refuse bytes or text that are not what they should be. */
export function malformed(message: string, code: ErrorCode = "format"): never {
  throw new CoreError(code, message);
}

/** Refuse what can be read but is not vouched for. */
export function refused(message: string): never {
  throw new CoreError("statement-refused", message);
}
