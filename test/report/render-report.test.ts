import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/audit/finding.ts';
import { renderReport } from '../../src/report/render-report.ts';
import type { ReportData, ReportMember } from '../../src/report/report-data.ts';
import { sampleAddress, sampleData } from './sample-data.ts';

const FIVE = sampleData({ members: 5, rounds: 10 });

function mapMembers(data: ReportData, change: (member: ReportMember) => Partial<ReportMember>): ReportData {
  return { ...data, members: data.members.map((member) => ({ ...member, ...change(member) })) };
}

/** Coordinates, sizes and paths of all drawings. */
function geometry(html: string): string[] {
  return [...html.matchAll(/\s(?:d|x|y|x1|y1|cx|cy|r|width|height|viewBox|stroke-width|style)="([^"]*)"/g)].map(
    (match) => match[1] ?? '',
  );
}

function section(html: string, id: string): string {
  return new RegExp(`<section id="${id}">.*?</section>`, 's').exec(html)?.[0] ?? '';
}

describe('the report of a study', () => {
  it('is one document with all sections', () => {
    const html = renderReport(FIVE);
    const ids = [...html.matchAll(/<section id="([a-z]+)"/g)].map((match) => match[1]);
    expect(html.startsWith('<!doctype html>')).toBe(true);
    expect(ids).toEqual([
      'members',
      'participation',
      'findings',
      'learning',
      'value',
      'lineage',
      'cost',
      'check',
      'glossary',
    ]);
    expect(html).toContain('./consilium audit verify &lt;bundle&gt; --rpc &lt;url&gt; --contract &lt;address&gt;');
  });

  it('gives the same bytes for the same data', () => {
    expect(renderReport(sampleData({ members: 5, rounds: 10 }))).toBe(renderReport(FIVE));
    expect(renderReport({ ...FIVE, title: 'another' })).not.toBe(renderReport(FIVE));
  });

  it.each([
    ['graph', FIVE],
    ['matrix', sampleData({ members: 12, rounds: 20, killed: 3 })],
  ])('loads nothing and runs nothing, with a %s', (_, data) => {
    const html = renderReport(data);
    const links = [...html.matchAll(/\s(?:src|href|srcset|action|data|poster|xlink:href)\s*=\s*"([^"]*)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !link.startsWith('#'))).toEqual([]);
    expect(html).not.toMatch(/https?:|url\(|@import|@font-face|<script|<link|<iframe|<object|<img|\son[a-z]+\s*=/i);
    expect(html).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:;`);
  });

  it('has no two elements of the same id, and every reference has its element', () => {
    const html = renderReport(FIVE);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? '');
    const wanted = [...html.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap((match) => (match[1] ?? '').split(' '));
    expect(new Set(ids).size).toBe(ids.length);
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('closes every element that it opens', () => {
    const open: string[] = [];
    const body = renderReport(sampleData({ members: 4, rounds: 8, killed: 2 })).replace(/<style>.*?<\/style>/s, '');
    for (const [, slash, name = '', selfClosed] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/g)) {
      if (selfClosed === '/' || ['meta', 'br'].includes(name)) continue;
      if (slash === '') open.push(name);
      else if (open.pop() !== name) open.push(`${name} closed out of order`);
    }
    expect(open).toEqual([]);
  });
});

describe('who took part when', () => {
  it('has a letter for each member and round, which says where it is from', () => {
    const html = section(renderReport(sampleData({ members: 3, rounds: 5, killed: 1 })), 'participation');
    expect(html.match(/<td class="there"/g)).toHaveLength(13);
    expect(
      html.match(/<td class="short" title="round 3: was expected and recorded nothing, by log entry 14/g),
    ).toHaveLength(1);
    expect(html).toMatch(/contributed<\/th><td>3<\/td><td>3<\/td><td>3<\/td><td>2<\/td><td>2<\/td>/);
  });

  it('shows a hundred rounds, and says how many it leaves out', () => {
    const html = section(renderReport(sampleData({ members: 2, rounds: 120 })), 'participation');
    expect(html.match(/<td class="there"/g)).toHaveLength(200);
    expect(html).toContain('20 later rounds are left out');
  });
});

describe('the verdict', () => {
  const finding: Finding = {
    code: 'audit/mix-differs',
    member: sampleAddress(2),
    round: 4,
    segment: 1,
    message: 'differs from its recipe',
  };

  it('is clean if all mixes were replayed and nothing was found', () => {
    expect(renderReport(FIVE)).toContain('Audit clean: 50 mixes replayed bit for bit');
  });

  it('counts findings and shows each with its code and place', () => {
    const html = renderReport({ ...FIVE, findings: [finding, { ...finding, code: 'audit/log-broken' }] });
    expect(html).not.toContain('Audit clean');
    expect(html).toContain('<strong>2 findings</strong>');
    expect(section(html, 'findings')).toContain('audit/mix-differs');
    expect(section(html, 'findings')).toContain('hospital 3, round 4, segment 1');
  });

  it.each([0, 49])('is not clean if only %i of 50 mixes were replayed', (mixesReplayed) => {
    const html = renderReport({ ...FIVE, records: { ...FIVE.records, mixesReplayed } });
    expect(html).not.toContain('Audit clean');
    expect(html).toContain(`only ${mixesReplayed} of 50 mixes replayed`);
  });

  it('does not call a study without mixes clean', () => {
    const html = renderReport({ ...FIVE, mixes: [], records: { ...FIVE.records, mixesReplayed: 0 } });
    expect(html).not.toContain('Audit clean');
  });
});

describe('hostile text', () => {
  const ATTACK = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e</title></style>`;

  /** Every string of the data with the attack at its end; keys of scores stay, and states, which are of a closed set. */
  function poison(value: unknown): unknown {
    if (typeof value === 'string') return value + ATTACK;
    if (Array.isArray(value)) return value.map(poison);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === 'part' ? inner : poison(inner)]),
    );
  }

  it.each([
    ['a graph', sampleData({ members: 3, rounds: 5, killed: 1 })],
    ['matrices', sampleData({ members: 9, rounds: 30, killed: 1 })],
  ])('is never markup, with the lineage as %s', (_, clean) => {
    const findings: Finding[] = [{ code: 'audit/mix-differs', member: sampleAddress(0), message: 'differs' }];
    const html = renderReport(poison({ ...clean, findings }) as ReportData);
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).not.toMatch(/<script|<img|<b>\s*<\/title>/i);
    expect(html).not.toContain('\u202e');
    const tags = new Set([...html.matchAll(/<([a-z!/][^\s>]*)/gi)].map((match) => match[1]?.toLowerCase()));
    const known = new Set(
      [...renderReport({ ...clean, findings }).matchAll(/<([a-z!/][^\s>]*)/gi)].map((match) => match[1]?.toLowerCase()),
    );
    expect([...tags].filter((tag) => !known.has(tag))).toEqual([]);
  });

  it.each(['title', 'startedAt', 'command', 'study', 'contract'] as const)('in %s appears as text', (field) => {
    const html = renderReport({ ...FIVE, [field]: '<u>&"' });
    expect(html).toContain('&lt;u&gt;&amp;&quot;');
    expect(html).not.toContain('<u>');
  });
});

describe('unusual data', () => {
  const EDGES: readonly (readonly [name: string, data: ReportData])[] = [
    ['two members and one round', sampleData({ members: 2, rounds: 1 })],
    ['no members at all', { ...FIVE, members: [], mixes: [], scoresByRound: [], gas: [] }],
    [
      'no figures',
      mapMembers(FIVE, () => ({ series: [], accuracyAlone: null, accuracyFederated: null, aucFederated: null })),
    ],
    [
      'scores of zero',
      {
        ...mapMembers(FIVE, () => ({ scoreMicros: 0 })),
        scoresByRound: FIVE.scoresByRound.map(({ round }) => ({ round, scores: {} })),
      },
    ],
    ['negative scores', mapMembers(FIVE, () => ({ scoreMicros: -81_250 }))],
    [
      'numbers that are none',
      mapMembers(
        { ...FIVE, durationSeconds: Number.NaN, accuracyPooled: Number.NaN, terms: { ...FIVE.terms, alpha: Infinity } },
        () => ({
          scoreMicros: Number.NaN,
          samples: Number.NaN,
          bytesIn: Infinity,
          accuracyAlone: Number.NaN,
          series: [
            {
              round: 0,
              heldOut: { loss: Number.NaN, accuracy: Number.NaN },
              common: { loss: Infinity, accuracy: Number.NaN, auc: null },
            },
          ],
        }),
      ),
    ],
    [
      'weights that are none',
      {
        ...FIVE,
        mixes: FIVE.mixes.map((mix) => ({
          ...mix,
          sources: mix.sources.map((source) => ({ ...source, weight: Number.NaN })),
        })),
      },
    ],
    [
      'a mix of somebody who is no member',
      {
        ...FIVE,
        mixes: [{ member: sampleAddress(77), round: 0, sources: [{ member: sampleAddress(78), round: 0, weight: 1 }] }],
      },
    ],
  ];

  it.each(EDGES)('with %s gives drawings with finite coordinates only', (_, data) => {
    const html = renderReport(data);
    const places = geometry(html);
    expect(places.length).toBeGreaterThan(20);
    expect(places.filter((place) => /NaN|Infinity|undefined|–|e[+-]?\d/.test(place))).toEqual([]);
    expect(html).not.toMatch(/NaN|undefined|\[object|Infinity/);
  });

  it('shows what is not known as a dash', () => {
    const html = renderReport(mapMembers(FIVE, () => ({ accuracyAlone: null, scoreMicros: Number.NaN })));
    expect(section(html, 'members')).toContain('<td>–</td>');
    expect(section(renderReport(FIVE), 'members')).not.toContain('–');
  });

  it('draws negative scores to the left of the zero line', () => {
    const value = section(
      renderReport(
        mapMembers(FIVE, (member) => ({ scoreMicros: member.address === sampleAddress(0) ? -81_250 : 40_000 })),
      ),
      'value',
    );
    const bars = [...value.matchAll(/<rect class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="20"/g)].map(
      (match) => [Number(match[1]), Number(match[2])] as const,
    );
    const zero = Number(/<path class="zero" d="M([\d.]+)/.exec(value)?.[1]);
    expect(value).toContain('−81.25');
    expect(bars.slice(0, 5).map(([x, width]) => [x < zero - 1, x + width > zero + 1])).toEqual([
      [true, false],
      ...Array.from({ length: 4 }, () => [false, true]),
    ]);
  });

  it('shows traced scores and what the models owe, where they are known', () => {
    const known = section(renderReport(FIVE), 'value');
    expect(known).toContain('id="value-traced');
    expect(known.match(/<th scope="row">/g)).toHaveLength(5);
    const unknown = mapMembers(FIVE, () => ({ tracedMicros: null, modelCredits: null }));
    expect(section(renderReport(unknown), 'value')).not.toContain('traced');
    const one = mapMembers(FIVE, (member) => (member.address === sampleAddress(0) ? { modelCredits: null } : {}));
    expect(section(renderReport(one), 'value').match(/<td>–<\/td>/g)).toHaveLength(5);
  });

  it('falls back to the held-out parts if there is no common test part, and then draws no reference lines', () => {
    const without = mapMembers(FIVE, ({ series }) => ({ series: series.map((point) => ({ ...point, common: null })) }));
    const [held, common] = [section(renderReport(without), 'learning'), section(renderReport(FIVE), 'learning')];
    expect(held).toContain('own held-out part');
    expect(held).not.toContain('class="reference');
    expect(common).toContain('common test part');
    expect(common).toContain('class="reference pooled"');
    expect(held.match(/class="line"/g)).toHaveLength(10);
  });

  it('breaks the line of a member that was away, and marks its absence in the lineage', () => {
    const html = renderReport(sampleData({ members: 5, rounds: 10, killed: 3 }));
    const lines = [...section(html, 'learning').matchAll(/class="line"[^>]* d="([^"]+)"/g)].map(
      (match) => match[1]?.split('M').length,
    );
    expect(lines.slice(0, 5)).toEqual([2, 2, 2, 3, 2]);
    expect(section(html, 'lineage').match(/no contribution in any mix/g)).toHaveLength(3);
    expect(html).toContain('>killed</span>');
    expect(renderReport(FIVE)).not.toContain('>killed</span>');
  });
});

describe('the lineage', () => {
  it('has a line for each source, as wide as its weight', () => {
    const mixes = [
      {
        member: sampleAddress(0),
        round: 0,
        sources: [
          { member: sampleAddress(0), round: 0, weight: 0.75 },
          { member: sampleAddress(1), round: 0, weight: 0.25 },
        ],
      },
    ];
    const html = section(renderReport({ ...FIVE, mixes }), 'lineage');
    const widths = [...html.matchAll(/stroke-width="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(widths).toEqual([9, 3]);
    expect(html).toContain('Mix of hospital 1 in round 0: 75% hospital 1, 25% hospital 2');
  });

  it('sets stale sources apart', () => {
    const mixes = [1, 0].map((round) => ({
      member: sampleAddress(0),
      round: 1,
      sources: [{ member: sampleAddress(1), round, weight: 1 }],
    }));
    const edges = [
      ...section(renderReport({ ...FIVE, mixes }), 'lineage').matchAll(/<path class="(m\d(?: stale)?)"/g),
    ].map((match) => match[1]);
    expect(edges).toEqual(['m1', 'm1 stale']);
  });

  it('becomes a matrix for each round if there is too much of it, and the page stays small', () => {
    const html = renderReport(sampleData({ members: 16, rounds: 30 }));
    expect(html).not.toContain('id="lineage-graph"');
    expect(html.match(/id="round-\d+-t"/g)).toHaveLength(30);
    expect(Buffer.byteLength(html)).toBeLessThan(1_500_000);
    expect(renderReport(FIVE)).toContain('id="lineage-graph"');
  });
});
