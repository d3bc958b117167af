// One copy-paste snippet per SDK, with this server's own address and the project's own tokens in it; and after how long the SDK sends by itself.
export const snippets = [
  { name: 'Mixpanel browser', sendsAfter: 'five seconds', code: ({ origin, tokens }) => `import mixpanel from 'mixpanel-browser';

mixpanel.init('${tokens.mixpanel}', {
  api_host: '${origin}',
});
mixpanel.track('Signed Up', { plan: 'pro' });` },
  { name: 'Mixpanel Node', code: ({ host, protocol, tokens }) => `const mixpanel = require('mixpanel').init('${tokens.mixpanel}', {
  host: '${host}', protocol: '${protocol}',
});
mixpanel.track('Signed Up', { distinct_id: 'ann', plan: 'pro' });` },
  { name: 'Mixpanel Python', code: ({ host, tokens }) => `from mixpanel import Mixpanel, Consumer

mp = Mixpanel('${tokens.mixpanel}',
              consumer=Consumer(api_host='${host}'))
mp.track('ann', 'Signed Up', {'plan': 'pro'})` },
  { name: 'Amplitude browser', sendsAfter: 'one second', code: ({ origin, tokens }) => `import * as amplitude from '@amplitude/analytics-browser';

amplitude.init('${tokens.amplitude}', {
  serverUrl: '${origin}/2/httpapi',
  remoteConfig: { serverUrl: '${origin}/config' },
});
amplitude.track('Signed Up', { plan: 'pro' });` },
  { name: 'Amplitude Node', sendsAfter: 'ten seconds', code: ({ origin, tokens }) => `import { init, track } from '@amplitude/analytics-node';

init('${tokens.amplitude}', { serverUrl: '${origin}/2/httpapi' });
track('Signed Up', { plan: 'pro' }, { user_id: 'ann-1234' });` },
  { name: 'Segment browser', code: ({ origin, host, protocol, tokens }) => `import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load(
  { writeKey: '${tokens.segment}', cdnURL: '${origin}' },
  { integrations: { 'Segment.io': { apiHost: '${host}/v1', protocol: '${protocol}' } } },
);
analytics.track('Signed Up', { plan: 'pro' });` },
  { name: 'Segment Node', sendsAfter: 'ten seconds', code: ({ origin, tokens }) => `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({
  writeKey: '${tokens.segment}', host: '${origin}',
});
analytics.track({ userId: 'ann', event: 'Signed Up', properties: { plan: 'pro' } });` },
  { name: 'curl', code: ({ origin, tokens }) => `curl '${origin}/track?verbose=1' -H 'Content-Type: application/json' \\
  -d '[{"event":"Signed Up","properties":{"token":"${tokens.mixpanel}","distinct_id":"ann","plan":"pro"}}]'` },
];
