import type { DeviceView } from '../../provider/core/device/device.ts';
import { type Toned, toned } from '../command-line/colour.ts';
import { command, type Noun } from '../command-line/command.ts';
import { instant, plainLine, quoted, table } from '../command-line/text-layout.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';

const list = command({
  name: 'list',
  about: 'Lists the devices of a user.',
  notes:
    'A device is unreachable when Apple or Google reported that its push token is no longer valid. It becomes reachable again when the user opens the app. A leftover is no enrolled device and can do nothing: remove it.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba device list anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json, body } = await api.call('GET /admin/users/{sub}/devices', { parameters: { sub } });
    const rows = body.devices.map((device) => [
      device.device_id,
      device.name,
      device.platform,
      stateOf(device),
      instant(device.enrolled_at),
    ]);
    const text = table(['DEVICE ID', 'NAME', 'PLATFORM', 'PUSH', 'ENROLLED'], rows);
    return { json, text: rows.length > 0 ? text : 'No devices yet. See: ciba ticket create --help' };
  },
});

const remove = command({
  name: 'remove',
  about: 'Removes a device of a user, such as a lost phone. It gets no more requests and can answer none.',
  arguments: [USER_ARGUMENT, { name: 'device_id', about: 'The id of the device; see ciba device list.' }],
  options: USER_OPTIONS,
  cannotBeUndone: 'removes the device',
  examples: ['ciba device remove anna@example.com 3q2-7wAAAAAAAAAAAAAAAA'],
  async run({ api, argument, options, confirm }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { device_id } = argument;
    await confirm(
      () => `Remove the device ${quoted(device_id)} of user ${quoted(sub)}? To use it again, it must enrol.`,
    );
    const { json } = await api.call('DELETE /admin/users/{sub}/devices/{device_id}', {
      parameters: { sub, device_id },
    });
    return { json, text: `Device ${plainLine(device_id)} removed.` };
  },
});

function stateOf({ leftover, push }: DeviceView): Toned | undefined {
  if (leftover) return toned('quiet', 'leftover');
  return push && toned(push === 'reachable' ? 'good' : 'warning', push);
}

/** `ciba device …` */
export const deviceNoun: Noun = { name: 'device', about: 'The phones of a user.', commands: [list, remove] };
