import type { Scenario, ScenarioGroup } from './scenario.ts';
import { authentication } from './scenarios/authentication.ts';
import { decisions } from './scenarios/decisions.ts';
import { numbers } from './scenarios/numbers.ts';
import { outages } from './scenarios/outages.ts';
import { phones } from './scenarios/phones.ts';
import { pings } from './scenarios/pings.ts';
import { pushes } from './scenarios/pushes.ts';
import { requests } from './scenarios/requests.ts';
import { resends } from './scenarios/resends.ts';
import { signedRequests } from './scenarios/signed-requests.ts';
import { timing } from './scenarios/timing.ts';
import { tokens } from './scenarios/tokens.ts';
import { userCodes } from './scenarios/user-codes.ts';
import { users } from './scenarios/users.ts';
import { withdrawals } from './scenarios/withdrawals.ts';

/** All scenarios, in the order of the list. */
export const SCENARIO_GROUPS: readonly ScenarioGroup[] = [
  decisions,
  users,
  userCodes,
  timing,
  resends,
  withdrawals,
  numbers,
  phones,
  authentication,
  requests,
  signedRequests,
  tokens,
  pings,
  pushes,
  outages,
];

/** All scenarios. */
export const SCENARIOS: readonly Scenario[] = SCENARIO_GROUPS.flatMap(({ scenarios }) => scenarios);
