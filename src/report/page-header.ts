import { formatBytes, formatDuration, formatNumber, formatPercent } from './format-number.ts';
import { formatTime } from './format-time.ts';
import { type Markup, markup } from './markup.ts';
import { mean } from './mean.ts';
import type { ReportData } from './report-data.ts';
import { verdictOf } from './verdict.ts';

const CHAINS: ReadonlyMap<number, string> = new Map([
  [1, 'Ethereum'],
  [11155111, 'Sepolia test network'],
  [31337, 'local development chain'],
]);

const SYMBOLS = { clean: '✓', partial: '!', broken: '✕' } as const;

/** Title, verdict, the figures that matter most, and what identifies the study. */
export function pageHeader(data: ReportData): Markup {
  const { tone, headline, detail } = verdictOf(data);
  return markup`<header><p class="brand">Consilium · study report</p><h1><bdi>${data.title}</bdi></h1>
<div class="verdict ${tone}"><span class="symbol" aria-hidden="true"><b>${SYMBOLS[tone]}</b></span><div><strong>${headline}</strong><span>${detail}</span></div></div>
<div class="tiles">${tiles(data)}</div>
<dl class="facts">${facts(data)}</dl></header>
`;
}

function tiles({ members, accuracyPooled, gas }: ReportData): Markup[] {
  const [alone, federated] = [mean(members.map((m) => m.accuracyAlone)), mean(members.map((m) => m.accuracyFederated))];
  const gain = alone === null || federated === null ? null : (federated - alone) * 100;
  const total = gas.reduce((sum, { gasUsed }) => sum + gasUsed, 0);
  return [
    tile('Mean accuracy alone', formatPercent(alone), 'each on its own data only'),
    tile(
      'Mean accuracy federated',
      formatPercent(federated),
      `${formatNumber(gain, { digits: 1, signed: true })} points over training alone`,
    ),
    tile('Pooled reference', formatPercent(accuracyPooled), 'if all data were in one place'),
    tile('Gas in all', formatNumber(total), `${formatNumber(gas.length)} transactions`),
  ];
}

function tile(label: string, value: string, remark: string): Markup {
  return markup`<div class="tile"><span>${label}</span><strong>${value}</strong><small>${remark}</small></div>`;
}

function facts(data: ReportData): Markup[] {
  const { terms } = data;
  const chain = CHAINS.get(data.chainId);
  return [
    fact('Study', markup`<code>${data.study}</code>`, true),
    fact('Contract', markup`<code>${data.contract}</code>`, true),
    fact('Command', markup`<code>${data.command}</code>`, true),
    fact('Chain', `${data.chainId}${chain === undefined ? '' : ` (${chain})`}`),
    fact('Began', formatTime(data.startedAt)),
    fact('Took', formatDuration(data.durationSeconds)),
    fact('Data set', terms.dataset),
    fact('Unevenness α', terms.alpha === Infinity ? '∞ (even shares)' : formatNumber(terms.alpha, { digits: 2 })),
    fact('Rounds', formatNumber(terms.rounds)),
    fact('Segments', formatNumber(terms.segments)),
    fact('Pulls a segment', formatNumber(terms.pulls)),
    fact('Parameters', formatNumber(terms.parameterCount)),
    fact('An update', describeUpdate(terms)),
    fact('Engine', terms.engine),
    fact('Seed', terms.seed),
  ];
}

function describeUpdate({ codec, updateBytes, parameterCount }: ReportData['terms']): string {
  const share = updateBytes / (4 * parameterCount);
  return `${formatBytes(updateBytes)} as ${codec}${codec === 'float32' ? '' : `, ${formatPercent(share)} of float32`}`;
}

function fact(term: string, description: string | Markup, wide = false): Markup {
  return markup`<div class="${wide ? 'wide' : ''}"><dt>${term}</dt><dd>${description}</dd></div>
`;
}
