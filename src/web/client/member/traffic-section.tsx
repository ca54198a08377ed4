import type { TrafficView } from '../../../peer/member-view.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { bytes } from '../shell/format.ts';
import { Section } from '../shell/frame.tsx';
import { Empty } from '../shell/states.tsx';

/** What goes in and out. */
export function TrafficSection({ traffic }: { traffic: TrafficView }) {
  const { bytesIn, bytesOut, inPerSecond, outPerSecond, recent } = traffic;
  const seriesOf = (pick: (step: TrafficView['recent'][number]) => number) =>
    recent.map((step) => ({ x: -step.secondsAgo, y: pick(step) }));
  return (
    <Section
      id="traffic"
      title="Traffic"
      note={`Payload since this peer started: ${bytes(bytesIn)} in, ${bytes(bytesOut)} out. Over the last ten seconds ${bytes(inPerSecond)}/s in, ${bytes(outPerSecond)}/s out.`}
    >
      {recent.length < 2 ? (
        <Empty>The curve begins after some seconds.</Empty>
      ) : recent.every(({ inPerSecond: into, outPerSecond: out }) => into + out === 0) ? (
        <Empty>Nothing came in or went out in the last minutes.</Empty>
      ) : (
        <LineChart
          title="Bytes a second, the last minutes"
          description="Payload in and out, averaged over five seconds each."
          series={[
            { name: 'in', position: 0, points: seriesOf((step) => step.inPerSecond) },
            { name: 'out', position: 1, points: seriesOf((step) => step.outPerSecond) },
          ]}
          xTitle="seconds from now"
          format={bytes}
          within={[0, Infinity]}
        />
      )}
    </Section>
  );
}
