// The `mixpanel` package, as a server uses it: single calls, a batch, people, groups, an alias.
import { load, report, token, url } from './tools.mjs';
const mixpanel = load('mixpanel').init(token, { host: url.host, protocol: url.protocol.slice(0, -1), keepAlive: false });
const failures = [];
let called = 0;
const done = (name, ...args) => new Promise((resolve) => name(...args, (error) => { called++; if (error) failures.push(String(error)); resolve(); }));
await done(mixpanel.track.bind(mixpanel), 'Node Signed Up', { distinct_id: 'node-ann', plan: 'pro', price: 12.5, 'Ünï': 'cödé 😀' });
await done(mixpanel.track.bind(mixpanel), 'Node Big', { distinct_id: 'node-ann', a: 'x'.repeat(4096), b: 'y'.repeat(4096), c: 'z'.repeat(4096) });
await done(mixpanel.track_batch.bind(mixpanel), Array.from({ length: 120 }, (_, i) => ({ event: 'Node Batched', properties: { distinct_id: `node-${i % 10}`, n: i, url: 'https://a.example/?a=b+c&d=/+/' } })));
// Over plain http this SDK imports only with the old import key; with a secret it insists on https.
const importer = load('mixpanel').init(token, { host: url.host, protocol: url.protocol.slice(0, -1), keepAlive: false, key: process.env.CAIRN_API_KEY });
await done(importer.import.bind(importer), 'Node Imported', Date.now() - 3 * 86400e3, { distinct_id: 'node-ann', $insert_id: 'node-imported-1' });
await done(mixpanel.people.set.bind(mixpanel.people), 'node-ann', { $name: 'Ann', plan: 'pro' });
await done(mixpanel.people.set_once.bind(mixpanel.people), 'node-ann', { first_plan: 'free' });
await done(mixpanel.people.increment.bind(mixpanel.people), 'node-ann', { logins: 3 });
await done(mixpanel.people.append.bind(mixpanel.people), 'node-ann', { tags: 'a' });
await done(mixpanel.people.union.bind(mixpanel.people), 'node-ann', { tags: ['a', 'b'] });
await done(mixpanel.people.unset.bind(mixpanel.people), 'node-ann', ['plan']);
await done(mixpanel.people.track_charge.bind(mixpanel.people), 'node-ann', 25.5);
await done(mixpanel.groups.set.bind(mixpanel.groups), 'company', 'acme', { seats: 10 });
await done(mixpanel.alias.bind(mixpanel), 'node-ann', 'node-ann@example.com');
report({ called, failures });
