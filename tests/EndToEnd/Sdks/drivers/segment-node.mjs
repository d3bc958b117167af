// @segment/analytics-node: every kind of call, then a flush.
import { load, report, token, url } from './tools.mjs';
const { Analytics } = load('@segment/analytics-node');
const analytics = new Analytics({ writeKey: token, host: url.origin, path: '/v1/batch', maxEventsInBatch: 10, flushInterval: 50 });
const failures = [];
analytics.on('error', (error) => failures.push(`${error.code}: ${error.reason ?? ''}`));
let delivered = 0;
for (const kind of ['track', 'identify', 'page', 'screen', 'group', 'alias']) analytics.on(kind, () => delivered++);
analytics.identify({ userId: 'seg-ann', anonymousId: 'seg-anon-1', traits: { plan: 'pro', email: 'ann@example.com' } });
for (let i = 0; i < 30; i++) analytics.track({ userId: `seg-${i % 3}`, event: 'Seg Node Event', properties: { n: i, revenue: 1.5 } });
analytics.track({ anonymousId: 'seg-anon-1', event: 'Seg Node Anonymous' });
analytics.page({ userId: 'seg-ann', name: 'Pricing', properties: { url: 'https://shop.example/pricing' } });
analytics.screen({ userId: 'seg-ann', name: 'Home' });
analytics.group({ userId: 'seg-ann', groupId: 'acme', traits: { seats: 9 } });
analytics.alias({ userId: 'seg-ann', previousId: 'seg-old-ann' });
await analytics.closeAndFlush({ timeout: 10000 });
report({ called: delivered, failures });
