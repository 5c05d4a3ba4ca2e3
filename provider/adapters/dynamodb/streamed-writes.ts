import type { StoredChange } from '../../core/operating/stored-change.ts';
import type { ItemImage, StreamedWrite } from '../../flows/operating/ports.ts';
import { type Attributes, unmarshall } from './attributes.ts';
import { CLIENT_LIST, clientFrom, clientKey } from './forms/client-form.ts';
import { requestFrom, requestKey } from './forms/request-form.ts';
import { revokedTokenFrom, revokedTokenKey } from './forms/revoked-token-form.ts';
import { PROFILE, userFrom } from './forms/user-form.ts';
import type { Key, Stored } from './items.ts';

const REQUEST = requestKey('').sk;
const CLIENT = clientKey('').sk;
const REVOKED = revokedTokenKey('').sk;

/**
 * Reads a write that the stream of a table tells. Undefined if the item is none of those that others want to know of:
 * requests, profiles, clients and revoked tokens.
 */
export function changeFrom({ id, at, before, after }: StreamedWrite): StoredChange | undefined {
  const versions = <Form, What>(read: (item: Stored<Form>) => What) => ({
    before: before && read(itemFrom<Form>(before)),
    after: after && read(itemFrom<Form>(after)),
  });
  const { pk, sk } = keyIn(after ?? before);
  if (sk === REQUEST) return { id, at, of: 'request', ...versions(requestFrom) };
  if (sk === PROFILE) return { id, at, of: 'user', ...versions(userFrom) };
  if (sk === REVOKED) return { id, at, of: 'revocation', ...versions(revokedTokenFrom) };
  // In the list of clients, sort keys are ids, and a client may have this one.
  if (sk === CLIENT && pk !== CLIENT_LIST) return { id, at, of: 'client', ...versions(clientFrom) };
  return undefined;
}

/** Returns the item in plain values. The code that wrote it under its key ensures that it has the form of the key. */
function itemFrom<Form>(image: ItemImage): Stored<Form> {
  return unmarshall(image as Attributes) as Stored<Form>;
}

function keyIn(image: ItemImage | undefined): Partial<Key> {
  return image ? itemFrom(image) : {};
}
