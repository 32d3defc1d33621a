// Trusted Types: the one policy of the apps, named in the content security policy of the node. It lets through
// scripts of this app only.

interface ScriptPolicy {
  createScriptURL(address: string): string;
}
interface TrustedTypesHere {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

/** Name of the policy, as the node's `trusted-types` lists it. */
export const POLICY_NAME = "comity-app";

function scriptOfThisApp(address: string): string {
  const found = new URL(address, location.href);
  const folder = new URL("./", location.href);
  if (found.origin !== folder.origin || !found.pathname.startsWith(folder.pathname)) {
    throw new TypeError("not a script of this app");
  }
  return found.href;
}

const here = (globalThis as { trustedTypes?: TrustedTypesHere }).trustedTypes;
const policy = here?.createPolicy(POLICY_NAME, { createScriptURL: scriptOfThisApp });

/** Give the address of a script of this app as what may be loaded, for workers and the service worker. */
export function scriptAddress(address: string): string {
  return policy === undefined ? scriptOfThisApp(address) : policy.createScriptURL(address);
}
