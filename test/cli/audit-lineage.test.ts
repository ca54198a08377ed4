import { beforeAll, describe, expect, test } from 'vitest';
import type { ModelLineage } from '../../src/audit/model-lineage.ts';
import { auditLineageCommand } from '../../src/cli/audit/lineage-command.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
let study: SyntheticStudy;
let path: string;
beforeAll(async () => {
  study = await syntheticStudy();
  path = await bundleOf(study);
});

const lineageOf = async (...args: string[]): Promise<ModelLineage> =>
  JSON.parse((await captureCommand(auditLineageCommand, ...args, '--json')).stdout);

describe('audit lineage', () => {
  test('of a final model has a weight of one for each round, and shares that sum to one', async () => {
    const { rows, isFinal, round } = await lineageOf(path, '--member', memberAccount(3));
    expect([isFinal, round]).toEqual([true, ROUNDS]);
    for (let each = 0; each < ROUNDS; each++) {
      const weights = rows.filter((row) => row.round === each).map(({ weight }) => weight);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    }
    expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(new Set(rows.map(({ member }) => member)).size).toBe(MEMBERS);
  });

  test('names the place in the log of each contribution', async () => {
    const { rows } = await lineageOf(path, '--member', memberAccount(3), '--round', '1');
    expect(rows.length).toBeGreaterThan(1);
    for (const { entry, member, round, update } of rows) {
      expect(study.evidence.log[entry]).toMatchObject({ kind: 'contribution', record: { member, round, update } });
    }
  });

  test('as JSON has the graph, whose models are those that the members signed', async () => {
    const { edges, rows, model } = await lineageOf(path, '--member', memberAccount(3));
    expect(edges[0]?.to).toEqual({ member: memberAccount(3), round: ROUNDS, part: 'base', digest: model });
    for (const { from, to } of edges) {
      for (const end of from === null ? [to] : [from, to]) {
        const signed = study.evidence.announcements.find(
          ({ record }) => record.member === end.member && record.round === end.round,
        );
        expect(end.digest).toBe(signed?.record[end.part]);
      }
    }
    const mixed = edges.filter(({ kind }) => kind === 'mixed').map(({ from }) => from?.digest);
    expect(new Set(mixed)).toEqual(new Set(rows.map(({ update }) => update)));
    expect(edges.filter(({ kind }) => kind === 'initial')).toHaveLength(MEMBERS);
  });

  test('separates cells as it is told, of CSV only', async () => {
    const of = ['--member', memberAccount(1)];
    const csv = await captureCommand(auditLineageCommand, path, ...of, '--csv', '--delimiter', 'semicolon');
    expect(csv.stdout.split('\r\n')[0]).toBe('round;member;weight;share;update;entry');
    for (const wrong of [
      ['--csv', '--delimiter', ','],
      ['--delimiter', 'tab'],
    ]) {
      await expect(captureCommand(auditLineageCommand, path, ...of, ...wrong)).rejects.toMatchObject({
        code: 'cli/usage',
      });
    }
  });

  test('is a table for people, and rows for spreadsheets', async () => {
    const text = await captureCommand(auditLineageCommand, path, '--member', memberAccount(1));
    expect([text.code, text.stdout.includes(memberAccount(4))]).toEqual([0, true]);
    const csv = await captureCommand(auditLineageCommand, path, '--member', memberAccount(1), '--csv');
    expect(csv.stdout.split('\r\n')[0]).toBe('round,member,weight,share,update,entry');
  });

  test('says whose base it could not follow', async () => {
    const lost = study.evidence.announcements.find(
      ({ record }) => record.member === memberAccount(2) && record.round === 2,
    );
    const without = await bundleOf(study, { without: lost?.record.recipe ?? '0x' });
    const { unknown } = await lineageOf(without, '--member', memberAccount(2), '--round', '2');
    expect(unknown).toEqual([{ member: memberAccount(2), round: 2, weight: 1 }]);
  });

  test('refuses a round of which there is no record', async () => {
    const refused = expect.objectContaining({ code: 'audit/no-such-record' });
    await expect(lineageOf(path, '--member', memberAccount(1), '--round', '7')).rejects.toThrow(refused);
  });
});

describe('audit lineage --tainted-by', () => {
  const member = memberAccount(2);

  test('lists every model that the work of a member reached, with its share, and the last ones without it', async () => {
    const { code, stdout } = await captureCommand(auditLineageCommand, path, '--tainted-by', member, '--json');
    const { models, checkpoints, cleanRound } = JSON.parse(stdout);
    expect([code, cleanRound, checkpoints.length]).toEqual([0, 0, MEMBERS - 1]);
    expect(models[0]).toMatchObject({ member, round: 0, kind: 'update', share: 1 });
    expect(models.filter(({ kind }: { kind: string }) => kind === 'base')).toHaveLength(MEMBERS * ROUNDS);
  });

  test('is a table for people, and rows for spreadsheets', async () => {
    const text = await captureCommand(auditLineageCommand, path, '--tainted-by', member);
    expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('without it in round 0')]);
    const csv = await captureCommand(auditLineageCommand, path, '--tainted-by', member, '--csv');
    expect(csv.stdout.split('\r\n')[0]).toBe('round,member,kind,share,digest');
  });

  test('is not asked together with a member', async () => {
    const both = captureCommand(auditLineageCommand, path, '--tainted-by', member, '--member', member);
    await expect(both).rejects.toMatchObject({ code: 'cli/usage' });
  });
});
