import type { Registration } from '../../core/client/client.ts';
import type { ClientBlock } from '../../core/person/client-block.ts';
import type { DecisionEvidence, EvidenceKey, EvidenceRecord } from '../../core/person/evidence-key.ts';
import type { KeptRecords, KeptRequest } from '../../core/person/kept-records.ts';
import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import type { Owner, User } from '../../core/person/user.ts';
import type { UserCode } from '../../core/person/user-code.ts';

/** Reads the persons who can be asked. */
export interface People {
  /** Returns the subject of a login identifier. */
  resolve(identifier: LoginIdentifier): Promise<string | undefined>;
  /** Returns the user. A subject without a profile is an unknown user. */
  find(sub: string): Promise<User | undefined>;
  /** Returns what the denials of the person with this subject did to clients. */
  listBlocks(sub: string): Promise<readonly ClientBlock[]>;
  /** Returns the user code that is stored for this subject, which may be that of a former person. */
  findUserCode(sub: string): Promise<UserCode | undefined>;
}

/** User codes, as they are set and removed. */
export interface UserCodes {
  /**
   * Sets the code of a person. `before` is what was stored when it was read, which may be left over of a former person.
   * False if something else is stored by now.
   */
  set(sub: string, code: UserCode, before: UserCode | undefined): Promise<boolean>;
  /** Removes the code that was read. False if it was changed or removed since. */
  remove(sub: string, before: UserCode): Promise<boolean>;
}

/** Makes and checks the hashes of user codes. Both take long on purpose. */
export interface UserCodeHashes {
  hash(code: string): Promise<string>;
  /** Returns whether a code is the one of a hash. Without a hash it takes as long as with one, and returns false. */
  matches(code: string, hash: string | undefined): Promise<boolean>;
}

/** A denial of one person that one client met. */
export type ClientDenial = { readonly owner: Owner; readonly client: Registration; readonly at: number };

/** What a person's decision does to the client. */
export interface ClientBlockRecords {
  /** Counts a denial. The client pauses. */
  recordDenial(denial: ClientDenial): Promise<void>;
  /**
   * Blocks the client for this person, because the person reported this request as fraud. It also counts the denial if
   * `isCounted`.
   */
  recordReport(report: ClientDenial & { requestId: string; isCounted: boolean }): Promise<void>;
  /** Ends the pause of the client, because the person approved a request of it. A block stays. */
  endPause(end: { owner: Owner; clientId: string }): Promise<void>;
}

/** A denial that nobody makes, by the mark of the request that it is of. */
export type SilentDenial = Omit<ClientDenial, 'at'> & { readonly mark: string };

/** Denials that nobody makes. */
export interface SilentDenials {
  /**
   * Counts a denial of a client that is blocked for this person. Does nothing if it is not blocked. `before` is the last
   * denial as it was read; if that lies ahead too, several requests wait, and all are denied at that instant.
   */
  recordSilentDenial(denial: SilentDenial & Pick<ClientDenial, 'at'> & { before: number; now: number }): Promise<void>;
}

/** Denials that nobody makes, as they are taken back. */
export interface SilentDenialEnds {
  /**
   * Takes such a denial back, because its request ended before the client heard of it. One write, whatever there is to
   * take back. A second one does nothing.
   */
  takeBack(denial: SilentDenial): Promise<void>;
}

/** Blocks and pauses, as operators end them. */
export interface ClientBlockEnds {
  /** Ends block and pause as they were read. False if they changed since. */
  end(sub: string, block: ClientBlock): Promise<boolean>;
}

/**
 * The outcome of writing a user. `taken`: another user has the identifier or subject. `changed`: the user has changed
 * since it was read. `unclear`: the same, and perhaps this call wrote it before that. If so, whoever came later may
 * have undone the change on purpose.
 */
export type UserWritten =
  | { readonly outcome: 'written' }
  | { readonly outcome: 'taken'; readonly taken: LoginIdentifier['type'] | 'sub' }
  | { readonly outcome: 'changed' | 'unclear' };

/** A part of the list of users. `subPrefix` is how their subjects begin. */
export type UserListPart = {
  /** The subject after which the part begins. It need not be in the list. */
  readonly after: string | undefined;
  readonly subPrefix: string;
  /** How many entries are read. The part has as many users at most, and one more: the one of the synthetic login. */
  readonly limit: number;
};

/** All users in the order of their subjects. */
export interface UserList {
  /**
   * Reads a part. Every user who is there all the time is in exactly one of the parts that follow each other. `next` is
   * the subject to go on after; undefined at the end.
   */
  read(part: UserListPart): Promise<{ readonly users: readonly User[]; readonly next: string | undefined }>;
}

/** Users, as the operator manages them. */
export interface PeopleRegistry {
  /**
   * Writes the identifiers first, then the entry in the list of users, and the profile last. Names the identifier that
   * another user has.
   */
  create(user: User): Promise<UserWritten>;
  /** Replaces the user that was read. `changed` or `unclear`: it was removed or has changed since. */
  replace(user: User, before: User): Promise<UserWritten>;
  /**
   * Removes the profile first, so that the user cannot be asked in the meantime, then the identifiers and the entry.
   */
  remove(user: User): Promise<void>;
  /** Removes the devices of a user who was removed. If another person has the `sub` by now, it removes nothing. */
  removeLeftovers(sub: string): Promise<void>;
}

/** Profiles of persons who have or had a subject. */
export type ProfilesOf = { readonly sub: string; readonly profileIds: readonly string[] };

/** Everything that is kept of a person in the tables, wherever it stands. */
export interface PersonRecords {
  /** Reads it all. Undefined if nothing is left of anybody with this subject. */
  read(sub: string): Promise<KeptRecords | undefined>;
  /** Reads the requests alone, those of earlier persons with this subject too. */
  readRequests(sub: string): Promise<readonly KeptRequest[]>;
  /**
   * Blocks the user, whoever else changes the profile. From then on nobody can ask them, answer or enrol. Returns the
   * user as they are then; undefined if they are gone, or another person has the subject.
   */
  close(owner: Owner): Promise<User | undefined>;
  /**
   * Deletes the requests of these profiles, each with its details. The details lead to the request, so they go last.
   */
  eraseRequests(of: ProfilesOf): Promise<void>;
  /** Deletes how often the user was asked. */
  eraseRateWindows(sub: string): Promise<void>;
  /** Deletes what the denials of these profiles did to clients, and their user code. */
  eraseBlocksAndUserCode(of: ProfilesOf): Promise<void>;
  /** Deletes the ticket, the login identifiers and the profile. The profile leads to the others, so it goes last. */
  eraseProfile(user: User): Promise<void>;
  /** Deletes the entries of these profiles in the list of users. */
  eraseEntries(of: ProfilesOf): Promise<void>;
}

/** The keys that seal the evidence of decisions. */
export interface EvidenceKeys {
  /**
   * Returns the key of this person. Makes it if there is none, and keeps that of an earlier person with the subject.
   */
  claim(owner: Owner, now: number): Promise<EvidenceKey>;
}

/** The same keys, as operators use them. They outlive a removed user, until they are erased. */
export interface KeptEvidenceKeys {
  /** Returns the keys of all persons who have or had the subject. */
  list(sub: string): Promise<readonly EvidenceKey[]>;
  /** Deletes the keys of these profiles. */
  erase(of: ProfilesOf): Promise<void>;
}

/** Seals evidence so that only the key of the person opens it. */
export interface EvidenceSeal {
  /** Returns the sealed evidence in base64url. */
  seal(evidence: DecisionEvidence, under: { key: EvidenceKey; record: EvidenceRecord }): string;
}
