// Bytes as text, for JSON.

/** Write bytes as base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Read base64url that this app wrote. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
}

/** Write bytes as small hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
}

/** Draw an id for a request, so that the same request sent again is known. */
export function requestId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}
