// The interim note: a region's signed word that somebody goes on while a case is undecided (settled rule 16). It is no
// pass: it has no colour, and no Decision follows from it. It is held against the key lists of the bundle.

import {
  CoreError, type Instant, type Text, type VerifierBundle, decodeBase45, fields, instant, plainTime, readStatement, region, rfc3339,
  signedBy, text, withoutLineEnd,
} from "../core";
import { text as words } from "../words/texts";

const NOTE_PREFIX = "CMN1:";
const MAX_NOTE = 1_024;
const NOTE = fields({ region, division: text, case: text, issued_at: instant, expires_at: instant });

/** What a good note says, as JSON. */
export type InterimNoteJson = Readonly<{ region: string; division: string; case: string; expires_at: string; text: Text }>;

/** Find what a text says as a good interim note of a region in the bundle; null for anything else. */
export async function findNote(scanned: string, bundle: VerifierBundle, at: Instant): Promise<InterimNoteJson | null> {
  const text = withoutLineEnd(scanned);
  if (!text.startsWith(NOTE_PREFIX) || text.length > MAX_NOTE) return null;
  try {
    const statement = readStatement(decodeBase45(text, NOTE_PREFIX.length), "interim_note", bundle.isTest, NOTE);
    const keys = bundle.keyLists.find(({ region }) => region === statement.fields.region);
    const { issued_at, expires_at, ...note } =
      await signedBy(statement, keys?.findUnrevoked(statement.message.kid, "statement", at) ?? null);
    if (issued_at > at || at >= expires_at) return null;
    return { ...note, expires_at: rfc3339(expires_at), text: words("manual.note_holds", { until: plainTime(expires_at) }) };
  } catch (error) {
    if (error instanceof CoreError) return null;
    throw error;
  }
}
