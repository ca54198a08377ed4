import type { ShownMix, ShownRecord } from '../../audit/show-record.ts';
import { isClosing } from '../../protocol/contribution.ts';
import { formatTable } from '../format-table.ts';
import { inNats } from './in-nats.ts';

/** One record for people. */
export function describeRecord(shown: ShownRecord): string {
  const { record, place, signed, mix, metrics } = shown;
  const kind = isClosing(record) ? 'closing record' : 'contribution';
  return [
    `${kind} of ${record.member}, round ${record.round}`,
    `place      ${place === null ? 'NOT ON THE LEDGER' : `entry ${place.entry}, block ${place.blockNumber}, transaction ${place.transaction}`}`,
    `signature  ${signed === null ? 'NOT IN THE BUNDLE' : signed.isGenuine ? `the member's: r ${signed.signature.r}, vs ${signed.signature.vs}` : "NOT THE MEMBER'S"}`,
    `base       ${record.base}`,
    ...(isClosing(record) ? [] : [`update     ${record.update}`, `samples    ${record.samples}`]),
    `ε          ${record.epsilonMicros / 1e6}`,
    `recipe     ${record.recipe}`,
    `metrics    ${record.metrics}`,
    `commits to ${record.scoreCommitment}`,
    '',
    describeMix(shown, mix),
    '',
    describeMetrics(metrics),
    '',
    describeScores(shown),
  ].join('\n');
}

function describeMix({ record, isFirst }: ShownRecord, mix: ShownMix | null): string {
  if (isFirst) return 'trained from what the study began with';
  if (mix === null) return 'trained from a mix whose recipe is missing or cannot be read';
  const maker = mix.member === record.member ? '' : ` by ${mix.member}, taken over`;
  const rows = mix.sources.map((source) => [source.member, String(source.round), source.weight.toFixed(4)]);
  return [
    `trained from the mix after round ${mix.round}${maker}:`,
    '',
    formatTable(['source', 'round', 'weight'], rows),
    ...mix.refused.map(({ member, round, reason }) => `refused: ${member}, round ${round}: ${reason}`),
  ].join('\n');
}

function describeMetrics(metrics: ShownRecord['metrics']): string {
  if (metrics === null) return 'the metrics are missing or cannot be read';
  const { engine, heldOut, common, training, scoreErrorMicros } = metrics;
  const figure = (value: number | null): string => value?.toFixed(4) ?? '–';
  const rows = [
    ...(training === null ? [] : [['training', '', figure(training.loss), figure(training.accuracy), '']]),
    ...[
      { name: 'held out', figures: heldOut },
      { name: 'common', figures: common },
    ].flatMap(({ name, figures }) =>
      figures === null
        ? []
        : [[name, String(figures.samples), figure(figures.loss), figure(figures.accuracy), figure(figures.auc)]],
    ),
  ];
  const exact = engine.reproducible ? 'the same bits on every machine' : 'not the same bits on every machine';
  return [
    `what the member says of it, with engine ${JSON.stringify(engine.name)} ${JSON.stringify(engine.version)} (${exact}):`,
    '',
    formatTable(['part', 'samples', 'loss', 'accuracy', 'AUC'], rows),
    ...(scoreErrorMicros === null
      ? []
      : ['', `largest standard error of its scores of the round before: ${inNats(scoreErrorMicros)}`]),
  ].join('\n');
}

function describeScores({ scoresGiven, scoresReceived, scoreMicros }: ShownRecord): string {
  const given = Object.entries(scoresGiven ?? {});
  const received = Object.entries(scoresReceived);
  const lines = (scores: readonly (readonly [string, number])[]) =>
    formatTable(
      ['member', 'score'],
      scores.map(([member, micros]) => [member, (micros / 1e6).toFixed(6)]),
    );
  return [
    given.length === 0
      ? 'revealed no scores for this round'
      : `scores that it gave for this round, in nats:\n\n${lines(given)}`,
    '',
    received.length === 0
      ? 'nobody scored it'
      : `scores that others gave it, median ${inNats(scoreMicros)}:\n\n${lines(received)}`,
  ].join('\n');
}
