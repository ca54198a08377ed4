import { writeFile } from 'node:fs/promises';
import { type AuditReport, auditStudy } from '../../../src/audit/audit-study.ts';
import type { Finding, Notice, Place } from '../../../src/audit/finding.ts';
import { openBundle } from '../../../src/audit/read-bundle.ts';
import { writeBundle } from '../../../src/audit/write-bundle.ts';
import { isConsiliumError } from '../../../src/base/errors.ts';
import type { LedgerReader } from '../../../src/ledger/ledger.ts';
import type { BaseBundle, Expectation, Mutation } from './case.ts';
import { toEntries } from './forge.ts';

/** How a mutation was found. */
export type Detection = 'finding' | 'notice' | 'refused';

interface Told {
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  readonly refused: Place | null;
}

/** Writes the mutated bundle, audits it, and looks for what had to be told; null where it was not. */
export async function auditMutation(base: BaseBundle, mutation: Mutation, path: string): Promise<Detection | null> {
  const told = await audit(base, mutation, path);
  for (const expectation of mutation.expected) {
    const detection = meets(told, expectation);
    if (detection !== null) return detection;
  }
  return null;
}

/** Everything that the audit says of a bundle. */
export async function audit(
  base: BaseBundle,
  mutation: Pick<Mutation, 'file' | 'parts' | 'isOffline' | 'log'>,
  path: string,
): Promise<Told> {
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
  try {
    const bundle = await openBundle(path);
    try {
      const { findings, notices }: AuditReport = await auditStudy(bundle, {
        ledger: mutation.isOffline ? null : chainOf(base, mutation),
      });
      return { findings, notices, refused: null };
    } finally {
      await bundle.close();
    }
  } catch (error) {
    if (isConsiliumError(error, 'audit/bundle-unreadable')) {
      const { offset } = error.details;
      return { findings: [], notices: [], refused: typeof offset === 'number' ? { offset } : {} };
    }
    if (isConsiliumError(error, 'audit/bundle-of-another-contract')) return { findings: [], notices: [], refused: {} };
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

function meets({ findings, notices, refused }: Told, { codes, place }: Expectation): Detection | null {
  const isThere = (said: Place): boolean =>
    Object.entries(place).every(([key, value]) => said[key as keyof Place] === value);
  if (codes.includes('refused') && refused !== null && isThere(refused)) return 'refused';
  if (findings.some((finding) => codes.includes(finding.code) && isThere(finding))) return 'finding';
  if (codes.includes('notice') && notices.some(isThere)) return 'notice';
  return null;
}
