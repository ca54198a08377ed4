import type { Ledger } from '../ledger/ledger.ts';
import { anchorAbsent } from './anchor-absent.ts';
import type { CoSigner } from './co-sign.ts';
import { hasWithdrawn, joinStudy } from './enter-study.ts';
import { leaveIfExhausted } from './leave-if-exhausted.ts';
import type { PreparedMember } from './prepare-member.ts';
import type { Progress } from './progress.ts';
import { runStudy, type StudyRun } from './run-study.ts';
import { participantsOf, positionsOf } from './study-knowledge.ts';
import type { StudySetting } from './study-setting.ts';

/** How often a peer that has finished looks whether everything is anchored. */
const DRAIN_MILLISECONDS = 1_000;

export interface PartDeps {
  readonly setting: StudySetting;
  readonly member: PreparedMember;
  readonly ledger: Ledger;
  readonly coSigner: CoSigner;
  /** Where to begin, or to go on. */
  readonly progress: Progress;
  /** Told of what goes on beside the rounds, and must end before the peer does. */
  alongside(work: Promise<unknown>): void;
  /** Told when the member has joined, and when the rounds run. */
  onJoined(): void;
  onRun(run: StudyRun): void;
}

/**
 * A member's part in a study, from joining until all that it has to say is on the ledger; of a member that has withdrawn, only the latter.
 * @param signal ends it early @throws the errors of the parts
 */
export async function takePart(deps: PartDeps, signal: AbortSignal): Promise<void> {
  const { setting, member, ledger, coSigner, progress } = deps;
  const { index, outbox, clock, store, network, emit } = setting;
  if (hasWithdrawn(index, setting.self)) {
    deps.alongside(outbox.run(signal));
    await drain(setting, signal);
    return emit({ event: 'study.withdrawn' });
  }
  await joinStudy({ clock, ledger, index, member }, signal);
  deps.alongside(outbox.run(signal));
  emit({
    event: 'study.joined',
    position: positionsOf(index).findIndex((accounts) => accounts.includes(setting.self)),
    participants: participantsOf(index, setting.manifest).length,
  });
  deps.onJoined();
  const run = runStudy(setting, progress, signal);
  deps.onRun(run);
  const absent = await run.finished.catch((error: unknown) => leaveIfExhausted(error, { ledger, outbox, setting }));
  emit({ event: 'study.finishing' });
  await drain(setting, signal);
  await anchorAbsent(setting, ledger, signal);
  await index.refresh();
  await coSigner.work();
  await coSigner.signLast();
  emit({ event: 'peer.traffic', ...network.traffic() });
  emit({ event: 'study.finished', finalModel: store.progress()?.base ?? progress.base, absent });
}

async function drain({ outbox }: StudySetting, signal: AbortSignal): Promise<void> {
  while (!(await outbox.drained(DRAIN_MILLISECONDS))) signal.throwIfAborted();
}
