// Applying for a pass and renewing one (docs/pass-life.md): keys and request id are kept before anything is sent,
// so that a request that the network cut off is sent again and gets the same pass.
import type { Code, Waiting } from "./answers";
import { ask, Refusal } from "./api";
import { bytesOf, requestId } from "./bytes";
import { readKept, storage, without, type Kept, type Pending } from "./kept";
import { freshKey, signRenewal, type PhoneKey } from "./keyring";
import { passOf } from "./passes";

/** What became of an application. */
export type Applied =
  | { readonly kind: "pass" }
  | { readonly kind: "waiting"; readonly waiting: Waiting }
  | { readonly kind: "online" };

/** Apply for a device pass of a holder. Throws Refusal, NoAnswer. */
export async function applyForPass(token: string, region: string, holder: string): Promise<Applied> {
  const kept = await readKept();
  const pending = kept.pending[holder] ?? (await begin(kept, region, holder));
  let answer: Code | Waiting;
  try {
    answer = await ask<Code | Waiting>("POST", "codes", token, {
      request_id: pending.requestId,
      pass_class: "device",
      device_key: pending.point,
      next_device_key: pending.nextPoint,
      ...(pending.renewal === null ? {} : { renewal: pending.renewal }),
      ...(kept.session?.holder === holder ? {} : { holder }),
    });
  } catch (error) {
    if (error instanceof Refusal && error.status < 500 && error.status !== 401 && error.status !== 429) await settle(holder);
    throw error;
  }
  if ("decided_by" in answer) {
    await storage.change<Kept["waiting"]>("waiting", (before) => ({ ...before, [holder]: answer as Waiting }));
    return { kind: "waiting", waiting: answer };
  }
  const pass = passOf(answer, holder, pending.point, pending.nextPoint);
  await storage.change<Kept["passes"]>("passes", (before) => [pass, ...(before ?? []).filter((each) => each.holder !== holder)]);
  await settle(holder);
  await dropOldKeys();
  return { kind: "pass" };
}

async function begin(kept: Kept, region: string, holder: string): Promise<Pending> {
  const made = { requestId: requestId() };
  const before = kept.passes.find((each) => each.holder === holder);
  const deposited = kept.keys.find((each) => each.point === before?.nextPoint);
  const current = kept.keys.find((each) => each.point === before?.point);
  const device = deposited ?? (await freshKey(holder));
  const next = await freshKey(holder);
  let renewal: Pending["renewal"] = null;
  if (deposited === undefined && before !== undefined && current !== undefined) {
    const renewed = { region, passId: before.passId, requestId: made.requestId, point: bytesOf(device.point) };
    renewal = { pass_id: before.passId, signature: await signRenewal(current.key, renewed) };
  }
  await addKeys(device, next);
  const pending: Pending = { ...made, point: device.point, nextPoint: next.point, renewal };
  await storage.change<Kept["pending"]>("pending", (all) => ({ ...all, [holder]: pending }));
  return pending;
}

/** Deposit the key of the next pass for every pass that has none, so that a change of colour reaches this phone. */
export async function depositNextKeys(token: string): Promise<void> {
  const { passes } = await readKept();
  for (const pass of passes) {
    if (pass.nextPoint !== null || pass.passClass !== "device" || pass.isSuspended) continue;
    const next = await freshKey(pass.holder);
    await addKeys(next);
    await ask("POST", `codes/${pass.passId}/next-key`, token, { next_device_key: next.point });
    await storage.change<Kept["passes"]>("passes", (before) =>
      (before ?? []).map((each) => (each.passId === pass.passId ? { ...each, nextPoint: next.point } : each)),
    );
  }
}

async function addKeys(...keys: PhoneKey[]): Promise<void> {
  await storage.change<readonly PhoneKey[]>("keys", (before) => {
    const known = new Set((before ?? []).map((each) => each.point));
    return [...(before ?? []), ...keys.filter((each) => !known.has(each.point))];
  });
}

async function settle(holder: string): Promise<void> {
  await storage.change<Kept["pending"]>("pending", (before) => without(before ?? {}, holder));
  await storage.change<Kept["waiting"]>("waiting", (before) => without(before ?? {}, holder));
}

async function dropOldKeys(): Promise<void> {
  const { passes, pending } = await readKept();
  const used = new Set([...passes, ...Object.values(pending)].flatMap((each) => [each.point, each.nextPoint]));
  await storage.change<readonly PhoneKey[]>("keys", (before) => (before ?? []).filter((each) => used.has(each.point)));
}
