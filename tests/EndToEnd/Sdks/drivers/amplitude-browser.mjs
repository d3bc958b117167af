// @amplitude/analytics-browser in a page, its remote configuration asked of us as well.
import { inBrowser, packageFile, report, token, url } from './tools.mjs';
report(await inBrowser({
  bundle: packageFile('@amplitude', 'analytics-browser', 'lib', 'scripts', 'amplitude-min.umd.js'),
  argument: { token, host: url.origin },
  scenario: async ({ token, host }) => {
    const codes = [];
    await amplitude.init(token, undefined, { serverUrl: `${host}/2/httpapi`, remoteConfig: { fetchRemoteConfig: true, serverUrl: `${host}/config` }, flushIntervalMillis: 200, enableDiagnostics: false, defaultTracking: true }).promise;
    const settle = async (call) => codes.push((await call.promise).code);
    await settle(amplitude.track('Amp Browser Anonymous', { colour: 'blue', emoji: '😀' }));
    amplitude.setUserId('amp-browser-ann');
    await settle(amplitude.identify(new amplitude.Identify().set('tier', 'gold').add('visits', 2)));
    await settle(amplitude.track('Amp Browser Known', { price: 3 }));
    await settle(amplitude.revenue(new amplitude.Revenue().setProductId('sku').setPrice(2.5).setQuantity(4)));
    return { codes };
  },
}));
