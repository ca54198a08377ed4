import { type Hex, sha256, toHex, ZERO_DIGEST } from '../base/bytes.ts';
import { epsilonMicros, roundMechanism } from '../privacy/round-mechanism.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { encodeMetrics, type Metrics, type MetricsDocument } from '../protocol/metrics.ts';
import { joinSegments } from '../protocol/segments.ts';
import { contributionDigest, signDigest } from '../protocol/signature.ts';
import type { SiteFigures } from '../protocol/site-figures.ts';
import { hashValuation } from '../protocol/valuation.ts';
import { loadBase } from './base-model.ts';
import { keepUpdate } from './keep-update.ts';
import { PeerError } from './peer-error.ts';
import type { Progress } from './progress.ts';
import type { Draft } from './signing-guard.ts';
import { type JudgedExamples, siteFigures } from './site-figures.ts';
import type { StudySetting } from './study-setting.ts';
import type { TrainedUpdate } from './train-round.ts';

/**
 * Signs the round's contribution and announces it. Update and metrics are on disk, and the record in the signing guard, before it is
 * signed; signature and place in the outbox are before anything is said. What was kept before a crash is announced again as it was.
 * @param trained null in the closing record
 * @throws PeerError `peer/double-signing`, `peer/restored-backup`
 */
export async function publishRound(
  setting: StudySetting,
  progress: Progress,
  trained: TrainedUpdate | null,
): Promise<void> {
  const { store, self } = setting;
  const announcement = store.announcement(self, progress.round) ?? (await signRound(setting, progress, trained));
  if (announcement.record.base !== progress.base) throw restoredBackup(progress.round);
  setting.outbox.wake();
  await setting.network.publishContribution(announcement);
  const { round, update } = announcement.record;
  setting.emit({ event: 'round.announced', round, update });
}

async function signRound(
  setting: StudySetting,
  progress: Progress,
  trained: TrainedUpdate | null,
): Promise<Announcement> {
  const { store } = setting;
  const draft = store.guard.claimed(progress.round) ?? (await draftRound(setting, progress, trained));
  store.guard.claim(draft);
  const { record, segments } = draft;
  const signature = signDigest(setting.privateKey, contributionDigest(setting.domain, record));
  const announcement: Announcement = { record, signature, segments };
  store.keepOwn(announcement);
  return announcement;
}

function restoredBackup(round: number): PeerError {
  return new PeerError(
    'peer/restored-backup',
    `this member announced round ${round} from another base model than this folder has: the folder is an older copy; ` +
      'go on with the newest one',
  );
}

async function draftRound(setting: StudySetting, progress: Progress, trained: TrainedUpdate | null): Promise<Draft> {
  const { study, self } = setting;
  const update =
    trained === null ? { root: ZERO_DIGEST, digests: [] } : await keepUpdate(setting, progress, trained.parameters);
  const record: Contribution = {
    study,
    round: progress.round,
    member: self,
    base: progress.base,
    recipe: progress.recipe,
    update: update.root,
    samples: trained === null ? 0 : setting.data.training.samples,
    epsilonMicros: epsilonMicros(setting.store.spending.spent(), setting.manifest.deltaBudgetPicos),
    metrics: await keepMetrics(setting, progress, trained),
    scoreCommitment: progress.valuation === null ? ZERO_DIGEST : hashValuation(progress.valuation),
  };
  return { record, segments: [...update.digests] };
}

async function keepMetrics(setting: StudySetting, progress: Progress, trained: TrainedUpdate | null): Promise<Hex> {
  const base = joinSegments(await loadBase(setting.blobs, progress));
  const { heldOut, common } = setting.data;
  const figures = (part: JudgedExamples): SiteFigures =>
    siteFigures(setting.model.evaluate(base, part), part, setting.manifest.subgroups);
  const metrics: MetricsDocument = {
    type: 'consilium/metrics/2',
    study: setting.study,
    round: progress.round,
    member: setting.self,
    engine: { name: setting.engine.name, version: setting.engine.version, reproducible: setting.engine.reproducible },
    seedCommitment: toHex(sha256(Buffer.from(setting.trainingSeed))),
    training: trainingFigures(trained),
    privacy: spendOf(setting),
    heldOut: figures(heldOut),
    common: common === null ? null : figures(common),
    utilityMicros: progress.utilityMicros,
    scoreErrorMicros: progress.scoreErrorMicros,
  };
  setting.emit({ event: 'round.evaluated', round: progress.round, heldOut: metrics.heldOut, common: metrics.common });
  return setting.blobs.put(encodeMetrics(metrics));
}

function trainingFigures(trained: TrainedUpdate | null): Metrics['training'] {
  const report = trained?.report ?? null;
  return report === null ? null : { loss: report.loss, accuracy: report.accuracy };
}

/** All rounds of a member have the same noise and sampling rate: both follow from the manifest and the number of its records. */
function spendOf({ manifest, store, data }: StudySetting): Metrics['privacy'] {
  const { unit } = manifest.privacy;
  const mechanism = roundMechanism(manifest.privacy, data.training.samples);
  if (unit === 'none' || mechanism === null) return null;
  const { noiseMultiplier, samplingRate } = mechanism;
  const steps = store.spending.spent().reduce((total, each) => total + each.steps, 0);
  return { unit, adjacency: 'add-or-remove', noiseMultiplier, samplingRate, steps };
}
