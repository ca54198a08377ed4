import type { StudySetting } from './study-setting.ts';

/**
 * Deletes what the member kept to itself of rounds that it needs no more: not for its next round, and not to go on from the checkpoint
 * before somebody's first contribution was mixed, should that one withdraw.
 * @param next the round that is trained next
 */
export async function dropOutlived(
  { manifest, store, privateBlobs }: Pick<StudySetting, 'manifest' | 'store' | 'privateBlobs'>,
  next: number,
): Promise<void> {
  const state = store.privateState();
  const firsts = store.firstRounds();
  const { boundRounds } = manifest.staleness;
  const last = Math.min(next - 1, state.at(-1)?.round ?? 0);
  const isNeeded = (round: number): boolean =>
    round >= last || firsts.some((first) => first - 1 <= round && round < first + boundRounds);
  const [kept, outlived] = [
    state.filter(({ round }) => isNeeded(round)),
    state.filter(({ round }) => !isNeeded(round)),
  ];
  // A blob may be of several rounds: what is nothing looks the same in all of them.
  const named = new Set(kept.flatMap(({ digests }) => digests));
  for (const { round, digests } of outlived) {
    for (const digest of digests) if (!named.has(digest)) await privateBlobs.remove(digest);
    store.dropPrivateState(round);
  }
}
