// The interim note: a region's signed word that somebody goes on while a case is undecided (settled rule 16). It is no
// pass: it has no colour, and no Decision follows from it. It is held against the key lists of the bundle.

import * as base45 from "./base45";
import type { VerifierBundle } from "./bundle";
import { CoreError, malformed } from "./errors";
import { type Instant, plainTime, rfc3339 } from "./instant";
import { withoutLineEnd } from "./qrtext";
import type { Text } from "./rulebook";
import { readStatement } from "./statements";
import { text as words } from "./texts";

const NOTE_PREFIX = "CMN1:";
const MAX_NOTE = 1_024;

/** What a good note says, as JSON. */
export interface InterimNoteJson {
  readonly region: string;
  readonly division: string;
  readonly case: string;
  readonly expires_at: string;
  readonly text: Text;
}

/** Find what a text says as a good interim note of a region in the bundle; null for anything else. */
export async function findNote(scanned: string, bundle: VerifierBundle, at: Instant): Promise<InterimNoteJson | null> {
  const text = withoutLineEnd(scanned);
  if (!text.startsWith(NOTE_PREFIX) || text.length > MAX_NOTE) return null;
  try {
    const statement = readStatement(base45.decode(text, NOTE_PREFIX.length), "interim_note", bundle.isTest);
    const claimed = statement.peek().region("region");
    const keys = bundle.keyLists.find(({ region }) => region === claimed);
    const fields = await statement.signedBy(keys?.findUnrevoked(statement.kid, "statement", at) ?? null);
    const note = { region: fields.region("region"), division: fields.text("division"), case: fields.text("case") };
    const [issuedAt, expiresAt] = [fields.instant("issued_at"), fields.instant("expires_at")];
    fields.finish();
    if (issuedAt > at || at >= expiresAt) malformed("an interim note that is not good now");
    return { ...note, expires_at: rfc3339(expiresAt), text: words("manual.note_holds", { until: plainTime(expiresAt) }) };
  } catch (error) {
    if (error instanceof CoreError) return null;
    throw error;
  }
}
