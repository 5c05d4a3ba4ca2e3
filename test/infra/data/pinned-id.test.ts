import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { expect, it } from 'vitest';
import { pinLogicalId } from '../../../infra/data/pinned-id.ts';

it('a pinned construct has its logical id wherever it stands in the stack', () => {
  const stack = new Stack();
  const queue = new Queue(new Construct(stack, 'Somewhere'), 'Queue');
  pinLogicalId(queue, 'Pinned');
  expect(stack.resolve(queue.queueArn)).toEqual({ 'Fn::GetAtt': ['Pinned', 'Arn'] });
});

it('a construct without a resource of its own cannot be pinned, so no pin is lost in silence', () => {
  const group = new Construct(new Stack(), 'Group');
  expect(() => pinLogicalId(group, 'Pinned')).toThrow(/Group has no resource whose logical id could be set/);
});
