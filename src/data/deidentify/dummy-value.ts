const DUMMIES: Readonly<Record<string, string>> = {
  AS: '000Y',
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  PN: 'REMOVED',
  TM: '000000',
  UR: 'about:blank',
};

const TEXTS = new Set(['AE', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UT']);

/** A valid value of a representation that says nothing; numbers and bytes become as many zeros. */
export function dummyValue(vr: string, original: Uint8Array): Uint8Array {
  const text = DUMMIES[vr] ?? (TEXTS.has(vr) ? 'REMOVED' : undefined);
  return text === undefined ? new Uint8Array(original.length) : Buffer.from(text);
}
