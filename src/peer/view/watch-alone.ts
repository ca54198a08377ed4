import { stat } from 'node:fs/promises';
import { type AloneRecord, aloneFile, readAloneRecord } from '../alone/alone-record.ts';
import type { LearningView } from '../member-view.ts';
import { thinOut } from './thin-out.ts';

/** How far the member's own data alone came, as another process writes it. */
export interface AloneWatch {
  /** Reads the record if it has changed. */
  look(): Promise<void>;
  view(): LearningView['alone'];
}

/** @param folder of the record @param isWanted whether this peer has it trained */
export function watchAlone(folder: string, isWanted: boolean): AloneWatch {
  let record: AloneRecord | null = null;
  let readAt = 0;
  return {
    async look() {
      const changedAt = await stat(aloneFile(folder)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0, // not there yet
      );
      if (changedAt === readAt) return;
      readAt = changedAt;
      record = await readAloneRecord(folder);
    },
    view() {
      const attempt = record?.attempts[record.chosen ?? record.attempts.length - 1];
      if (record === null || attempt === undefined) {
        return { state: isWanted ? 'waiting' : 'off', stepFactor: 1, points: [] };
      }
      return {
        state: record.chosen === null ? 'training' : 'done',
        stepFactor: attempt.stepFactor,
        points: thinOut(attempt.points.map(({ rounds, heldOut, common }) => ({ round: rounds, heldOut, common }))),
      };
    },
  };
}
