import { type Contribution, isClosing } from '../protocol/contribution.ts';
import { participantsIn } from '../protocol/participants.ts';
import { decodeUpdateSegment } from '../protocol/segment-codec.ts';
import { type AuditSubject, keyOf } from './audit-subject.ts';
import { type CopyReport, findCopies, type RecordedUpdate, type Repetition } from './find-copies.ts';
import type { Finding, Notice } from './finding.ts';
import { createSketcher, emptySketch, type SketchedChange } from './update-sketch.ts';

/** Sees every training contribution beside the base that it was trained from, as the replay comes to it. */
export interface CopyCheck {
  see(contribution: Contribution, base: readonly Float32Array[]): Promise<void>;
  report(): { readonly findings: Finding[]; readonly notices: Notice[] };
}

/** Looks for updates that are another member's, or older ones of the member's own. Keeps 16 KiB a contribution, whatever its size. */
export function checkCopies(subject: AuditSubject): CopyCheck {
  // The last head was known to nobody who could still choose an update.
  const sketcher = createSketcher(subject.log.at(-1)?.head ?? subject.study);
  const changes = new Map<string, SketchedChange>();
  return {
    async see(contribution, base) {
      if (isClosing(contribution)) return;
      const { member, round } = contribution;
      const digests = subject.announcements.get(keyOf(round, member))?.segments ?? [];
      const change = { from: emptySketch(), to: emptySketch() };
      let start = 0;
      for (const [segment, own] of base.entries()) {
        const bytes = await subject.bundle.segment(digests[segment] ?? '0x');
        const part = bytes && decodeUpdateSegment(subject.manifest, round, { bytes, length: own.length, base: own });
        if (!part) return; // what is missing or damaged has findings of its own
        sketcher.add(change.from, own, start);
        sketcher.add(change.to, part, start);
        start += own.length;
      }
      changes.set(keyOf(round, member), change);
    },
    report: () => describe(findCopies(recorded(subject, changes)), unchanged(changes, subject)),
  };
}

function recorded({ log }: AuditSubject, changes: ReadonlyMap<string, SketchedChange>): RecordedUpdate[] {
  const participants = participantsIn(log);
  return log.flatMap((entry): RecordedUpdate[] => {
    if (entry.kind !== 'contribution' || isClosing(entry.record)) return [];
    const { member, round, update: digest } = entry.record;
    const position = participants.findIndex(({ accounts }) => accounts.includes(member));
    const change = changes.get(keyOf(round, member)) ?? null;
    if (change !== null && isNothing(change)) return [];
    return [{ position, member, round, sequence: entry.sequence, digest, change }];
  });
}

function unchanged(changes: ReadonlyMap<string, SketchedChange>, { contributions }: AuditSubject): Notice[] {
  return [...changes].flatMap(([key, change]): Notice[] => {
    const record = contributions.get(key);
    if (record === undefined || !isNothing(change)) return [];
    return [{ member: record.member, round: record.round, message: 'contributed its base as it was' }];
  });
}

const isNothing = ({ from, to }: SketchedChange): boolean => from.every((value, i) => value === to[i]);

function describe({ copies, replays, alike }: CopyReport, notices: readonly Notice[]) {
  const ofAnother = copies.map((copy) => toFinding(copy, `of ${copy.original.member}`));
  const [equal, similar] = [true, false].map((isEqual) =>
    replays.filter(({ cosine }) => (cosine === null) === isEqual),
  );
  return {
    findings: [...ofAnother, ...(equal ?? []).map((replay) => toFinding(replay, 'of its own'))],
    notices: [
      ...notices,
      ...(similar ?? []).map((replay) => ({
        ...placeOf(replay),
        message: `the update repeats its own of round ${replay.original.round}, although the base has moved: no training, or a very slow one on all data at once`,
      })),
      ...noticeAlike(alike),
    ],
  };
}

function toFinding(repetition: Repetition, whose: string): Finding {
  const { original, cosine } = repetition;
  const how = cosine === null ? 'bit for bit' : `with a cosine of ${cosine.toFixed(6)} between the changes`;
  const message = `the update is that ${whose} in round ${original.round}, which is entry ${original.sequence} of the log, ${how}`;
  return { code: 'audit/update-copied', ...placeOf(repetition), message };
}

const placeOf = ({ update: { member, round, sequence } }: Repetition) => ({ member, round, sequence });

function noticeAlike(rounds: readonly number[]): Notice[] {
  const [first, last] = [rounds[0], rounds.at(-1)];
  if (first === undefined) return [];
  const where = first === last ? `round ${first}` : `${rounds.length} rounds from ${first} to ${last}`;
  return [
    { message: `in ${where} the members' changes are so alike that only equal copies can be told from honest work` },
  ];
}
