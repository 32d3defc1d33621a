// How long `verify` takes for device passes, beside the two signatures in each verified by WebCrypto alone, with keys
// that are imported already. Both take the same texts one after another, in turns, so that both see the same machine.

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const SCHEME = { name: "ECDSA", hash: "SHA-256" };
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function timed(doing, texts) {
  const begun = performance.now();
  for (const each of texts) if (!(await doing(each))) throw new Error("a text of the bench does not pass");
  return ((performance.now() - begun) * 1000) / texts.length;
}

export async function measure(core, { bundle, anchor, lists, at, shown, rounds }) {
  const opened = await core.openBundle(bytesOf(bundle), core.readAnchor(bytesOf(anchor)));
  const known = new Map();
  for (const list of lists) known.set(list, await core.readStatusList(bytesOf(list), opened));
  const importOne = (point) => crypto.subtle.importKey("raw", bytesOf(point), CURVE, false, ["verify"]);
  const bare = await Promise.all(shown.map(async ({ text, issuer, phone }) => {
    const { pass, presentation } = core.readText(text, true);
    return [pass.message, await importOne(issuer), presentation.message, await importOne(phone)];
  }));
  const one = (message, key) => crypto.subtle.verify(SCHEME, key, message.signature, message.signed);
  const ways = {
    verify: [async ({ text }) => (await core.verify(text, opened, at, known)).reason === "green", shown],
    bare: [async ([inner, issuer, outer, phone]) => (await one(inner, issuer)) && (await one(outer, phone)), bare],
    at_once: [async ([inner, issuer, outer, phone]) =>
      (await Promise.all([one(inner, issuer), one(outer, phone)])).every(Boolean), bare],
  };
  const taken = { verify: [], bare: [], at_once: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, [doing, texts]] of Object.entries(ways)) taken[name].push(await timed(doing, texts));
  }
  return {
    verify_us: median(taken.verify),
    two_bare_us: median(taken.bare),
    verify_ratio: median(taken.bare.map((each, round) => each / taken.verify[round])),
    verify_ratio_at_once: median(taken.at_once.map((each, round) => each / taken.verify[round])),
  };
}
