import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** A number that is read when somebody asks for it. */
export interface GaugeSpec {
  /** With its unit as a suffix. */
  readonly name: string;
  readonly help: string;
  /** The value now, or values by label. Labels come from a fixed set, never from what a peer sent. */
  read(): number | readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
  readonly labels?: readonly string[];
}

/** A number that only grows. */
export interface CounterSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Metrics of one process in the OpenMetrics text format (https://prometheus.io/docs/specs/om/open_metrics_spec/). */
export interface Metrics {
  gauge(spec: GaugeSpec): void;
  /** @returns what counts one more */
  counter(spec: CounterSpec): (labels: Readonly<Record<string, string>>) => void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** Memory, descriptors, event-loop delay and processor time of the process are among them from the start. */
export function createMetrics(): Metrics {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry as unknown as Registry });
  const registers = [registry as unknown as Registry];
  return {
    gauge({ name, help, labels = [], read }) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers,
        collect() {
          const value = read();
          gauge.reset();
          for (const each of typeof value === 'number' ? [{ labels: {}, value }] : value) {
            gauge.set(each.labels, each.value);
          }
        },
      });
    },
    counter({ name, help, labels }) {
      const counter = new Counter({ name, help, labelNames: [...labels], registers });
      return (values) => counter.inc({ ...values });
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
