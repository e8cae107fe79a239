/**
 * The official web SDK, unmodified, in pages of one headless browser against the standalone server.
 * Cases assert what the SDK's callbacks and queries report.
 */
@NullMarked
package im.hongyan.sdktests;

import org.jspecify.annotations.NullMarked;
