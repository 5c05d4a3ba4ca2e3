import type { ClientBlock } from '../../core/person/client-block.ts';
import type { ClientBlockEnds } from '../../flows/person/ports.ts';
import { blockKey } from './forms/block-form.ts';
import type { Table } from './table.ts';

/** Blocks and pauses of clients in Directory, as operators end them. */
export class ClientBlockEndsTable implements ClientBlockEnds {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async end(sub: string, { clientId, registrationId, profileId, report }: ClientBlock): Promise<boolean> {
    const isAsRead = report
      ? '#request_id = :request AND #reported_at = :reported'
      : 'attribute_not_exists(#reported_at)';
    const { written } = await this.#directory.delete(blockKey(sub, clientId), {
      guard: {
        condition: `attribute_not_exists(pk) OR (#profile_id = :profile AND #registration_id = :registration AND ${isAsRead})`,
        values: {
          profile: profileId,
          registration: registrationId,
          ...(report && { request: report.requestId, reported: report.at }),
        },
      },
    });
    return written;
  }
}
