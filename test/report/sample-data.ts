import type { Hex } from '../../src/base/bytes.ts';
import type { ReportData, ReportMember, ReportMix, ReportPoint } from '../../src/report/report-data.ts';

export interface SampleOptions {
  readonly members: number;
  readonly rounds: number;
  /** How many other members go into each mix. */
  readonly sources?: number;
  /** Position of a member that is away from round 3 to 5. */
  readonly killed?: number;
}

/** A plausible study; the same options give the same data. */
export function sampleData({ members, rounds, sources = members - 1, killed = -1 }: SampleOptions): ReportData {
  const random = pseudoRandom(members * 1000 + rounds);
  const isAway = (member: number, round: number): boolean => member === killed && round >= 3 && round <= 5;
  const mixes = sampleMixes({ members, rounds, sources, isAway, random });
  const scoresByRound = Array.from({ length: rounds }, (_, round) => ({
    round,
    scores: Object.fromEntries(
      range(members)
        .filter((member) => !isAway(member, round))
        .map((member) => [
          sampleAddress(member),
          Math.round((90_000 / (round + 1)) * (random() - (member === 1 ? 0.45 : 0.1))),
        ]),
    ) as Record<Hex, number>,
  }));
  const people = range(members).map((member) =>
    sampleMember({ member, members, rounds, isAway, random, scoresByRound }),
  );
  const contributions = people.reduce((sum, person) => sum + person.signed, 0);
  return {
    title: 'Pneumonia on chest radiographs',
    study: `0x${'5a'.repeat(32)}`,
    contract: `0x${'c0'.repeat(20)}`,
    chainId: 31337,
    startedAt: '2026-03-02T08:15:30.000Z',
    durationSeconds: 754.2,
    command: `./consilium run --dataset pneumonia --members ${members} --rounds ${rounds}`,
    terms: {
      dataset: 'pneumoniamnist',
      alpha: 0.5,
      rounds,
      segments: 8,
      pulls: 3,
      parameterCount: 51_242,
      codec: 'int8',
      updateBytes: 52_050,
      engine: 'wasm 4.22.0',
      seed: 'demo',
    },
    members: people,
    participation: sampleParticipation(members, rounds, isAway),
    accuracyPooled: 0.9471,
    aucPooled: 0.9832,
    scoresByRound,
    mixes,
    gas: sampleGas(members, rounds, random),
    records: {
      contributions,
      closings: members,
      anchored: contributions,
      valuations: mixes.length,
      mixesReplayed: mixes.length,
    },
    findings: [],
    notices:
      killed < 0 ? [] : [{ member: sampleAddress(killed), message: `no contribution in rounds 3 to 5 of ${rounds}` }],
  };
}

export function sampleAddress(member: number): Hex {
  return `0x${(member + 16).toString(16).padStart(2, '0').repeat(20)}`;
}

interface Making {
  readonly rounds: number;
  readonly isAway: (member: number, round: number) => boolean;
  readonly random: () => number;
}

function sampleMixes({
  members,
  rounds,
  sources,
  isAway,
  random,
}: Making & { members: number; sources: number }): ReportMix[] {
  return range(rounds).flatMap((round) =>
    range(members)
      .filter((member) => !isAway(member, round))
      .map((member) => {
        const others = range(members)
          .filter((other) => other !== member)
          .slice(0, sources);
        const parts = [member, ...others]
          .map((other) => {
            const late = other !== member && round > 0 && (isAway(other, round) || random() < 0.05);
            return {
              member: sampleAddress(other),
              round: late ? lastPresent(other, round - 1, isAway) : round,
              weight: (other === member ? 2 : 1) * (0.4 + random()) * (late ? 0.5 : 1),
            };
          })
          .filter((part) => part.round >= round - 2);
        const sum = parts.reduce((total, part) => total + part.weight, 0);
        return {
          member: sampleAddress(member),
          round,
          sources: parts.map((part) => ({ ...part, weight: part.weight / sum })),
        };
      }),
  );
}

function lastPresent(member: number, round: number, isAway: Making['isAway']): number {
  let last = round;
  while (last > 0 && isAway(member, last)) last -= 1;
  return last;
}

function sampleMember(
  making: Making & { member: number; members: number; scoresByRound: ReportData['scoresByRound'] },
): ReportMember {
  const { member, members, rounds, isAway, random, scoresByRound } = making;
  const series = samplePoints(making);
  const signed = range(rounds).filter((round) => !isAway(member, round)).length;
  const address = sampleAddress(member);
  return {
    address,
    name: `hospital ${member + 1}`,
    samples: 240 + Math.round(random() * 1800),
    accuracyAlone: 0.83 + random() * 0.07,
    accuracyFederated: series.at(-1)?.common?.accuracy ?? null,
    aucFederated: series.at(-1)?.common?.auc ?? null,
    scoreMicros: scoresByRound.reduce((sum, { scores }) => sum + (scores[address] ?? 0), 0),
    tracedMicros: 40_000 - 9_000 * member,
    modelCredits: range(members).map((source) => 40_000 - 9_000 * source + 100 * member),
    signed,
    expected: rounds,
    anchored: signed,
    late: 0,
    killed: signed < rounds,
    bytesIn: Math.round(rounds * 1.1e6 * (0.8 + random() * 0.4)),
    bytesOut: Math.round(rounds * 1.1e6 * (0.8 + random() * 0.4)),
    series,
  };
}

function sampleParticipation(members: number, rounds: number, isAway: Making['isAway']): ReportData['participation'] {
  const rows = range(rounds).flatMap((round) =>
    range(members).map((member) => {
      const there = !isAway(member, round);
      return {
        round,
        member: sampleAddress(member),
        account: sampleAddress(member),
        position: member,
        part: there ? ('contributed' as const) : ('missed' as const),
        entry: 1 + members + round * members + member,
        registered: true,
        signed: there,
        joined: true,
        expected: true,
        contributed: there,
        late: false,
        missed: !there,
        withdrawn: false,
        excluded: false,
      };
    }),
  );
  const totals = range(rounds).map((round) => {
    const contributed = range(members).filter((member) => !isAway(member, round)).length;
    const all = { registered: members, joined: members, expected: members };
    const none = { late: 0, withdrawn: 0, excluded: 0 };
    return { round, ...all, signed: contributed, contributed, missed: members - contributed, ...none };
  });
  return { rows, totals };
}

function samplePoints({ member, rounds, isAway, random }: Making & { member: number }): ReportPoint[] {
  return range(rounds + 1)
    .filter((round) => !isAway(member, round))
    .map((round) => {
      const progress = 1 - Math.exp(-round / (2 + member * 0.2));
      const jitter = round === 0 ? 0 : (random() - 0.5) * 0.02;
      const accuracy = 0.625 + 0.315 * progress + jitter;
      const loss = 0.69 - 0.5 * progress - jitter;
      return {
        round,
        heldOut: { loss: loss * 1.05, accuracy: accuracy * 0.99 },
        common: { loss, accuracy, auc: 0.5 + 0.48 * progress },
      };
    });
}

function sampleGas(members: number, rounds: number, random: () => number): ReportData['gas'] {
  const each = (kind: string, base: number) =>
    range(rounds).flatMap((round) =>
      range(members).map((member) => ({
        kind,
        member: sampleAddress(member),
        round,
        gasUsed: base + Math.round(random() * 900),
      })),
    );
  const joins = range(members).map((member) => ({
    kind: 'joined',
    member: sampleAddress(member),
    round: null,
    gasUsed: 61_000,
  }));
  return [
    { kind: 'opened', member: null, round: null, gasUsed: 148_211 },
    ...joins,
    ...each('contribution', 49_800),
    ...each('valuation', 31_900),
  ];
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

/** Mulberry32. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
