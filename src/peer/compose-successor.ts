import type { Bundle } from '../audit/read-bundle.ts';
import { signedRecords } from '../audit/signed-records.ts';
import { type Taint, traceTaint } from '../audit/trace-taint.ts';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import type { Continuation } from '../protocol/continuation.ts';
import { type Manifest, manifestSchema } from '../protocol/manifest.ts';
import { participantsIn } from '../protocol/participants.ts';
import { PeerError } from './peer-error.ts';

export interface Successor {
  readonly manifest: Manifest;
  readonly taint: Taint;
  /** Participants that signed nothing in the round that is gone on from: they have no base, and may join once the study runs. */
  readonly withoutBase: readonly Hex[];
}

/** A study takes two. */
const FEWEST_MEMBERS = 2;

/**
 * The manifest of a study that goes on from the last checkpoint that the work of some members had not reached, without them. It follows
 * from the bundle and the accounts alone, so that everybody who makes it gets the same; all other terms stay.
 * @param without accounts of the members that are left out
 * @throws PeerError `peer/no-clean-checkpoint`, `peer/not-in-study`
 */
export async function composeSuccessor(bundle: Bundle, without: readonly Hex[]): Promise<Successor> {
  const { manifest: before, evidence } = bundle;
  if (before === null) throw noCheckpoint('the bundle does not hold the manifest of its study; export it again');
  if (before.privacy.unit !== 'none') {
    throw noCheckpoint(
      'training with differential privacy has noise that nobody can repeat, and what was spent stays spent; compose a new study',
    );
  }
  const taint = await traceTaint(bundle, without);
  const [stranger] = taint.strangers;
  if (stranger !== undefined) {
    throw new PeerError('peer/not-in-study', `${stranger} never joined study ${evidence.study}; look at the accounts`);
  }
  const round = roundOf(taint, before);
  const staying = participantsIn(evidence.log)
    .filter(({ account, endRound }) => endRound === null && !taint.accounts.includes(account))
    .map(({ account }) => account);
  const bases = round === 0 ? [] : basesOf(bundle, staying, round);
  const begin = round === 0 ? staying : bases.map(({ member }) => member);
  if (begin.length < FEWEST_MEMBERS) {
    throw noCheckpoint(`only ${begin.length} of the others could go on from round ${round}, and a study takes two`);
  }
  const continues: Continuation = { study: evidence.study, round, without: [...taint.accounts], bases };
  return {
    taint,
    withoutBase: staying.filter((account) => !begin.includes(account)),
    manifest: manifestSchema.parse({
      ...before,
      nonce: toHex(sha256(Buffer.from('consilium/continuation/1\0'), encodeCanonical(continues))),
      continues,
      minimumMembers: begin.length,
    }),
  };
}

function roundOf({ cleanRound, models, accounts }: Taint, { continues }: Manifest): number {
  if (!models.some(({ member }) => !accounts.includes(member))) {
    throw noCheckpoint('that work reached no model of the others, so that there is nothing to take back');
  }
  if (cleanRound < (continues?.round ?? 0)) {
    throw noCheckpoint(
      `the study itself continues ${continues?.study}, and what it begins with may hold that work; ` +
        'go back from the bundle of that study, and leave out here whom this one leaves out',
    );
  }
  return cleanRound;
}

/** The bases that members signed for a round, by account. */
function basesOf({ evidence }: Bundle, members: readonly Hex[], round: number): Continuation['bases'] {
  return [...signedRecords(evidence).values()]
    .filter((record) => record.round === round && members.includes(record.member))
    .map(({ member, base, recipe }) => ({ member, base, recipe }))
    .toSorted((a, b) => (a.member < b.member ? -1 : 1));
}

function noCheckpoint(reason: string): PeerError {
  return new PeerError('peer/no-clean-checkpoint', reason);
}
