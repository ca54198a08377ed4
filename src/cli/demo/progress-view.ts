import type { PeerEvent } from '../../peer/peer-event.ts';
import { formatTable } from '../format-table.ts';
import type { PeerRow } from './live-state.ts';

/** How a demo shows itself while it runs. */
export interface ProgressView {
  /** One step of the demo itself. */
  step(text: string, event: Record<string, unknown>): void;
  /** An event of a peer, after its row was brought up to date. */
  peer(row: PeerRow, event: PeerEvent): void;
  /** Leaves the terminal as the result is to find it. */
  end(): void;
}

/** One JSON event a line. */
export function jsonView(out: NodeJS.WritableStream): ProgressView {
  const print = (value: object): void => void out.write(`${JSON.stringify(value)}\n`);
  return {
    step: (_text, event) => print(event),
    peer: (row, event) => print({ ...event, member: row.address, peer: row.name }),
    end: () => {},
  };
}

/** Plain lines, for logs and pipes: steps, and one line a peer and round. */
export function lineView(out: NodeJS.WritableStream): ProgressView {
  return {
    step: (text) => void out.write(`${text}\n`),
    peer: (row, event) => {
      const line = describe(row, event);
      if (line !== null) out.write(`${row.name}: ${line}\n`);
    },
    end: () => {},
  };
}

function describe(row: PeerRow, event: PeerEvent): string | null {
  switch (event.event) {
    case 'study.joined':
      return `joined the study as participant ${event.position + 1} of ${event.participants}`;
    case 'round.evaluated':
      return `round ${event.round}: accuracy ${percent(row.accuracy)}, training loss ${decimal(row.loss)}`;
    case 'round.mixed':
      return `round ${event.round}: mixed ${event.entries} contributions${event.refused === 0 ? '' : `, refused ${event.refused}`}`;
    case 'study.finished':
      return `finished, ${row.anchored} contributions anchored`;
    default:
      return null;
  }
}

const REDRAW_MILLISECONDS = 100;

/** A compact table that is drawn again in place. */
export function tableView(out: NodeJS.WriteStream, rows: () => readonly PeerRow[]): ProgressView {
  let drawn = 0;
  let timer: NodeJS.Timeout | null = null;
  const erase = (): void => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    timer = null;
    const lines = tableOf(rows())
      .split('\n')
      .map((line) => line.slice(0, Math.max(20, out.columns - 1)));
    erase();
    out.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const soon = (): void => {
    timer ??= setTimeout(draw, REDRAW_MILLISECONDS);
  };
  return {
    step: (text) => {
      erase();
      out.write(`${text}\n`);
      if (rows().length > 0) soon();
    },
    peer: soon,
    end: () => {
      if (timer !== null) clearTimeout(timer);
      if (rows().length > 0) draw();
    },
  };
}

function tableOf(rows: readonly PeerRow[]): string {
  const header = ['member', 'phase', 'round', 'loss', 'accuracy', 'in', 'out', 'anchored', 'pending', 'score'];
  return formatTable(
    header,
    rows.map((row) => [
      row.name,
      row.phase,
      String(row.round),
      decimal(row.loss),
      percent(row.accuracy),
      bytes(row.bytesIn),
      bytes(row.bytesOut),
      String(row.anchored),
      String(row.pending),
      row.scoreMicros === null ? '–' : (row.scoreMicros / 1e6).toFixed(3),
    ]),
  );
}

export const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

const decimal = (value: number | null): string => (value === null ? '–' : value.toFixed(4));

function bytes(count: number): string {
  if (count < 1e4) return `${count} B`;
  return count < 1e7 ? `${(count / 1e3).toFixed(0)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
