// A status list as a gate keeps it between fetches: verified once, carried on by deltas, small on the disk. The twin
// of src/comity/client/kept_list.py: it names the key that signed, so that a key revoked later is seen.

import type { StatusList, VerifierBundle } from "../core";

export interface KeptList {
  readonly region: string;
  readonly number: number;
  readonly kid: string;
  readonly uri: string;
  readonly issuedAt: number;
  readonly bits: number;
  readonly packed: Uint8Array<ArrayBuffer>;
}

/** Give the name under which a list is kept, which is that of its file. */
export function listName(region: string, number: number): string {
  return `${region}-${number}.cbor`;
}

/** Make a verified list small. */
export async function packList(list: StatusList, number: number): Promise<KeptList> {
  const packed = await through(list.data, new CompressionStream("deflate"));
  return { region: list.signer, number, kid: list.key.kid, uri: list.uri, issuedAt: list.issuedAt, bits: list.bits, packed };
}

/** Give a kept list whole; null where its key is listed no more, or it is damaged. */
export async function unpackList(known: KeptList, bundle: VerifierBundle): Promise<StatusList | null> {
  const key = bundle.keyLists.find(({ region }) => region === known.region)?.find(known.kid, "status") ?? null;
  if (key === null) return null;
  try {
    const data = await through(known.packed, new DecompressionStream("deflate"));
    return { signer: known.region, key, uri: known.uri, issuedAt: known.issuedAt, bits: known.bits, data };
  } catch {
    return null;
  }
}

async function through(data: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([data]).stream().pipeThrough(stream)).arrayBuffer());
}
