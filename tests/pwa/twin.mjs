// What the tests ask of the core of the phone apps, the same in Node and in a browser: each request is a JSON object that
// names what to do, and the answer is what tests/pwa/twins.py gives for the Python twin.

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const plain = (value) => (value instanceof Uint8Array ? hexOf(value) : typeof value === "bigint" ? String(value) : value);

const digest = async (data) => hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));

function opened(bundle) {
  const versions = (rows) => [...rows].map(([code, row]) => [code, String(row.version)]).sort();
  return {
    host: bundle.host,
    version: String(bundle.version),
    instants: [bundle.issuedAt, bundle.hubAsOf, bundle.expiresAt],
    test: bundle.isTest,
    keys: bundle.keyLists.map((each) => [each.region, ...each.entries.map((entry) => entry.kid)]),
    recognitions: versions(bundle.recognitions),
    referrals: versions(bundle.referrals),
    rulebooks: bundle.rulebooks.map((each) => String(each.version)),
    ends: [...bundle.memberEnds].sort(),
  };
}

async function listed(list) {
  const { signer, uri, issuedAt, bits } = list;
  return { signer, uri, issued_at: issuedAt, bits, data: await digest(list.data) };
}

function message(core, { protected: header, alg, typ, payload, signature }) {
  const signed = core.signatureInput(header, payload);
  return { protected: hexOf(header), alg: plain(alg), typ, signature_input: hexOf(signed), signature: hexOf(signature) };
}

/** The stages of a vector that the core can tell: both messages, and the claims by their names. */
function stages(core, text, isTest) {
  const { pass, presentation } = core.readText(text, isTest);
  const { deviceKey, status, passId, ...claims } = pass.claims;
  return {
    presentation: presentation && { ...message(core, presentation.message), shown_at: plain(presentation.shownAt) },
    pass: { ...message(core, pass.message), kid: pass.message.kid, payload: hexOf(pass.message.payload) },
    claims: {
      ...Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, plain(value)])),
      passId: hexOf(passId),
      deviceKey: deviceKey && [hexOf(deviceKey.x), deviceKey.yIsOdd],
      status: status && [status.uri, plain(status.index)],
    },
  };
}

export async function answerAll(core, requests) {
  const bundles = new Map();
  const lists = new Map();
  const doing = {
    async bundle({ name, data, anchor }) {
      bundles.delete(name);
      const bundle = await core.openBundle(bytesOf(data), anchor === null ? null : core.readAnchor(bytesOf(anchor)));
      bundles.set(name, bundle);
      return opened(bundle);
    },
    async list({ name, bundle, data }) {
      lists.delete(name);
      const list = await core.readStatusList(bytesOf(data), bundles.get(bundle));
      lists.set(name, list);
      return listed(list);
    },
    async delta({ list, bundle, data }) {
      return listed(await core.applyDelta(lists.get(list), bytesOf(data), bundles.get(bundle)));
    },
    async anchor({ data }) {
      const anchor = core.readAnchor(bytesOf(data));
      return [anchor.host, hexOf(anchor.root.point)];
    },
    async verify({ text, bundle, lists: names, at, issuer_says: issuerSays }) {
      if (!bundles.has(bundle)) return "no bundle";
      const known = new Map(names.flatMap((name) => (lists.has(name) ? [[name, lists.get(name)]] : [])));
      return core.asJson(await core.verify(text, bundles.get(bundle), at, known, issuerSays));
    },
    async note({ text, bundle, at }) {
      return core.findNote(text, bundles.get(bundle), at);
    },
    async stages({ text, test }) {
      return stages(core, text, test);
    },
  };
  const answers = [];
  for (const request of requests) {
    try {
      answers.push(await doing[request.do](request));
    } catch (error) {
      answers.push(error instanceof core.CoreError ? { refused: request.do } : { raised: String(error?.stack ?? error) });
    }
  }
  return answers;
}
