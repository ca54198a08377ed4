import { type Hex, sha256, toHex, ZERO_DIGEST } from '../base/bytes.ts';
import type { Evaluation } from '../model/engine.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { encodeMetrics, type Metrics } from '../protocol/metrics.ts';
import { joinSegments } from '../protocol/segments.ts';
import { contributionDigest, signDigest } from '../protocol/signature.ts';
import { hashValuation } from '../protocol/valuation.ts';
import { keepModel, loadBase } from './base-model.ts';
import type { Progress } from './progress.ts';
import type { StudySetting } from './study-setting.ts';
import type { TrainedUpdate } from './train-round.ts';

/**
 * Signs the round's contribution and announces it. Update, metrics, record and its place in the outbox are on disk before anything is
 * said; a contribution that was kept before a crash is announced again as it was.
 * @param trained null in the closing record
 */
export async function publishRound(
  setting: StudySetting,
  progress: Progress,
  trained: TrainedUpdate | null,
): Promise<void> {
  const kept = setting.store.announcement(setting.self, progress.round);
  const announcement = kept ?? (await composeAnnouncement(setting, progress, trained));
  if (kept === null) setting.store.keepOwn(announcement);
  setting.outbox.wake();
  await setting.network.publishContribution(announcement);
  const { round, update } = announcement.record;
  setting.emit({ event: 'round.announced', round, update });
}

async function composeAnnouncement(
  setting: StudySetting,
  progress: Progress,
  trained: TrainedUpdate | null,
): Promise<Announcement> {
  const { manifest, blobs, study, self } = setting;
  const update =
    trained === null
      ? { root: ZERO_DIGEST, digests: [] }
      : await keepModel(blobs, trained.parameters, manifest.segments);
  const record: Contribution = {
    study,
    round: progress.round,
    member: self,
    base: progress.base,
    recipe: progress.recipe,
    update: update.root,
    samples: trained === null ? 0 : setting.data.training.samples,
    epsilonMicros: 0,
    metrics: await keepMetrics(setting, progress, trained),
    scoreCommitment: progress.valuation === null ? ZERO_DIGEST : hashValuation(progress.valuation),
  };
  const signature = signDigest(setting.privateKey, contributionDigest(setting.domain, record));
  return { record, signature, segments: update.digests };
}

async function keepMetrics(setting: StudySetting, progress: Progress, trained: TrainedUpdate | null): Promise<Hex> {
  const base = joinSegments(await loadBase(setting.blobs, progress));
  const { heldOut, common } = setting.data;
  const metrics: Metrics = {
    type: 'consilium/metrics/1',
    study: setting.study,
    round: progress.round,
    member: setting.self,
    engine: { name: setting.engine.name, version: setting.engine.version, reproducible: setting.engine.reproducible },
    seedCommitment: toHex(sha256(Buffer.from(setting.trainingSeed))),
    training: trained === null ? null : { loss: trained.report.loss, accuracy: trained.report.accuracy },
    heldOut: figures(setting.model.evaluate(base, heldOut)),
    common: common === null ? null : figures(setting.model.evaluate(base, common)),
    utilityMicros: progress.utilityMicros,
  };
  setting.emit({ event: 'round.evaluated', round: progress.round, heldOut: metrics.heldOut, common: metrics.common });
  return setting.blobs.put(encodeMetrics(metrics));
}

function figures({ samples, loss, accuracy, auc }: Evaluation): Metrics['heldOut'] {
  return { samples, loss, accuracy, auc };
}
