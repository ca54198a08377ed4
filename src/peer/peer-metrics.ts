import type { Metrics } from '../base/metrics.ts';
import type { PeerPhase, PeerStatus } from './peer-status.ts';

const PHASES: readonly PeerPhase[] = [
  'starting',
  'joining',
  'training',
  'waiting',
  'pulling',
  'mixing',
  'valuing',
  'finishing',
  'finished',
];

/** Declares what a peer measures about its study. No label and no value says anything about a patient or names a member. */
export function declarePeerMetrics(metrics: Metrics, status: () => PeerStatus): void {
  metrics.gauge({
    name: 'consilium_round',
    help: 'Round that the peer is in, from 0',
    read: () => status().round ?? 0,
  });
  metrics.gauge({ name: 'consilium_rounds', help: 'Training rounds of the study', read: () => status().rounds });
  metrics.gauge({
    name: 'consilium_phase',
    help: '1 for the phase that the peer is in',
    labels: ['phase'],
    read: () => PHASES.map((phase) => ({ labels: { phase }, value: status().phase === phase ? 1 : 0 })),
  });
  metrics.gauge({
    name: 'consilium_participants',
    help: 'Members that take part',
    read: () => status().participants ?? 0,
  });
  metrics.gauge({
    name: 'consilium_connected_members',
    help: 'Members that are connected',
    read: () => status().connected.length,
  });
  metrics.gauge({
    name: 'consilium_payload_bytes',
    help: 'Payload since the start',
    labels: ['direction'],
    read: () => [
      { labels: { direction: 'in' }, value: status().traffic.bytesIn },
      { labels: { direction: 'out' }, value: status().traffic.bytesOut },
    ],
  });
  metrics.gauge({
    name: 'consilium_score_error_nats',
    help: 'Largest standard error of the scores of the last mix; 0 where none was drawn',
    read: () => (status().lastValuation?.scoreErrorMicros ?? 0) / 1e6,
  });
  metrics.gauge({
    name: 'consilium_outbox_records',
    help: 'Own contributions by what became of them',
    labels: ['state'],
    read: () => Object.entries(status().outbox).map(([state, value]) => ({ labels: { state }, value })),
  });
  metrics.gauge({
    name: 'consilium_ledger_entries',
    help: "Entries of the study's log",
    read: () => status().ledger.entries,
  });
  metrics.gauge({
    name: 'consilium_ledger_silence_seconds',
    help: 'Seconds since the chain answered last',
    read: () => status().ledger.secondsSinceContact ?? status().upSeconds,
  });
  metrics.gauge({
    name: 'consilium_problems',
    help: 'Problems that peer status names',
    read: () => status().problems.length,
  });
}
