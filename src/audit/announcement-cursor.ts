import type { Hex } from '../base/bytes.ts';
import type { Announcement } from '../protocol/announcement.ts';

/** How far ahead a record that is not in its place is looked for. */
const WINDOW = 1024;

/** Goes through a bundle's announcements beside its log, which they follow; holds few of them. */
export interface AnnouncementCursor {
  /** The signed record of a contribution; null if it is not there, or too far from its place. */
  take(round: number, member: Hex): Promise<Announcement | null>;
  /** Those that nothing took. */
  rest(): AsyncGenerator<Announcement>;
}

export function createAnnouncementCursor(announcements: AsyncIterator<Announcement>): AnnouncementCursor {
  const passed = new Map<string, Announcement>();
  const next = async (): Promise<Announcement | null> => {
    const { value, done } = await announcements.next();
    return done === true ? null : value;
  };
  return {
    take: async (round, member) => {
      const wanted = `${round}/${member}`;
      const earlier = passed.get(wanted);
      if (passed.delete(wanted) && earlier !== undefined) return earlier;
      while (passed.size < WINDOW) {
        const announcement = await next();
        if (announcement === null) return null;
        const key = `${announcement.record.round}/${announcement.record.member}`;
        if (key === wanted) return announcement;
        passed.set(key, announcement);
      }
      return null;
    },
    async *rest() {
      yield* passed.values();
      for (let item = await next(); item !== null; item = await next()) yield item;
    },
  };
}
