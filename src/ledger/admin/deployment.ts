import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { ConsiliumError, messageOf } from '../../base/errors.ts';
import { addressSchema, digestSchema } from '../../protocol/wire-types.ts';

const shareSchema = z.int().min(1).max(1_000_000);

/** What the contracts are deployed with. */
export const deploymentParametersSchema = z.strictObject({
  /** How long a hand-over of the administration waits. */
  adminDelaySeconds: z.int().min(0).max(0xffff_ffff),
  /** No manifest may let a contribution weigh more than this share of a mix, in millionths. */
  weightShareCapMicros: shareSchema,
  /** No manifest may let a round end with a smaller share of the participants, in millionths. */
  quorumMicros: shareSchema,
  /** How many blocks after its commitment a valuation may be revealed. */
  revealWindowBlocks: z.int().min(1).max(0xffff_ffff),
});
export type DeploymentParameters = z.infer<typeof deploymentParametersSchema>;

const creationSchema = z.strictObject({
  /** Null if the deployment was interrupted before its receipt was there. */
  transaction: digestSchema.nullable(),
  blockNumber: z.int().min(0).nullable(),
  /** Digest of the deployed code with zeros in place of the immutables. */
  codeHash: digestSchema,
});

const deploymentSchema = z.strictObject({
  type: z.literal('consilium/deployment/1'),
  chainId: z.int().min(1),
  membership: addressSchema,
  ledger: addressSchema.nullable(),
  admin: addressSchema,
  parameters: deploymentParametersSchema,
  /** What is known to be on chain; null stands for: begun at most. */
  created: z.strictObject({ membership: creationSchema.nullable(), ledger: creationSchema.nullable() }),
});

export type ContractCreation = z.infer<typeof creationSchema>;
/** A deployment that may be half done: addresses are noted before anything is created there. */
export type DeploymentDraft = z.infer<typeof deploymentSchema>;

/** Where the contracts of a consortium are: what a deployment file holds. */
export type Deployment = DeploymentDraft & {
  readonly ledger: NonNullable<DeploymentDraft['ledger']>;
  readonly created: { readonly membership: ContractCreation; readonly ledger: ContractCreation };
};

export function isComplete(draft: DeploymentDraft): draft is Deployment {
  return draft.ledger !== null && draft.created.membership !== null && draft.created.ledger !== null;
}

/**
 * Reads a deployment file, finished or not.
 * @returns null if there is no such file
 * @throws ConsiliumError `ledger/deployment-invalid`
 */
export async function readDeploymentDraft(path: string): Promise<DeploymentDraft | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw invalid(messageOf(cause), cause);
  }
  try {
    const parsed = deploymentSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  } catch (cause) {
    throw invalid(`${path} is no deployment file (${messageOf(cause)}); 'deploy' writes one`, cause);
  }
}

/** Reads the file of a finished deployment. @throws ConsiliumError `ledger/deployment-invalid` */
export async function readDeployment(path: string): Promise<Deployment> {
  const draft = await readDeploymentDraft(path);
  if (draft === null) throw invalid(`there is no ${path}; 'deploy' writes it, or name the file with --deployment`);
  if (!isComplete(draft)) throw invalid(`${path} is of a deployment that was interrupted; run 'deploy' again`);
  return draft;
}

/** Replaces a deployment file as a whole: after a power cut there is the old one or the new one. */
export async function writeDeployment(path: string, deployment: DeploymentDraft): Promise<void> {
  const scratch = `${path}.${process.pid}.new`;
  const file = await open(scratch, 'w');
  try {
    await file.writeFile(`${JSON.stringify(deployment, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(scratch, path);
}

function invalid(message: string, cause?: unknown): ConsiliumError {
  return new ConsiliumError('ledger/deployment-invalid', message, { cause });
}
