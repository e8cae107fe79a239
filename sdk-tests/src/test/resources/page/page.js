// One user's device: the official SDK, what it reports handed to the test, its calls made for the test.
import { CbEvents, getSDK } from "/sdk/lib/index.es.js";

const sdk = getSDK({
  coreWasmPath: "/sdk/assets/openIM.wasm",
  sqlWasmPath: "/sdk/assets/sql-wasm.wasm",
  debug: false,
});

// "report" is the binding that Page.java adds: it takes a text.
for (const event of Object.values(CbEvents)) {
  sdk.on(event, (reported) => window.report(JSON.stringify(reported)));
}

// Answers {errCode, errMsg, data} as a text, whether the SDK fulfils its promise or breaks it.
window.call = async (method, args) => {
  try {
    return JSON.stringify((await sdk[method](...args)) ?? { errCode: 0 });
  } catch (refusal) {
    return JSON.stringify(
      refusal?.errCode === undefined
        ? { errCode: -1, errMsg: String(refusal?.stack ?? refusal) }
        : refusal,
    );
  }
};

window.report(JSON.stringify({ event: "PageReady" }));
