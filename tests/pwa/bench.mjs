// How long `verify` takes for device passes, beside the two signatures in each verified by WebCrypto alone, with keys
// that are imported already: `take` runs one of both ways over all texts and gives the microseconds of one.

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const SCHEME = { name: "ECDSA", hash: "SHA-256" };
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/** Open everything, and give `take`. */
export async function prepare(core, { bundle, anchor, lists, at, shown }) {
  const opened = await core.openBundle(bytesOf(bundle), core.readAnchor(bytesOf(anchor)));
  const known = new Map();
  for (const list of lists) known.set(list, await core.readStatusList(bytesOf(list), opened));
  const importOne = (point) => crypto.subtle.importKey("raw", bytesOf(point), CURVE, false, ["verify"]);
  const signedIn = ({ protected: header, payload, signature }) => [signature, core.signatureInput(header, payload).slice()];
  const bare = await Promise.all(shown.map(async ({ text, issuer, phone }) => {
    const { pass, presentation } = core.readText(text, true);
    return [await importOne(issuer), signedIn(pass.message), await importOne(phone), signedIn(presentation.message)];
  }));
  const one = (key, [signature, signed]) => crypto.subtle.verify(SCHEME, key, signature, signed);
  const ways = {
    verify: [async ({ text }) => (await core.verify(text, opened, at, known)).reason === "green", shown],
    bare: [async ([issuer, inner, phone, outer]) => (await one(issuer, inner)) && (await one(phone, outer)), bare],
  };
  return async (name) => {
    const [doing, texts] = ways[name];
    const begun = performance.now();
    for (const each of texts) if (!(await doing(each))) throw new Error("a text of the bench does not pass");
    return ((performance.now() - begun) * 1000) / texts.length;
  };
}
