import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { startRounds, stepRounds } from '../../src/peer/round-machine.ts';
import {
  expectedOthers,
  type RoundEffect,
  type RoundEvent,
  type RoundMember,
  type RoundStart,
  type RoundState,
} from '../../src/peer/round-state.ts';
import { memberAccount } from '../builders.ts';

const [A, B, C, D] = [memberAccount(1), memberAccount(2), memberAccount(3), memberAccount(4)];

const TERMS = { rounds: 3, quorum: 0.66, stalenessBound: 2 };

const other = (account: Hex, part: Partial<RoundMember> = {}): RoundMember => ({
  account,
  accounts: [account],
  firstRound: 0,
  endRound: null,
  ...part,
});

function begin(options: Partial<RoundStart> = {}) {
  const first = startRounds({
    terms: TERMS,
    others: [A, B, C].map((account) => other(account)),
    connected: [A, B, C, D],
    round: 0,
    published: false,
    mixed: [],
    firstRound: 0,
    seek: false,
    ...options,
  });
  let { state } = first;
  const effects: RoundEffect[] = [...first.effects];
  const send = (...events: RoundEvent[]): RoundEffect[] => {
    const fresh = events.flatMap((event) => {
      const step = stepRounds(state, event);
      state = step.state;
      return step.effects;
    });
    effects.push(...fresh);
    return fresh;
  };
  return { send, effects, state: (): RoundState => state };
}

const announced = (round: number, ...members: (typeof A)[]): RoundEvent[] =>
  members.map((member) => ({ type: 'announced', member, round }));

const MIXED: RoundEvent = { type: 'mixed', refused: [] };

const PUBLISHED: RoundEvent[] = [{ type: 'trained' }, { type: 'published' }];

describe('a round', () => {
  test('trains, publishes, waits for everybody, mixes, and begins the next', () => {
    const { send, effects } = begin();
    expect(effects).toEqual([{ type: 'train', round: 0 }]);
    expect(send({ type: 'trained' })).toEqual([{ type: 'publish', round: 0 }]);
    expect(send({ type: 'published' })).toEqual([]);
    expect(send(...announced(0, A))).toEqual([]);
    const [grace, mix] = send(...announced(0, B, C));
    expect(grace).toEqual({ type: 'startTimer', timer: 'grace', round: 0 });
    expect(mix).toEqual({
      type: 'mix',
      round: 0,
      contributions: [A, B, C].toSorted().map((member) => ({ member, round: 0 })),
    });
    expect(send(MIXED)).toEqual([{ type: 'train', round: 1 }]);
  });

  test('counts what was announced before this peer was ready', () => {
    const { send } = begin();
    send(...announced(0, A, B, C));
    expect(send(...PUBLISHED).map((effect) => effect.type)).toEqual(['publish', 'mix']);
  });

  test('reveals the scores of the round before only when the others have committed to theirs', () => {
    const { send } = begin();
    send(...announced(0, A, B, C), ...PUBLISHED, MIXED, ...PUBLISHED);
    expect(send(...announced(1, A, B))).not.toContainEqual({ type: 'reveal', round: 0 });
    expect(send(...announced(1, C))).toContainEqual({ type: 'reveal', round: 0 });
  });

  test('after the last one closes: publishes without training, reveals, and finishes', () => {
    const { send } = begin({ round: 2 });
    send(...announced(2, A, B, C), ...PUBLISHED);
    expect(send(MIXED)).toEqual([{ type: 'publish', round: 3 }]);
    const end = send({ type: 'published' }, ...announced(3, A, B, C));
    expect(end.slice(-2)).toEqual([
      { type: 'reveal', round: 2 },
      { type: 'finish', absent: [] },
    ]);
  });
});

describe('waiting', () => {
  test('without a quorum goes on for ever', () => {
    const { send } = begin();
    send(...PUBLISHED, ...announced(0, A));
    expect(
      send({ type: 'elapsed', timer: 'grace', round: 0 }, { type: 'lost', member: B }, { type: 'lost', member: C }),
    ).toEqual([]);
  });

  test('with a quorum ends after the grace period, and the missing are absent', () => {
    const { send, state } = begin();
    send(...PUBLISHED, ...announced(0, A, B));
    expect(send({ type: 'elapsed', timer: 'grace', round: 0 }).map((effect) => effect.type)).toEqual(['mix']);
    expect([...state().absent]).toEqual([C]);
  });

  test('for members that are gone is shorter', () => {
    const { send } = begin();
    send(...PUBLISHED, ...announced(0, A, B));
    expect(send({ type: 'lost', member: C })).toEqual([{ type: 'startTimer', timer: 'lostGrace', round: 0 }]);
    expect(send({ type: 'elapsed', timer: 'lostGrace', round: 0 }).map((effect) => effect.type)).toEqual(['mix']);
  });

  test('goes on for a member that was gone and came back', () => {
    const { send } = begin();
    send(...PUBLISHED, ...announced(0, A, B), { type: 'lost', member: C }, { type: 'connected', member: C });
    expect(send({ type: 'elapsed', timer: 'lostGrace', round: 0 })).toEqual([]);
  });

  test('is not done for the absent again, until they speak', () => {
    const { send, state } = begin();
    send(...PUBLISHED, ...announced(0, A, B), { type: 'elapsed', timer: 'grace', round: 0 }, MIXED, ...PUBLISHED);
    expect(send(...announced(1, A, B)).map((effect) => effect.type)).toContain('mix');
    send(...announced(2, C));
    expect([...state().absent]).toEqual([]);
  });

  const types = (effects: readonly RoundEffect[]): string[] => effects.map(({ type }) => type);

  test('goes on for a member that has announced until it is connected, for nobody else may hold what it made', () => {
    const { send } = begin({ connected: [A, B] });
    send(...PUBLISHED);
    expect(send(...announced(0, A, B, C))).toEqual([{ type: 'startTimer', timer: 'grace', round: 0 }]);
    expect(types(send({ type: 'connected', member: C }))).toEqual(['mix']);
    const control = begin();
    control.send(...PUBLISHED);
    expect(types(control.send(...announced(0, A, B, C)))).toContain('mix');
  });

  test('for a member that has announced and went away is shorter', () => {
    const { send } = begin();
    send(...PUBLISHED, { type: 'lost', member: C });
    expect(send(...announced(0, A, B, C))).toEqual([{ type: 'startTimer', timer: 'lostGrace', round: 0 }]);
    expect(types(send({ type: 'elapsed', timer: 'lostGrace', round: 0 }))).toEqual(['mix']);
  });

  test('for a connection is not done again once it was in vain, until the connection was there', () => {
    const { send } = begin({ connected: [A, B], terms: { ...TERMS, rounds: 9 } });
    const mix = send(...PUBLISHED, ...announced(0, A, B, C), { type: 'elapsed', timer: 'grace', round: 0 }).at(-1);
    expect(mix).toMatchObject({ type: 'mix', contributions: expect.arrayContaining([{ member: C, round: 0 }]) });
    expect(types(send(MIXED, ...PUBLISHED, ...announced(1, A, B, C)))).toContain('mix');
    send({ type: 'connected', member: C }, { type: 'lost', member: C });
    expect(types(send(MIXED, ...PUBLISHED, ...announced(2, A, B, C)))).not.toContain('mix');
  });

  test('for closing records asks for no connection: nothing is fetched', () => {
    const { send } = begin({ connected: [], round: 3 });
    send({ type: 'published' });
    expect(types(send(...announced(3, A, B, C)))).toContain('finish');
  });

  test('takes no notice of a timer of an earlier round', () => {
    const { send } = begin();
    send(...announced(0, A, B, C), ...PUBLISHED, MIXED, ...PUBLISHED, ...announced(1, A, B));
    expect(send({ type: 'elapsed', timer: 'grace', round: 0 })).toEqual([]);
  });
});

describe('a contribution that comes late', () => {
  const late = () => {
    const peer = begin();
    peer.send(...PUBLISHED, ...announced(0, A, B), { type: 'elapsed', timer: 'grace', round: 0 }, MIXED);
    return peer;
  };

  test('is mixed in the next round, once', () => {
    const { send } = late();
    const mixes = send(...announced(0, C), ...PUBLISHED, ...announced(1, A, B)).filter(
      (effect) => effect.type === 'mix',
    );
    expect(mixes[0]?.contributions).toContainEqual({ member: C, round: 0 });
    const again = send(MIXED, ...PUBLISHED, ...announced(2, A, B)).filter((effect) => effect.type === 'mix');
    expect(again[0]?.contributions.map(({ member }) => member)).not.toContain(C);
  });

  test('gives way to a fresh one of the same member', () => {
    const { send } = late();
    const mixes = send(...announced(0, C), ...PUBLISHED, ...announced(1, C, A, B)).filter(
      (effect) => effect.type === 'mix',
    );
    expect(mixes[0]?.contributions.filter(({ member }) => member === C)).toEqual([{ member: C, round: 1 }]);
  });

  test('or that was refused is tried again', () => {
    const { send } = begin();
    send(...announced(0, A, B, C), ...PUBLISHED, { type: 'mixed', refused: [{ member: C, round: 0 }] });
    const mixes = send({ type: 'lost', member: C }, ...PUBLISHED, ...announced(1, A, B), {
      type: 'elapsed',
      timer: 'lostGrace',
      round: 1,
    }).filter((effect) => effect.type === 'mix');
    expect(mixes[0]?.contributions).toContainEqual({ member: C, round: 0 });
    expect(mixes[0]?.contributions).not.toContainEqual({ member: A, round: 0 }); // the control: that one was mixed
  });

  test('is left out beyond the bound', () => {
    const { send, state } = begin({ terms: { ...TERMS, rounds: 9 }, round: 5 });
    send(...announced(2, C));
    expect(state().announced.get(2)).toBeUndefined();
  });
});

describe('a peer that is far behind', () => {
  const behind = () => {
    const peer = begin({ terms: { ...TERMS, rounds: 20 } });
    peer.send(...announced(0, A, B, C), ...PUBLISHED, MIXED);
    return peer;
  };

  test('goes on where a quorum of the others is, with what it was training announced first', () => {
    const { send } = behind();
    send(...announced(1, A, B), ...announced(2, A, B), ...announced(5, A, B));
    expect(send({ type: 'trained' })).toEqual([{ type: 'publish', round: 1 }]);
    expect(send({ type: 'published' })).toEqual([
      { type: 'reveal', round: 0 },
      { type: 'adopt', round: 5 },
    ]);
    expect(send({ type: 'adopted', round: 5 })).toEqual([{ type: 'train', round: 5 }]);
  });

  test('does not mix again what was there before the base that it took over', () => {
    const { send } = behind();
    send(...announced(4, A, B, C), ...announced(5, A, B), ...PUBLISHED, { type: 'adopted', round: 5 }, ...PUBLISHED);
    const mixes = send({ type: 'elapsed', timer: 'grace', round: 5 }).filter((effect) => effect.type === 'mix');
    expect(mixes[0]?.contributions).toEqual([A, B].toSorted().map((member) => ({ member, round: 5 })));
  });

  test('is not drawn ahead by one of three, nor by a single round', () => {
    const { send } = behind();
    expect(send(...PUBLISHED, ...announced(9, A), ...announced(2, A, B, C))).not.toContainEqual(
      expect.objectContaining({ type: 'adopt' }),
    );
    expect(send(...announced(9, B))).toContainEqual({ type: 'adopt', round: 9 }); // the control: two of three are enough
  });

  test('goes on by itself where no base can be had, and tries again when the others are further', () => {
    const { send } = behind();
    send(...announced(1, A, B, C), ...announced(3, A, B), ...PUBLISHED);
    expect(send({ type: 'not-adopted', round: 3 })).toEqual([{ type: 'train', round: 1 }]);
  });

  test('takes over the final model when the others are closing', () => {
    const { send } = behind();
    send(...announced(20, A, B), ...PUBLISHED);
    expect(send({ type: 'adopted', round: 20 })).toEqual([{ type: 'publish', round: 20 }]);
  });

  test('asks before it trains, if somebody has begun', () => {
    const { send, effects } = begin({ seek: true, terms: { ...TERMS, rounds: 2000 } });
    expect(effects).toEqual([{ type: 'seek', round: 0 }]);
    send(...announced(1000, A, B));
    expect(send({ type: 'sought' })).toEqual([{ type: 'adopt', round: 1000 }]);
  });
});

describe('a member that joins a study that is running', () => {
  test('asks until the others are at its first round, and begins with the base that they have', () => {
    const { send } = begin({ seek: true, firstRound: 2 });
    send(...announced(1, A, B, C));
    expect(send({ type: 'sought' })).toEqual([{ type: 'seek', round: 0 }]);
    send(...announced(2, A, B));
    expect(send({ type: 'sought' })).toEqual([{ type: 'adopt', round: 2 }]);
    expect(send({ type: 'adopted', round: 2 })).toEqual([{ type: 'train', round: 2 }]);
  });

  test('is waited for, but does not keep a round from having its quorum before it has spoken', () => {
    const joined = [A, B].map((account) => other(account));
    const later = [C, D].map((account) => ({ ...other(account), firstRound: 1 }));
    const { send } = begin({ others: [...joined, ...later], round: 1 });
    send(...PUBLISHED);
    expect(send(...announced(1, A, B))).toEqual([{ type: 'startTimer', timer: 'grace', round: 1 }]);
    expect(send({ type: 'elapsed', timer: 'grace', round: 1 }).map((effect) => effect.type)).toContain('mix');
  });
});

test('a peer that restarts after signing announces again and does not train again', () => {
  expect(begin({ round: 1, published: true }).effects).toEqual([{ type: 'publish', round: 1 }]);
});

test('strangers are not counted', () => {
  const { send } = begin();
  send(...PUBLISHED);
  expect(send(...announced(0, D, A))).toEqual([]);
});

describe('participants by round', () => {
  const STAYING = [other(A), other(B)];

  test('who joins while the study runs is waited for and mixed from its first round on', () => {
    const { send } = begin({ others: STAYING });
    send({ type: 'participants', others: [...STAYING, other(D, { firstRound: 1 })] });
    const [mix] = send(...announced(0, A, B), ...PUBLISHED).filter((effect) => effect.type === 'mix');
    expect(mix?.contributions.map(({ member }) => member)).toEqual([A, B].toSorted());
    send(MIXED, ...PUBLISHED);
    expect(send(...announced(1, A, B)).map((effect) => effect.type)).not.toContain('mix');
    const [second] = send(...announced(1, D)).filter((effect) => effect.type === 'mix');
    expect(second?.contributions).toContainEqual({ member: D, round: 1 });
  });

  test('who left is not waited for from its end round on, and what it said before is still mixed', () => {
    const { send } = begin();
    send({ type: 'participants', others: [...STAYING, other(C, { endRound: 1 })] });
    send(...announced(0, A, B), ...PUBLISHED);
    const mixes = send(...announced(0, C)).filter((effect) => effect.type === 'mix');
    expect(mixes[0]?.contributions).toContainEqual({ member: C, round: 0 });
    expect(send(MIXED, ...PUBLISHED, ...announced(1, A, B)).map((effect) => effect.type)).toContain('mix');
  });

  test('what a member said before it left is mixed late in no round from its end round on', () => {
    const { send } = begin();
    const late = (endRound: number): RoundEvent[] => [
      { type: 'participants', others: [...STAYING, other(C, { endRound })] },
      ...announced(1, A, B),
    ];
    send(...announced(0, A, B), ...PUBLISHED, { type: 'elapsed', timer: 'grace', round: 0 });
    send(MIXED, ...PUBLISHED, ...announced(0, C)); // it comes after the round was mixed without it
    const [mix] = send(...late(1)).filter((effect) => effect.type === 'mix');
    expect(mix?.contributions.map(({ member }) => member)).toEqual([A, B].toSorted());
    const control = begin();
    control.send(...announced(0, A, B), ...PUBLISHED, { type: 'elapsed', timer: 'grace', round: 0 });
    control.send(MIXED, ...PUBLISHED, ...announced(0, C));
    const [staying] = control
      .send(...late(2), { type: 'elapsed', timer: 'grace', round: 1 })
      .filter((effect) => effect.type === 'mix');
    expect(staying?.contributions).toContainEqual({ member: C, round: 0 });
  });

  test('a round that only a departed member holds up goes on at once', () => {
    const { send } = begin();
    send(...PUBLISHED);
    expect(send(...announced(0, A, B)).map((effect) => effect.type)).toEqual(['startTimer']);
    const left = send({ type: 'participants', others: [...STAYING, other(C, { endRound: 0 })] });
    expect(left.map((effect) => effect.type)).toEqual(['mix']);
  });

  test('the quorum counts those who are expected in the round', () => {
    const gone = [other(B, { endRound: 0 }), other(C, { endRound: 0 })];
    const { send } = begin({ others: [other(A), ...gone] });
    expect(send(...PUBLISHED, ...announced(0, B, C)).map((effect) => effect.type)).not.toContain('mix');
    expect(send(...announced(0, A)).map((effect) => effect.type)).toContain('mix');
  });

  test('a member with a new key is one member: waited for, counted and mixed once', () => {
    const { send } = begin({ others: STAYING });
    send(...announced(0, A, B), ...PUBLISHED, MIXED, ...PUBLISHED);
    send({ type: 'participants', others: [other(A), other(D, { accounts: [B, D], firstRound: 1 })] });
    expect(send(...announced(1, A)).map((effect) => effect.type)).not.toContain('mix');
    const [mix] = send(...announced(1, D)).filter((effect) => effect.type === 'mix');
    expect(mix?.contributions).toHaveLength(2);
    expect(mix?.contributions).toContainEqual({ member: D, round: 1 });
  });
});

test('whatever happens: nothing is mixed twice, no round is skipped but by adoption, none ends without a quorum', () => {
  const member = fc.constantFrom(A, B, C);
  const event: fc.Arbitrary<RoundEvent> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('announced' as const), member, round: fc.nat(4) }) },
    fc.record({ type: fc.constantFrom('connected' as const, 'lost' as const), member }),
    fc.record({
      type: fc.constant('elapsed' as const),
      timer: fc.constantFrom('grace' as const, 'lostGrace' as const),
      round: fc.nat(3),
    }),
    fc.constantFrom<RoundEvent>({ type: 'trained' }, { type: 'published' }, MIXED),
    fc.constantFrom<RoundEvent>(
      { type: 'participants', others: [other(A), other(B), other(C)] },
      { type: 'participants', others: [other(A), other(B, { firstRound: 1 }), other(C, { endRound: 2 })] },
      { type: 'participants', others: [other(A, { endRound: 1 }), other(C, { accounts: [B, C], firstRound: 1 })] },
    ),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), fc.boolean(), (events, isAdopted) => {
      const { send, effects, state } = begin();
      const heard = new Map<number, Set<string>>();
      const adopted = new Set<number>();
      const watch = (fresh: readonly RoundEffect[]): void => {
        for (const effect of fresh) {
          if (effect.type === 'adopt') {
            if (isAdopted) adopted.add(effect.round);
            watch(send({ type: isAdopted ? 'adopted' : 'not-adopted', round: effect.round }));
          }
          if (effect.type !== 'mix') continue;
          const expected = expectedOthers({ others: state().others, round: effect.round });
          const counted = expected.filter(
            ({ firstRound, accounts }) => firstRound === 0 || accounts.some((account) => state().spoken.has(account)),
          );
          const present = expected.filter(({ accounts }) =>
            accounts.some((account) => heard.get(effect.round)?.has(account)),
          );
          expect(present.length + 1).toBeGreaterThanOrEqual(TERMS.quorum * (counted.length + 1));
        }
      };
      for (const next of events) {
        if (next.type === 'announced') heard.set(next.round, new Set([...(heard.get(next.round) ?? []), next.member]));
        watch(send(next));
      }
      const mixed = effects.flatMap((effect) =>
        effect.type === 'mix' ? effect.contributions.map((c) => `${c.round}/${c.member}`) : [],
      );
      expect(new Set(mixed).size).toBe(mixed.length);
      for (const type of ['mix', 'publish'] as const) {
        const rounds = effects.flatMap((effect) => (effect.type === type ? effect.round : []));
        for (const [i, round] of rounds.entries()) {
          const before = rounds[i - 1] ?? -1;
          expect(round).toBeGreaterThan(before);
          if (round > before + 1) expect([...adopted].some((each) => each > before && each <= round)).toBe(true);
        }
      }
    }),
    { seed: 7, numRuns: 2000 },
  );
});
