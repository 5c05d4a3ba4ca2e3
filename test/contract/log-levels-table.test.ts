import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LogLevelsTable } from '../../provider/adapters/dynamodb/log-levels-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
const KEY = { pk: 'SETTING#log-level', sk: 'SETTING' } as const;

describeOnEngines('the log level', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let levels: LogLevelsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    levels = new LogLevelsTable(directory);
  });
  beforeEach(() => directory.delete(KEY));
  afterAll(() => engine?.close());

  it('is none until it is set, and then what was set last', async () => {
    expect(await levels.read()).toBeUndefined();
    await levels.record({ level: 'debug', until: NOW });
    await levels.record({ level: 'debug', until: NOW + 60 });
    expect(await levels.read()).toEqual({ level: 'debug', until: NOW + 60 });
    await levels.record({ level: 'info' });
    expect(await levels.read()).toBeUndefined();
    expect(await directory.get(KEY)).toEqual({ ...KEY, level: 'info' });
  });

  it.each([{ level: 'trace', until: NOW }, { level: 'debug' }, { level: 'debug', until: 'never' }])(
    'is none in a form that this version does not know: %o',
    async (form) => {
      await directory.put({ ...KEY, ...form });
      expect(await levels.read()).toBeUndefined();
    },
  );
});
