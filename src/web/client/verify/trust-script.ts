/** The part of https://w3c.github.io/trusted-types that is needed here; what a policy makes can be used as a string. */
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptAddresses): ScriptAddresses;
}

interface ScriptAddresses {
  createScriptURL(address: string): string;
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

const policy = trustedTypes?.createPolicy('consilium-worker', {
  createScriptURL(address) {
    if (!address.startsWith('blob:')) throw new TypeError('only scripts of this bundle');
    return address;
  },
});

/** The address of a script as a worker takes it under the page's content policy, where the browser knows trusted types. */
export const trustScript = (address: string): string => policy?.createScriptURL(address) ?? address;
