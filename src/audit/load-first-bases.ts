import type { Hex } from '../base/bytes.ts';
import { decodeSegment, rootOfDigests } from '../protocol/segments.ts';
import type { AuditSubject } from './audit-subject.ts';
import type { Finding } from './finding.ts';

/** A model that a member trains a round from. */
export interface ReplayBase {
  readonly round: number;
  readonly root: Hex;
  readonly segments: readonly Float32Array[];
}

export interface FirstBases {
  readonly bases: Map<Hex, ReplayBase>;
  readonly findings: Finding[];
}

/** What each member begins with: the initial model, or in a study that continues another one the base that the manifest names. */
export async function loadFirstBases(subject: AuditSubject): Promise<FirstBases> {
  const { manifest, participants, bundle } = subject;
  const { continues, initialModel } = manifest;
  if (continues === null || continues.round === 0) {
    const segments = await loadModel(subject, bundle.evidence.initialModel, initialModel.digest);
    const message = 'the initial model in the bundle is not the one that the manifest names';
    if (segments === null) {
      return { bases: new Map(), findings: [{ code: 'audit/initial-model-mismatch', message }] };
    }
    const base = { round: 0, root: initialModel.digest, segments };
    return { bases: new Map(participants.map((member) => [member, base])), findings: [] };
  }
  const first: FirstBases = { bases: new Map(), findings: [] };
  const { round } = continues;
  for (const [i, start] of continues.bases.entries()) {
    if (!participants.includes(start.member)) continue; // it did not come along
    const digests = bundle.evidence.initialModel.slice(i * manifest.segments, (i + 1) * manifest.segments);
    const segments = await loadModel(subject, digests, start.base);
    if (segments !== null) first.bases.set(start.member, { round, root: start.base, segments });
    else {
      const message =
        'the base in the bundle is not the one that the manifest lets the member begin with, or is incomplete';
      first.findings.push({ code: 'audit/initial-model-mismatch', member: start.member, round, message });
    }
  }
  return first;
}

async function loadModel(
  { bundle, manifest }: AuditSubject,
  digests: readonly Hex[],
  root: Hex,
): Promise<Float32Array[] | null> {
  if (digests.length !== manifest.segments || rootOfDigests(digests) !== root) return null;
  const blobs = await Promise.all(digests.map((digest) => bundle.segment(digest)));
  return blobs.some((blob) => blob === null) ? null : blobs.map((blob) => decodeSegment(blob ?? new Uint8Array(0)));
}
