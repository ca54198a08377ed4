import type { Place } from '../../../audit/finding.ts';
import { shorten, whole } from './format.ts';

/** Where something was found; empty if it is about the whole. */
export function placeInWords({ member, round, segment, sequence, offset }: Place): string {
  return [
    member === undefined ? '' : `member ${shorten(member)}`,
    round === undefined ? '' : `round ${round}`,
    segment === undefined ? '' : `segment ${segment}`,
    sequence === undefined ? '' : `entry ${whole(sequence)} of the log`,
    offset === undefined ? '' : `byte ${whole(offset)} of the file`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
