/** Meters, health and readiness, served over HTTP. */
@NullMarked
package im.hongyan.kit.metrics;

import org.jspecify.annotations.NullMarked;
