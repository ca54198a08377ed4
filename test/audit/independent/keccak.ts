/** Keccak-256 as Ethereum uses it: padding 0x01, not SHA-3's 0x06 (https://keccak.team/keccak_specs_summary.html). */

const MASK = (1n << 64n) - 1n;
const RATE_BYTES = 136;
const LANES = 25;

const rotate = (lane: bigint, bits: bigint): bigint => ((lane << bits) | (lane >> (64n - bits))) & MASK;

/** Round constants from the linear feedback shift register of the specification. */
const ROUND_CONSTANTS: readonly bigint[] = (() => {
  let register = 1;
  const nextBit = (): bigint => {
    const bit = BigInt(register & 1);
    register = register & 0x80 ? ((register << 1) ^ 0x71) & 0xff : register << 1;
    return bit;
  };
  // The register is read from its lowest bit, one bit a step.
  return Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let j = 0n; j <= 6n; j++) constant |= nextBit() << ((1n << j) - 1n);
    return constant;
  });
})();

/** The walk of rho and pi: where each lane goes, and by how much it turns. */
const WALK: readonly { readonly to: number; readonly turn: bigint }[] = (() => {
  let [x, y] = [1, 0];
  return Array.from({ length: 24 }, (_, t) => {
    [x, y] = [y, (2 * x + 3 * y) % 5];
    return { to: x + 5 * y, turn: BigInt((((t + 1) * (t + 2)) / 2) % 64) };
  });
})();

function permute(a: bigint[]): void {
  for (const constant of ROUND_CONSTANTS) {
    const columns = [0, 1, 2, 3, 4].map((x) => [0, 5, 10, 15, 20].reduce((sum, y) => sum ^ (a[x + y] ?? 0n), 0n));
    for (let i = 0; i < LANES; i++) {
      const x = i % 5;
      a[i] = (a[i] ?? 0n) ^ (columns[(x + 4) % 5] ?? 0n) ^ rotate(columns[(x + 1) % 5] ?? 0n, 1n);
    }
    let moving = a[1] ?? 0n;
    for (const { to, turn } of WALK) [a[to], moving] = [rotate(moving, turn), a[to] ?? 0n];
    for (let row = 0; row < LANES; row += 5) {
      const lanes = a.slice(row, row + 5);
      for (let x = 0; x < 5; x++) {
        a[row + x] = (lanes[x] ?? 0n) ^ (~(lanes[(x + 1) % 5] ?? 0n) & MASK & (lanes[(x + 2) % 5] ?? 0n));
      }
    }
    a[0] = (a[0] ?? 0n) ^ constant;
  }
}

export function keccak256(message: Uint8Array): Buffer {
  const blocks = Math.floor(message.length / RATE_BYTES) + 1;
  const padded = Buffer.alloc(blocks * RATE_BYTES);
  padded.set(message);
  padded[message.length] = 0x01;
  padded[padded.length - 1] = (padded.at(-1) ?? 0) | 0x80;
  const state = Array.from({ length: LANES }, () => 0n);
  for (let block = 0; block < padded.length; block += RATE_BYTES) {
    for (let i = 0; i < RATE_BYTES / 8; i++) state[i] = (state[i] ?? 0n) ^ padded.readBigUInt64LE(block + 8 * i);
    permute(state);
  }
  const digest = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) digest.writeBigUInt64LE(state[i] ?? 0n, 8 * i);
  return digest;
}
