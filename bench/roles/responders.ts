// As many responders as are asked for, in one process: each answers a request with a reply of its own, signed when the
// request is known. Arguments: the server's address, path of a credentials file, how many.

import { createManyKeys, forgeReply, type TestKeys } from '../../test/helpers/forge.ts';
import { connectRaw, replySubject } from '../../test/helpers/wire.ts';
import type { RespondersOrder, RespondersReport } from '../responders.ts';

const [url = '', credentials = '', count = '0'] = process.argv.slice(2);
const report = (message: RespondersReport) => process.send?.(message);

const keys: TestKeys[] = createManyKeys(Number(count));
let silent = false;
process.on('message', (order: RespondersOrder) => {
  if (order.also) keys.push(order.also);
  silent = order.silent;
  report({});
});

const connection = await connectRaw(url, credentials);
connection.subscribe('remaphore.all', {
  callback: (_, { data }) => {
    if (silent) return;
    const startedMs = performance.now();
    const request = Buffer.from(data);
    const subject = replySubject(request);
    const replies = keys.map((own, i) => forgeReply(own, request, `0,host ${i} is up and running`, { quick: true }));
    for (const reply of replies) connection.publish(subject, reply);
    report({ answeredMs: performance.now() - startedMs });
  },
});
await connection.flush();
report({ publicKeys: keys.map(({ publicKey }) => publicKey) });
