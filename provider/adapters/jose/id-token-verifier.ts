import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { SyntheticLoginPorts } from '../../flows/operating/log-in-synthetically.ts';

export const verifiesIdToken: SyntheticLoginPorts['verifies'] = (idToken, { keySet, issuer, audience, now }) =>
  jwtVerify(idToken, createLocalJWKSet(keySet as JSONWebKeySet), {
    issuer,
    audience,
    currentDate: new Date(now * 1000),
    clockTolerance: 5,
  }).then(
    () => true,
    () => false,
  );
