import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/code-blocks.ts';
import { HELD_FILE, heldNow } from './held-resources.ts';

// `npm run release:held`: writes down what the stacks of this version hold. The next version is compared with it.

writeFileSync(join(root, HELD_FILE), heldNow());
