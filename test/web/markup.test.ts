import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../src/web/escape-html.ts';
import { markup } from '../../src/web/markup.ts';

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
