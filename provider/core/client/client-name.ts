import { isSameRegistration, type Registration } from './client.ts';

/** How long a creation or a change of a client may take, in seconds. An older claim without its client is left over. */
const UNFINISHED_SECONDS = 60;

/** The claim of a client on what its name looks like. */
export type NameClaim = Registration & {
  /** The revision of the client that it was claimed for. */
  readonly revision: number;
  /** When it was claimed, in epoch seconds. */
  readonly claimedAt: number;
};

/** What a client that claims a name finds: the skeletons are made by an adapter. */
export type NameFacts = {
  /** The client that claims the name, and the revision that will have it. */
  readonly writer: Registration & { readonly revision: number };
  /** The client of the stored claim as it is now, and what its present name looks like. */
  readonly holder: (Registration & { readonly skeleton: string }) | undefined;
  /** What the claimed name looks like. */
  readonly skeleton: string;
  readonly now: number;
};

/**
 * Judges a claim that is stored under the skeleton of a name.
 *
 * - `own`: it is this client's, and may be claimed again.
 * - `superseded`: it is this client's, for a later change.
 * - `taken`: another client has a name that looks the same, or is about to get one.
 * - `free`: it is left over from a client that is gone, has another name by now, or was never stored.
 */
export function judgeNameClaim(
  claim: NameClaim,
  { writer, holder, skeleton, now }: NameFacts,
): 'own' | 'superseded' | 'taken' | 'free' {
  if (isSameRegistration(claim, writer)) return claim.revision > writer.revision ? 'superseded' : 'own';
  const isHeld = holder !== undefined && isSameRegistration(claim, holder) && holder.skeleton === skeleton;
  return isHeld || claim.claimedAt > now - UNFINISHED_SECONDS ? 'taken' : 'free';
}
