import { writeFile } from 'node:fs/promises';
import { type AuditReport, auditStudy } from '../../../src/audit/audit-study.ts';
import { checkProof } from '../../../src/audit/check-proof.ts';
import type { ProofRefusal } from '../../../src/audit/check-segment-proof.ts';
import type { Finding, Notice, Place } from '../../../src/audit/finding.ts';
import { openBundle } from '../../../src/audit/read-bundle.ts';
import { writeBundle } from '../../../src/audit/write-bundle.ts';
import { isConsiliumError } from '../../../src/base/errors.ts';
import type { LedgerReader } from '../../../src/ledger/ledger.ts';
import { participantsIn } from '../../../src/protocol/participants.ts';
import type { BaseBundle, Expectation, Mutation } from './case.ts';
import { toEntries } from './forge.ts';

/** How a mutation was found. */
export type Detection = 'finding' | 'notice' | 'refused';

interface Told {
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  readonly refused: Place | null;
  readonly proofRefusal: ProofRefusal | null;
}

const NOTHING: Told = { findings: [], notices: [], refused: null, proofRefusal: null };

/** Writes the mutated bundle, audits it, and looks for what had to be told; null where it was not. */
export async function auditMutation(base: BaseBundle, mutation: Mutation, path: string): Promise<Detection | null> {
  const told = await audit(base, mutation, path);
  for (const expectation of mutation.expected) {
    const detection = meets(told, expectation);
    if (detection !== null) return detection;
  }
  return null;
}

type Audited = Pick<Mutation, 'file' | 'parts' | 'proof' | 'isOffline' | 'log'>;

/** Everything that the audit says of a bundle or a proof. */
export async function audit(base: BaseBundle, mutation: Audited, path: string): Promise<Told> {
  return mutation.proof === undefined
    ? auditBundle(base, mutation, path)
    : auditProof(base, { ...mutation, proof: mutation.proof });
}

async function auditProof(base: BaseBundle, { proof, ...mutation }: Audited & { proof: Buffer }): Promise<Told> {
  const members = participantsIn(base.study.evidence.log).map(({ account }) => account);
  const ledger = mutation.isOffline ? null : chainOf(base, mutation);
  const verdict = await checkProof(proof, { ledger, members });
  return { ...NOTHING, proofRefusal: verdict.ok ? null : verdict.code };
}

/** Writes the bundle that a mutation comes to. */
export async function writeMutated(base: BaseBundle, mutation: Audited, path: string): Promise<void> {
  if (mutation.file !== undefined) await writeFile(path, mutation.file);
  else {
    const { evidence, manifest, blobs } = mutation.parts ?? base.study;
    await writeBundle(
      path,
      evidence,
      manifest ?? base.study.manifest,
      async (digest) => (blobs ?? base.study.blobs).get(digest) ?? null,
    );
  }
}

async function auditBundle(base: BaseBundle, mutation: Audited, path: string): Promise<Told> {
  await writeMutated(base, mutation, path);
  try {
    const bundle = await openBundle(path);
    try {
      const { findings, notices }: AuditReport = await auditStudy(bundle, {
        ledger: mutation.isOffline ? null : chainOf(base, mutation),
      });
      return { ...NOTHING, findings, notices };
    } finally {
      await bundle.close();
    }
  } catch (error) {
    if (isConsiliumError(error, 'audit/bundle-unreadable')) {
      const { offset } = error.details;
      return { ...NOTHING, refused: typeof offset === 'number' ? { offset } : {} };
    }
    if (isConsiliumError(error, 'audit/bundle-of-another-contract')) return { ...NOTHING, refused: {} };
    throw error;
  }
}

function chainOf({ study: { ledger, evidence } }: BaseBundle, { log }: Pick<Mutation, 'log'>): LedgerReader {
  if (log === undefined) return ledger;
  const entries = toEntries(log);
  return {
    ...ledger,
    entries: async (_study, from) => entries.slice(from),
    study: async () => {
      const state = await ledger.study(evidence.study);
      return state === null ? null : { ...state, length: entries.length, head: entries.at(-1)?.head ?? state.head };
    },
  };
}

function meets({ findings, notices, refused, proofRefusal }: Told, { codes, place }: Expectation): Detection | null {
  const isThere = (said: Place): boolean =>
    Object.entries(place).every(([key, value]) => said[key as keyof Place] === value);
  if (proofRefusal !== null && codes.includes(proofRefusal)) return 'refused';
  if (codes.includes('refused') && refused !== null && isThere(refused)) return 'refused';
  if (findings.some((finding) => codes.includes(finding.code) && isThere(finding))) return 'finding';
  if (codes.includes('notice') && notices.some(isThere)) return 'notice';
  return null;
}
