/** The hashes that clients compare lists by (rest-group.md 7.7). */
@NullMarked
package im.hongyan.wire.hash;

import org.jspecify.annotations.NullMarked;
