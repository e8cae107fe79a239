/** The rules of the delivery promise, one class each. */
@NullMarked
package im.hongyan.bench.check.rule;

import org.jspecify.annotations.NullMarked;
