import type { Evidence } from '../../src/audit/evidence.ts';
import { inBundleOrder } from '../../src/audit/record-order.ts';
import { type Hex, sha256, toHex, ZERO_DIGEST } from '../../src/base/bytes.ts';
import { createMemoryLedger, type MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { computeMix, type MixInput } from '../../src/mixing/compute-mix.ts';
import { hearRound } from '../../src/mixing/hear-round.ts';
import { judgeEntries } from '../../src/mixing/judge-entries.ts';
import { planMix, pullsOf } from '../../src/mixing/plan-mix.ts';
import { judgingTerms } from '../../src/mixing/standings.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { trainingSchema } from '../../src/model/training-options.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import type { Announcement } from '../../src/protocol/announcement.ts';
import { checkpointDigest } from '../../src/protocol/checkpoint.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import { type Manifest, studyOf } from '../../src/protocol/manifest.ts';
import { encodeMetrics, type Metrics, type MetricsDocument } from '../../src/protocol/metrics.ts';
import { decodeRecipe, encodeRecipe, type Recipe } from '../../src/protocol/recipe.ts';
import { type Codec, decodeUpdateSegment, encodeUpdateSegment } from '../../src/protocol/segment-codec.ts';
import { decodeSegment, joinSegments, rootOfDigests, segmentModel, segmentRange } from '../../src/protocol/segments.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { hashValuation, packScores, type Valuation } from '../../src/protocol/valuation.ts';
import { DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';

export const MEMBERS = 4;
export const ROUNDS = 3;

/** What one member may do wrong; it signs and records it like everything else. */
export interface Cheat {
  readonly member: number;
  readonly round: number;
  recipe?(recipe: Recipe): Recipe;
  metrics?(metrics: Metrics): MetricsDocument;
  /** Another base than the one that was mixed. */
  base?: Hex;
  /** Another reading of the segments that it mixes than the codec's. */
  read?(parameters: Float32Array): Float32Array;
  /** What it sends instead of training. @param before everybody's work so far, by `member/round` */
  send?(before: ReadonlyMap<string, Work>, base: Float32Array): Float32Array;
  /** Other bytes than the codec writes; everybody mixes them as if they said nothing. */
  written?(bytes: Uint8Array): Uint8Array;
}

/** From which parameters to which a member went in a round. */
export interface Work {
  readonly base: Float32Array;
  readonly trained: Float32Array;
}

export interface SyntheticStudy {
  readonly manifest: Manifest;
  readonly evidence: Evidence;
  readonly blobs: Map<Hex, Uint8Array>;
  readonly ledger: MemoryLedger;
}

/** A member that goes on after a round from the base of another one. */
export interface Adoption {
  readonly member: number;
  readonly from: number;
  /** The round to which it contributes nothing. */
  readonly round: number;
  /** It contributes to that round all the same, which takes the right to adopt from it. */
  readonly contributes?: boolean;
  /** What it takes over instead of the base that the other one signs. */
  base?(theirs: { root: Hex; segments: readonly Float32Array[]; recipe: Hex }): typeof theirs;
}

/** A member whose key is replaced by another one before a round. */
export interface Rotation {
  readonly member: number;
  readonly successor: number;
  readonly round: number;
}

export interface Variant {
  readonly title?: string;
  readonly aggregation?: Manifest['aggregation'];
  readonly rotation?: Rotation;
}

/** A whole study without processes: real records, segments, mixes and ledger rules, with a stand-in for training. */
export async function syntheticStudy(
  cheat?: Cheat,
  adoption?: Adoption,
  codec: Codec['name'] = 'float32',
  { aggregation, rotation, title = 'a synthetic study' }: Variant = {},
): Promise<SyntheticStudy> {
  /** The number of the key that a member has in a round. */
  const keyIn = (n: number, round: number): number =>
    rotation?.member === n && round >= rotation.round ? rotation.successor : n;
  const isAway = (n: number, round: number): boolean =>
    adoption?.member === n && adoption.round === round && adoption.contributes !== true;
  /** Its first record after the one that it adopted has nothing to say about a mix. */
  const hasAdopted = (n: number, round: number): boolean => adoption?.member === n && adoption.round === round - 1;
  const composed = composeManifest({
    title,
    members: MEMBERS,
    rounds: ROUNDS,
    segments: 3,
    pulls: 2,
    seed: 'synthetic',
    codec,
    architecture: architectureSchema.parse({ kind: 'mlp', inputs: 2, hidden: [3], classes: 2 }),
    training: trainingSchema.parse({
      optimiser: 'sgd',
      learningRate: 0.1,
      momentum: 0,
      weightDecay: 0,
      batchSize: 4,
      localEpochs: 1,
      classWeights: 'none',
    }),
  });
  const manifest = { ...composed, aggregation: aggregation ?? composed.aggregation };
  const study = studyOf(manifest);
  const ledger = createMemoryLedger(DOMAIN);
  const blobs = new Map<Hex, Uint8Array>();
  const put = (bytes: Uint8Array): Hex => {
    const name = toHex(sha256(bytes));
    blobs.set(name, bytes);
    return name;
  };
  const initial = segmentModel(
    initialParameters(architectureSchema.parse(manifest.architecture), 'synthetic'),
    manifest.segments,
  );
  for (const blob of initial.blobs) put(blob);
  const members = Array.from({ length: MEMBERS }, (_, i) => i + 1);
  for (const n of members) ledger.membership.admit(memberAccount(n));
  const stalenessBound = manifest.staleness.boundRounds;
  const terms = {
    rounds: ROUNDS,
    maximumMembers: MEMBERS,
    stalenessBound,
    epsilonBudgetMicros: 0,
    deltaBudgetPicos: 0,
  };
  ledger.openStudy({ study, ...terms });
  for (const n of members) await ledger.as(memberAccount(n)).join(study, digest(`data ${n}`));

  const announcements: Announcement[] = [];
  const bases = new Map<number, { root: Hex; segments: readonly Float32Array[]; recipe: Hex }>(
    members.map((n) => [n, { root: initial.root, segments: initial.blobs.map(decodeSegment), recipe: ZERO_DIGEST }]),
  );
  const works = new Map<string, Work>();
  const residuals = new Map<string, Float32Array | null>();
  const write = (
    n: number,
    round: number,
    { parameters, base }: { parameters: Float32Array; base: readonly Float32Array[] },
  ) =>
    base.map((own, segment) => {
      const { start, end } = segmentRange(parameters.length, manifest.segments, segment);
      const owed = residuals.get(`${n}/${segment}`) ?? null;
      const part = { parameters: parameters.subarray(start, end), base: own, residual: owed };
      const { bytes, residual } = encodeUpdateSegment(manifest, round, part);
      residuals.set(`${n}/${segment}`, residual);
      const cheating = cheat?.member === n && cheat.round === round ? cheat : undefined;
      return put(cheating?.written?.(bytes) ?? bytes.slice());
    });
  for (let round = 0; round <= ROUNDS; round++) {
    const closing = round === ROUNDS;
    const pending: Valuation[] = [];
    if (rotation?.round === round) {
      const [old, fresh] = [memberAccount(rotation.member), memberAccount(rotation.successor)];
      ledger.membership.rotate(old, fresh);
      await ledger.as(fresh).join(study, digest(`data ${rotation.successor}`));
    }
    for (const n of members) {
      const base = bases.get(n);
      if (base === undefined || isAway(n, round)) continue;
      const member = memberAccount(keyIn(n, round));
      const cheating = cheat?.member === n && cheat.round === round ? cheat : undefined;
      const before = joinSegments(base.segments);
      const trained =
        cheating?.send?.(works, before) ??
        before.map((value, i) => value + Math.fround(0.01 * Math.sin(7 * n + 3 * round + 5 * i * n)));
      works.set(`${n}/${round}`, { base: before, trained });
      const segments = closing ? [] : write(n, round, { parameters: trained, base: base.segments });
      const valuation = {
        study,
        round: round - 1,
        evaluator: member,
        scores: packScores(members.map((m) => 10 * m)),
        salt: digest(`salt ${n} ${round}`),
      };
      const metrics: MetricsDocument & Metrics = {
        type: 'consilium/metrics/2',
        study,
        round,
        member,
        engine: { name: 'none', version: '1', reproducible: true },
        seedCommitment: digest('seed'),
        training: closing ? null : { loss: 0.5, accuracy: 0.5 },
        privacy: null,
        heldOut: { samples: 1, loss: 0.5, accuracy: 0.5, auc: null, calibration: null, subgroups: null },
        common: null,
        scoreErrorMicros: null,
        utilityMicros: round === 0 || hasAdopted(n, round) ? null : 10 * MEMBERS * (MEMBERS + 1) * 0.5,
      };
      const record: Contribution = {
        study,
        round,
        member,
        base: cheating?.base ?? base.root,
        recipe: base.recipe,
        update: closing ? ZERO_DIGEST : rootOfDigests(segments),
        samples: closing ? 0 : 10 * n,
        epsilonMicros: 0,
        metrics: put(encodeMetrics(cheating?.metrics?.(metrics) ?? metrics)),
        scoreCommitment: round === 0 || hasAdopted(n, round) ? ZERO_DIGEST : hashValuation(valuation),
      };
      await ledger.as(member).contribute(record);
      const signature = signDigest(memberKey(keyIn(n, round)), contributionDigest(DOMAIN, record));
      announcements.push({ record, signature, segments });
      if (round > 0 && !hasAdopted(n, round)) {
        pending.push(valuation);
      }
    }
    for (const valuation of pending) await ledger.as(valuation.evaluator).reveal([valuation]);
    if (closing) break;
    const ofRound = announcements.filter((a) => a.record.round === round);
    for (const n of members) {
      const before = bases.get(n);
      if (before === undefined) continue;
      const theirs = adoption?.member === n && adoption.round === round ? bases.get(adoption.from) : undefined;
      if (theirs !== undefined) {
        bases.set(n, adoption?.base?.(theirs) ?? theirs);
        continue;
      }
      const member = memberAccount(keyIn(n, round));
      const entries = ofRound.map(({ record }) => ({ member: record.member, round, update: record.update }));
      const plan = planMix({ member, round, entries, segments: manifest.segments, pulls: pullsOf(manifest, round) });
      const sources = plan.entries.map((entry) => ofRound.find((a) => a.record.member === entry.member));
      const mixed: Float32Array[] = [];
      const cheating = cheat?.member === n && cheat.round === round ? cheat : undefined;
      const judging = judgingTerms(manifest.aggregation);
      const recipeOf = async (entry: number): Promise<Recipe | null> => {
        const bytes = blobs.get(sources[entry]?.record.recipe ?? '0x');
        return bytes === undefined ? null : decodeRecipe(bytes);
      };
      const hearing =
        judging &&
        (await hearRound({ round, entries: plan.entries, before: await recipeOf(plan.own), recipeOf }, judging));
      const mix: MixInput = {
        manifest,
        round,
        plan,
        standings: hearing?.standings ?? [],
        samples: sources.map((a) => a?.record.samples ?? 0),
        baseOf: async (segment) => before.segments[segment] ?? new Float32Array(0),
        segmentOf: async (entry, segment) => {
          const base = before.segments[segment] ?? new Float32Array(0);
          const bytes = blobs.get(sources[entry]?.segments[segment] ?? '0x') ?? new Uint8Array();
          const read = decodeUpdateSegment(manifest, round, { bytes, length: base.length, base }) ?? base;
          return cheating?.read?.(read) ?? read;
        },
      };
      const outcome = await computeMix(mix, async (parameters) => void mixed.push(parameters));
      // Any gradient will do: nobody can say from outside what a member's held-out records are like.
      const slope = (): Float32Array => new Float32Array(joinSegments(before.segments).length).fill(1);
      const judgement = hearing && { ...hearing, scores: await judgeEntries(mix, slope()) };
      const honest: Recipe = {
        type: 'consilium/recipe/1',
        study,
        round,
        member,
        base: before.root,
        entries: [...plan.entries],
        refused: [],
        segments: outcome.steps,
        ...(judgement === null ? {} : { judgement }),
        result: outcome.result,
      };
      const recipe = cheating?.recipe?.(honest) ?? honest;
      bases.set(n, { root: recipe.result, segments: mixed, recipe: put(encodeRecipe(recipe)) });
    }
  }
  const log = await ledger.entries(study, 0);
  const evidence: Evidence = inBundleOrder({
    chainId: DOMAIN.chainId,
    contract: DOMAIN.contract,
    study,
    initialModel: [...initial.digests],
    announcements,
    checkpoints: members.map((n) => {
      const head = log[3 * n]?.head ?? ZERO_DIGEST;
      const record = { study, round: 0, head };
      return {
        record,
        member: memberAccount(n),
        signature: signDigest(memberKey(n), checkpointDigest(DOMAIN, record)),
      };
    }),
    log: log.map((entry) => ({ ...entry })),
  });
  return { manifest, evidence, blobs, ledger };
}
