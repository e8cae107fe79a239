/** The judge of the delivery promise: what clients saw, and which rules that breaks. */
@NullMarked
package im.hongyan.bench.check;

import org.jspecify.annotations.NullMarked;
