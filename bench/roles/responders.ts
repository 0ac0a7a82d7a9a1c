// As many responders as are asked for, in one process. Each answers every request with the same reply, as nodes in the
// field do, which do not name the request: it is signed beforehand, since on so many hosts that would cost the one that
// asks nothing. Arguments: the server's address, path of a credentials file, how many.

import { createManyKeys, forgeMessage, type TestKeys } from '../../test/helpers/forge.ts';
import { connectRaw, replySubject } from '../../test/helpers/wire.ts';
import type { RespondersOrder, RespondersReport } from '../responders.ts';

const [url = '', credentials = '', count = '0'] = process.argv.slice(2);
const report = (message: RespondersReport) => process.send?.(message);

const makeReply = (keys: TestKeys, i: number) =>
  forgeMessage(keys, { destination: '', verb: 'reply', payload: `0,host ${i} is up and running`, quick: true });

const keys: TestKeys[] = createManyKeys(Number(count));
const replies = keys.map(makeReply);
let silent = false;
process.on('message', (order: RespondersOrder) => {
  if (order.also) replies.push(makeReply(order.also, replies.length));
  silent = order.silent;
  report({});
});

const connection = await connectRaw(url, credentials);
connection.subscribe('remaphore.all', {
  callback: (_, { data }) => {
    if (silent) return;
    const startedMs = performance.now();
    const subject = replySubject(data);
    for (const reply of replies) connection.publish(subject, reply);
    report({ answeredMs: performance.now() - startedMs });
  },
});
await connection.flush();
report({ publicKeys: keys.map(({ publicKey }) => publicKey) });
