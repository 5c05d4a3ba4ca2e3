import { join } from 'node:path';
import { root } from './code-blocks.ts';
import { takePictures } from './demo-picture.ts';
import { chromium } from './engines.ts';

// `npm run docs:picture`: takes the pictures of the README again, after the demo page has changed.

const browser = chromium();
if (browser === undefined) {
  console.error('This needs Chromium.');
  process.exit(1);
}
await takePictures(join(root, 'docs'), browser);
