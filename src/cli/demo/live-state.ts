import type { Hex } from '../../base/bytes.ts';
import type { PeerEvent } from '../../peer/peer-event.ts';

/** What is known of one peer while it runs. */
export interface PeerRow {
  readonly name: string;
  readonly address: Hex;
  phase: string;
  round: number;
  loss: number | null;
  /** Of the base of the round, on the common test part. */
  accuracy: number | null;
  auc: number | null;
  bytesIn: number;
  bytesOut: number;
  anchored: number;
  pending: number;
  /** The study's score so far in millionths, by the ledger; null before the first reveal. */
  scoreMicros: number | null;
  finalModel: Hex | null;
}

export function newRow(name: string, address: Hex): PeerRow {
  return {
    name,
    address,
    phase: 'starting',
    round: 0,
    loss: null,
    accuracy: null,
    auc: null,
    bytesIn: 0,
    bytesOut: 0,
    anchored: 0,
    pending: 0,
    scoreMicros: null,
    finalModel: null,
  };
}

/** Takes in one event of the row's peer. */
export function applyEvent(row: PeerRow, event: PeerEvent): void {
  switch (event.event) {
    case 'study.joined':
      row.phase = 'joined';
      return;
    case 'round.started':
      row.phase = 'training';
      row.round = event.round;
      return;
    case 'round.epoch':
      row.loss = event.loss;
      return;
    case 'round.evaluated':
      row.accuracy = (event.common ?? event.heldOut).accuracy;
      row.auc = (event.common ?? event.heldOut).auc;
      return;
    case 'round.announced':
      row.phase = 'waiting';
      row.round = event.round;
      row.pending += 1;
      return;
    case 'round.pulling':
      row.phase = 'pulling';
      return;
    case 'round.pulled':
      row.phase = 'mixing';
      return;
    case 'round.mixed':
      row.phase = 'valuing';
      return;
    case 'peer.traffic':
      row.bytesIn = event.bytesIn;
      row.bytesOut = event.bytesOut;
      return;
    case 'record.anchored':
      row.pending = event.pending;
      if (event.kind === 'contribution') row.anchored += 1;
      return;
    case 'study.finished':
      row.phase = 'finished';
      row.finalModel = event.finalModel;
      return;
    default:
      return;
  }
}
