// Requests of a gate, signed by RFC 9421 with HMAC-SHA-256 over method, target and the digest of the body, as
// src/comity/server/http_signatures.py demands.

import type { EnrolledGate } from "./kept";

/** What the node answered instead of what was asked for. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "Refused";
  }
}

/** Give the address of a route of the node: the apps stand one folder below it. */
export function routeOf(path: string): string {
  return new URL(`../${path}`, globalThis.location.href.replace(/assets\/[^/]*$/, "")).href;
}

/** Give bytes as base64. */
export function base64(data: ArrayBuffer | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(data)));
}

/** Give the bytes of a base64 text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Give the fields by which a gate signs one request at an instant (seconds). */
export async function signatureFields(
  gate: EnrolledGate,
  method: string,
  path: string,
  body: string | null,
  at: number,
): Promise<Record<string, string>> {
  const target = new URL(`${gate.publicUrl}/${path}`);
  const covered = ["@method", "@authority", "@path", "@query", ...(body === null ? [] : ["content-digest"])];
  const fields: Record<string, string> = {};
  if (body !== null) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    fields["Content-Digest"] = `sha-256=:${base64(digest)}:`;
  }
  const nonce = base64(crypto.getRandomValues(new Uint8Array(18))).replaceAll("+", "-").replaceAll("/", "_");
  const parameters =
    `(${covered.map((name) => `"${name}"`).join(" ")})` +
    `;created=${at};nonce="${nonce}";keyid="${gate.gateId}";tag="${gate.tag}"`;
  const values: Record<string, string> = {
    "@method": method,
    "@authority": target.host.toLowerCase(),
    "@path": target.pathname,
    "@query": target.search === "" ? "?" : target.search,
    "content-digest": fields["Content-Digest"] ?? "",
  };
  const base = [...covered.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`].join("\n");
  const signature = await crypto.subtle.sign("HMAC", gate.key, new TextEncoder().encode(base));
  return { ...fields, "Signature-Input": `sig1=${parameters}`, Signature: `sig1=:${base64(signature)}:` };
}

/** Send a signed request and give the JSON of its answer. Throws Refused, or TypeError without a network. */
export async function send<T>(gate: EnrolledGate, method: "GET" | "POST", path: string, content: unknown, at: number): Promise<T> {
  const body = content === null ? null : JSON.stringify(content);
  const fields = await signatureFields(gate, method, path, body, at);
  if (body !== null) fields["Content-Type"] = "application/json";
  const answer = await fetch(routeOf(path), { method, headers: fields, body, cache: "no-store" });
  const told = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
  if (!answer.ok) throw new Refused(answer.status, told.detail ?? told.title ?? `${answer.status}`);
  return told as T;
}
