/** Loaded before a program: the calendar of hospital 1 is ten minutes ahead, that of hospital 2 ten minutes behind. */
const MINUTES = 60_000;
const hospital = /peers\/(\d+)$/.exec(process.argv.find((arg) => /peers\/\d+$/.test(arg)) ?? '')?.[1];
const SHIFTS: Readonly<Record<string, number>> = { '1': 10 * MINUTES, '2': -10 * MINUTES };
const shift = SHIFTS[hospital ?? ''] ?? 0;

/* oxlint-disable no-restricted-globals -- what is shifted here is the calendar itself */
if (shift !== 0) {
  const RealDate = Date;
  const now = (): number => RealDate.now() + shift;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[]) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  process.stderr.write(`calendar shifted by ${shift / MINUTES} minutes\n`);
}
