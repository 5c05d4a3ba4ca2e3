import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CHANGING_FLOWS } from './flows/operating/changing-flows.ts';
import { root } from './support/code-blocks.ts';

/** The functions of flows that store no records, by the reason. */
const WITHOUT_RECORDS = {
  'they only read': `authenticateClient authenticateDevice authenticateDeviceToken describeProvider findUser
    findUserWithDevices findWhomToRing isOfReported isSignedHere listAskedRequests listBlocks listClients listPendingRequests listTickets listUserDevices listUsers
    provePushRights publishKeys readClient readLogLevel readOwnRequestCall readParameters readRequestDetails readSignedRequest testEndpoint testKeys
    unlessReported verifyClientSignature whomToRing`,
  'their events are lines of the log alone': `countWrongNumber endTakenBack enterNumber handleEndpointEvent issueTokens
    markUnreachable redeemAuthReqId removeSyntheticLogin requestTokens revokeToken setUpSyntheticLogin withdrawRequest`,
  'they ask a user, or tell a client what the user decided': `announceInstead announceReminder askNobody askSilently
    checkUserCode closeAttempt closeEnded closeOpened draftRequest findAndCount notifyClient openAttempt pushToClient openRequest openSilently remindDevices replaceSilently requestAuthentication resendRequest ringAgain
    settleUserCode spendLikeUserCode storeAndPush useOnce verifyHint verifyHintToken verifyIdTokenHint watchExpiry`,
  'it is a part of setUserCode and setOwnUserCode': 'storeUserCode',
  'they are a part of answerRequest': 'blockReported changePause checkNumber closeRequest evidenceKeyOf sealEvidence',
  'CloudFormation has events of them': `applyPlatformApplication arnOfApplication failureOf logInPatiently
    logInSynthetically refreshPlatformApplications testDeployment testVersion`,
  'they tell others of what was committed': 'publishChanges publishExpiry',
  'CloudTrail has their calls of ACM and API Gateway':
    'keepOriginCertificate makeFirstCertificate removeOriginCertificate',
  'it makes the records': 'auditedChange',
  'it is a part of enrolDevice': 'verifyEnrolment',
};

it('no flow is forgotten: each stores its records in the audit trail, or has a reason why not', () => {
  const files = globSync('provider/flows/**/*.ts', { cwd: root });
  const exported = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name);
  });
  const changing = new Set(CHANGING_FLOWS.map(({ name }) => name.split(':').at(0)));
  const excused = Object.values(WITHOUT_RECORDS).flatMap((names) => names.split(/\s+/));
  expect(exported.toSorted()).toEqual([...changing, ...excused].toSorted());
});
