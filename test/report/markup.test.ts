import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../src/report/escape-html.ts';
import {
  formatBytes,
  formatDuration,
  formatMillinats,
  formatNumber,
  formatPercent,
} from '../../src/report/format-number.ts';
import { formatTime } from '../../src/report/format-time.ts';
import { markup } from '../../src/report/markup.ts';
import { shorten } from '../../src/report/shorten.ts';

describe('escaping', () => {
  it('leaves no character that begins or ends markup', () => {
    expect(escapeHtml(`<a b="c" d='e'>&amp;`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;');
  });

  it('replaces control characters, marks of direction and lone surrogates', () => {
    expect(escapeHtml('a\u0000b\u202ec\u2066d\ud800e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
    expect(escapeHtml('häß 日本 🏥\n')).toBe('häß 日本 🏥\n');
  });
});

describe('the markup template', () => {
  it('escapes text, also in lists, and keeps markup', () => {
    const inner = markup`<b>${'<'}</b>`;
    expect(markup`<p title="${'"'}">${[inner, '&', null]}</p>`.toString()).toBe(
      '<p title="&quot;"><b>&lt;</b>&amp;</p>',
    );
  });

  it('takes no object for markup that only looks like it', () => {
    const forged = { toString: () => '<script>' } as unknown as string;
    expect(() => markup`${forged}`.toString()).toThrow(TypeError);
  });

  it('rounds numbers to hundredths and shows no NaN', () => {
    expect(markup`${1 / 3} ${-0.001} ${Number.NaN}`.toString()).toBe('0.33 0 –');
  });
});

describe('numbers', () => {
  it.each([
    [formatNumber(1234567), '1,234,567'],
    [formatNumber(-1234.5, { digits: 1 }), '−1,234.5'],
    [formatNumber(0, { signed: true }), '0'],
    [formatNumber(-0.001, { digits: 2, signed: true }), '0.00'],
    [formatNumber(999), '999'],
    [formatNumber(Number.NaN, { unit: '%' }), '–'],
    [formatNumber(null), '–'],
    [formatPercent(0.9471), '94.7%'],
    [formatPercent(Infinity), '–'],
    [formatMillinats(12_345), '+12.35'],
    [formatBytes(0), '0 B'],
    [formatBytes(1_500), '1.5 kB'],
    [formatBytes(2_340_000), '2.3 MB'],
    [formatBytes(Number.NaN), '–'],
    [formatDuration(12.34), '12.3 s'],
    [formatDuration(3725), '1 h 2 min 5 s'],
    [formatTime('2026-03-02T08:15:30.123Z'), '2026-03-02 08:15:30 UTC'],
    [formatTime('yesterday'), 'yesterday'],
    [shorten('hospital', 5), 'hosp…'],
    [shorten('hospital', 8), 'hospital'],
  ])('reads %s', (text, expected) => {
    expect(text).toBe(expected);
  });
});
