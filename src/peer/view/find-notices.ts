import type { MemberPictures, PartDrift } from '../member-pictures.ts';
import type { MemberView, RoundFigures, Warning } from '../member-view.ts';
import type { PeerProblem } from '../peer-status.ts';

type Noticed = Pick<MemberView, 'status' | 'members' | 'learning' | 'privacy'>;

/** One round of lead is a matter of speed; more means that this peer holds nobody up and falls behind. */
const ROUNDS_BEHIND = 2;
/** One round's figures of a small held-out part say little. */
const ROUNDS_WORSE = 3;
/** Differences below this are chance on the held-out parts that hospitals have. */
const CLEARLY_WORSE = 0.02;

/** All that is wrong, then all that is worth knowing. */
export function findWarnings(view: Noticed, drift?: MemberPictures['drift']): Warning[] {
  const problems = view.status.problems.map(
    ({ code, remedy }: PeerProblem): Warning => ({ code, severity: 'bad', remedy }),
  );
  const notices = [
    inputsDrifted(drift),
    outputsDrifted(drift),
    behind(view),
    budgetEndsEarly(view),
    worseThanAlone(view),
    banned(view),
    missing(view),
  ];
  return [...problems, ...notices.filter((notice) => notice !== null)];
}

const notice = (code: string, remedy: string): Warning => ({ code, severity: 'notice', remedy });

function inputsDrifted(drift: MemberPictures['drift'] | undefined): Warning | null {
  if (drift?.inputs.state !== 'alert') return null;
  return notice(
    'notice/drift-inputs',
    `this member's held-out records are not like its training records${shiftedMost(drift.inputs)}. Look at Images on this page, and whether both parts were prepared alike and are from the same scanners and time; if not, split the data again before the next study`,
  );
}

/** Where the inputs differ too, that says why. */
function outputsDrifted(drift: MemberPictures['drift'] | undefined): Warning | null {
  if (drift?.outputs.state !== 'alert' || drift.inputs.state === 'alert') return null;
  return notice(
    'notice/drift-outputs',
    `the model says other things of this member's held-out records than of its training records${shiftedMost(drift.outputs)}, while the records look alike: it may know the training records by heart. Compare the curves under Learning; a shorter training in each round or a patience helps in the next study`,
  );
}

function shiftedMost({ quantities }: PartDrift): string {
  const shifted = quantities.filter(({ state }) => state === 'alert').slice(0, 3);
  return shifted.length === 0 ? '' : ` (most of all ${shifted.map(({ name }) => name).join(', ')})`;
}

function behind({ status, members }: Noticed): Warning | null {
  const { round } = status;
  const furthest = Math.max(
    -1,
    ...members.map((member) => (member.connection === 'self' ? -1 : (member.heardRound ?? -1))),
  );
  if (round === null || furthest - round < ROUNDS_BEHIND) return null;
  return notice(
    'notice/behind',
    `others have announced round ${furthest} while this peer is in round ${round}; what it contributes is mixed late and weighs less. Give it more computing, or less beside it`,
  );
}

function budgetEndsEarly({ privacy }: Noticed): Warning | null {
  if (privacy === null || privacy.roundsAffordable >= privacy.roundsLeft) return null;
  const { roundsAffordable, roundsLeft } = privacy;
  return notice(
    'notice/budget-ends-early',
    `the privacy budget is enough for ${roundsAffordable} of the ${roundsLeft} rounds that are left; then this member leaves the study, and keeps the model that it has by then. Attempts that a crash or a stop ended were paid for too`,
  );
}

function worseThanAlone({ learning }: Noticed): Warning | null {
  const alone = new Map(learning.alone.points.map((point) => [point.round, point]));
  const compared = learning.rounds.filter(({ round }) => round > 0 && alone.has(round)).slice(-ROUNDS_WORSE);
  const isWorse = ({ round, heldOut }: RoundFigures): boolean => {
    const by = alone.get(round)?.heldOut;
    if (by === undefined || heldOut.loss <= by.loss) return false;
    return (by.accuracy ?? by.auc ?? 0) - (heldOut.accuracy ?? heldOut.auc ?? 0) > CLEARLY_WORSE;
  };
  if (compared.length < ROUNDS_WORSE || !compared.every(isWorse)) return null;
  return notice(
    'notice/worse-than-alone',
    `for ${ROUNDS_WORSE} rounds the study's model has done clearly worse on this member's held-out data than its own data alone would have. Look for wrong labels with 'consilium data value', and compare with the others before going on`,
  );
}

function banned({ members }: Noticed): Warning | null {
  const cut = members.filter(({ connection }) => connection === 'banned');
  if (cut.length === 0) return null;
  return notice(
    'notice/member-banned',
    `${cut.length === 1 ? 'a member is' : `${cut.length} members are`} cut off for half an hour for messages that no honest peer sends; peer.log has them under gossip.banned. Tell that member and the consortium`,
  );
}

function missing({ status, members }: Noticed): Warning | null {
  if (status.phase === 'finished' || status.problems.some(({ code }) => code === 'status/no-quorum')) return null;
  const absent = members.filter(({ connection }) => connection === 'missing').length;
  if (absent === 0) return null;
  return notice(
    'notice/members-missing',
    `${absent} of ${members.length - 1} others ${absent === 1 ? 'is' : 'are'} not connected; rounds go on without them. Nothing is to be done here if they are known to be away`,
  );
}
