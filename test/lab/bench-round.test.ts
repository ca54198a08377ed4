import { describe, expect, test } from 'vitest';
import { jsonLines, runScript } from '../end-to-end/command.ts';

/** What the proxy's buckets hold for late timers, next to rounds that take two thirds of a second at least. */
const CREDIT_SHARE = 0.05;
const SMALLEST =
  '--proxy --peers 3 --segments 2 --pulls 1 --rounds 1 --kilobytes 800 --regimes access,unlimited --json';

interface Row {
  readonly regime: string;
  readonly scheme: string;
  readonly slowestSeconds: number;
  readonly medianSeconds: number;
  readonly ratioToModel: number | null;
  readonly ratioToLoadedModel: number | null;
}

describe('bench:round', () => {
  test('measures rounds that its links slow down: none beats the limit, and without limits they are much faster', async () => {
    const { code, stdout, stderr } = await runScript('bench-round', ...SMALLEST.split(' '));
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const document = jsonLines(stdout).at(-1) as { links: string; rows: Row[] };
    expect(document.links).toBe('proxy');
    expect(document.rows.map(({ regime, scheme }) => `${regime} ${scheme}`)).toEqual(
      ['access', 'unlimited'].flatMap((regime) =>
        ['star', 'whole-model', 'segmented'].map((scheme) => `${regime} ${scheme}`),
      ),
    );
    const fields =
      'n scheme segments pulls regime modelBytes medianSeconds slowestSeconds modelSeconds loadedModelSeconds';
    const ratios = 'ratioToModel ratioToLoadedModel ratioToStar ratioToWholeModel';
    const limited = document.rows.filter(({ regime }) => regime === 'access');
    for (const row of document.rows) {
      expect(Object.keys(row).toSorted()).toEqual(`${fields} ${ratios}`.split(' ').toSorted());
      expect(row.medianSeconds).toBeLessThanOrEqual(row.slowestSeconds);
    }
    for (const row of limited) {
      expect(row.ratioToModel).toBeGreaterThanOrEqual(1 - CREDIT_SHARE);
      expect(row.ratioToLoadedModel).toBeGreaterThanOrEqual(1 - CREDIT_SHARE);
    }
    const [star] = limited;
    const freeStar = document.rows.find(({ regime, scheme }) => regime === 'unlimited' && scheme === 'star');
    expect(2 * (freeStar?.slowestSeconds ?? Number.POSITIVE_INFINITY)).toBeLessThan(star?.slowestSeconds ?? 0);
  });

  test('refuses links that it does not know', async () => {
    expect((await runScript('bench-round', '--regimes', 'modem')).code).toBe(2);
  });
});
