import * as v from 'valibot';
import { PLATFORMS } from '../../provider/core/device/device.ts';
import type { Applied } from '../../provider/flows/device/apply-platform-application.ts';
import { toned } from '../command-line/colour.ts';
import { command, type Noun } from '../command-line/command.ts';
import { table } from '../command-line/text-layout.ts';
import {
  callFunction,
  findFunction,
  type OperatorFunction,
  optionsFor,
  readFunctionAnswer,
} from '../deployment/function-call.ts';

const PLATFORM_APPLICATION: OperatorFunction = {
  name: 'platform-application',
  output: 'PlatformApplicationFunction',
  variable: 'CIBA_PLATFORM_APPLICATION_FUNCTION',
  notLocal: 'The local runtime has no push credentials.',
};

const outcomeByPlatform: v.GenericSchema<Readonly<Record<string, Applied>>> = v.record(
  v.string(),
  v.variant('ok', [
    v.object({ ok: v.literal(true), arn: v.string() }),
    v.object({ ok: v.literal(false), why: v.string() }),
  ]),
);

const refresh = command({
  name: 'refresh',
  about: 'Applies push credentials to SNS again, after their secret has changed.',
  notes:
    'The applications and all endpoints stay, so no phone has to enrol again. You can repeat the command safely. It does not touch applications that the deployment did not make (applicationArn in the settings). The exit code is 1 if a credential was not applied.',
  arguments: [],
  needs: 'names',
  options: {
    ...optionsFor(PLATFORM_APPLICATION),
    platform: { kind: 'list', of: PLATFORMS, about: 'Only this platform. May be repeated. Default: all.' },
  },
  examples: [
    'ciba push-credentials refresh --stack ciba-production',
    'ciba push-credentials refresh --stack ciba-production --platform GCM',
  ],
  async run({ deployment, options }) {
    const { platform: platforms } = options;
    const target = await findFunction(deployment, PLATFORM_APPLICATION, options);
    const json = await callFunction(target, { action: 'refresh', ...(platforms && { platforms }) });
    const outcomes = Object.entries(readFunctionAnswer(outcomeByPlatform, json));
    const rows = outcomes.map(([platform, applied]) => [
      platform,
      applied.ok ? toned('good', 'applied') : toned('bad', 'not applied'),
      applied.ok ? applied.arn : applied.why,
    ]);
    return {
      json,
      text: table(['PLATFORM', 'CREDENTIAL', 'APPLICATION'], rows),
      failed: outcomes.some(([, { ok }]) => !ok),
    };
  },
});

/** `ciba push-credentials …` */
export const pushCredentialsNoun: Noun = {
  name: 'push-credentials',
  about: 'Credentials from Apple and Google for pushes.',
  commands: [refresh],
};
