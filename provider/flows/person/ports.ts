import type { LoginIdentifier } from '../../core/asking/login-hint.ts';
import type { Client } from '../../core/client/client.ts';
import type { User, UserWithDevices } from '../../core/person/user.ts';

/** Users and their devices, read. */
export interface Users {
  /** The subject behind a login identifier. */
  resolve(identifier: LoginIdentifier): Promise<string | undefined>;
  /** The user with all devices. A login identifier without a profile is an unknown user. */
  findWithDevices(sub: string): Promise<UserWithDevices | undefined>;
}

/** Clients, users and their devices, as the operator manages them. */
export interface Directory {
  /** False when the client id is taken. */
  createClient(client: Client): Promise<boolean>;
  /** Replaces the client as it was read; false when it is gone or changed since. */
  replaceClient(client: Client, before: Client): Promise<boolean>;
  removeClient(clientId: string): Promise<boolean>;
  findClient(clientId: string): Promise<Client | undefined>;
  listClients(page: {
    after?: string | undefined;
    limit: number;
  }): Promise<{ clients: readonly Client[]; next?: string | undefined }>;
  /** Identifiers first, the profile last. Tells the identifier that another user has. */
  createUser(user: User): Promise<{ created: true } | { created: false; taken: string }>;
  /** Replaces the user as it was read; `changed` when it is gone or changed since. */
  replaceUser(user: User, before: User): Promise<{ created: true } | { created: false; taken: string }>;
  removeUser(user: UserWithDevices): Promise<void>;
}
