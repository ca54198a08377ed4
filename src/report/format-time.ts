const ISO_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/;

/** An ISO 8601 time in UTC as people read it; any other text as it is. */
export function formatTime(iso: string): string {
  const [, day, time] = ISO_TIME.exec(iso) ?? [];
  return day === undefined ? iso : `${day} ${time} UTC`;
}
